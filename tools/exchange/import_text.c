#include "exchange/import_text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import.h"

enum { NUMBER_MAX = 40 }; // characters of a number

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

bool mb_import_text_word(const char **at, const char *word)
{
    const char *start = skip_blanks(*at);
    size_t size = strlen(word);
    if (strncmp(start, word, size) != 0) {
        return false;
    }
    *at = start + size;
    return true;
}

// A comma stands before each three digits only.
static bool is_separator(const char *at)
{
    return at[0] == ',' && isdigit((unsigned char)at[1]) &&
           isdigit((unsigned char)at[2]) && isdigit((unsigned char)at[3]) &&
           !isdigit((unsigned char)at[4]);
}

static bool is_exponent(const char *at)
{
    if (*at != 'e' && *at != 'E') {
        return false;
    }
    at++;
    at += *at == '-' || *at == '+';
    return isdigit((unsigned char)*at) != 0;
}

// The digits of a number without its separators, and where it ends.
static const char *number_copy(const char *start, bool separators, char *digits)
{
    size_t size = 0;
    const char *at = start;
    bool fraction = false;
    bool exponent = false;
    if (!isdigit((unsigned char)*at)) {
        return NULL;
    }
    for (; size < NUMBER_MAX; at++) {
        if (separators && !fraction && !exponent && at > start && is_separator(at)) {
            continue;
        }
        bool point =
            *at == '.' && !fraction && !exponent && isdigit((unsigned char)at[1]);
        bool power = !exponent && is_exponent(at);
        bool sign = (*at == '-' || *at == '+') && (at[-1] == 'e' || at[-1] == 'E');
        if (!isdigit((unsigned char)*at) && !point && !power && !sign) {
            break;
        }
        fraction = fraction || point;
        exponent = exponent || power;
        digits[size++] = *at;
    }
    digits[size] = '\0';
    return size < NUMBER_MAX ? at : NULL;
}

// The grammar of numbers knows no zeros in front: "000.5".
static const char *without_zeros(const char *digits)
{
    while (digits[0] == '0' && isdigit((unsigned char)digits[1])) {
        digits++;
    }
    return digits;
}

static bool number_take(const char **at, bool separators, double *value)
{
    char digits[NUMBER_MAX + 1];
    struct mb_err ignored = {0};
    const char *end = number_copy(skip_blanks(*at), separators, digits);
    if (end == NULL ||
        mb_units_parse_double(without_zeros(digits), value, &ignored) != MB_OK) {
        return false;
    }
    *at = end;
    return true;
}

bool mb_import_text_number(const char **at, double *value)
{
    return number_take(at, true, value);
}

bool mb_import_text_field(const char **at, double *value)
{
    return number_take(at, false, value);
}

bool mb_import_text_count(const char **at, int64_t *value)
{
    char digits[NUMBER_MAX + 1];
    struct mb_err ignored = {0};
    const char *end = number_copy(skip_blanks(*at), true, digits);
    if (end == NULL || mb_units_parse_int(without_zeros(digits), 0, MB_UNITS_SAFE_MAX,
                                          value, &ignored) != MB_OK) {
        return false;
    }
    *at = end;
    return true;
}

bool mb_import_text_scale(double value, double unit_ns, int64_t *ns)
{
    double scaled = value * unit_ns;
    if (!(scaled >= 0) || scaled > (double)MB_UNITS_SAFE_MAX) {
        return false;
    }
    *ns = llround(scaled);
    return true;
}

bool mb_import_text_time(const char **at, int64_t *ns)
{
    // Longer words first. The sign for micro is U+00B5 or U+03BC.
    static const struct {
        const char *word;
        double unit_ns;
    } units[] = {
        {"nanoseconds", 1},    {"ns", 1},          {"microseconds", 1e3},
        {"us", 1e3},           {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3},
        {"milliseconds", 1e6}, {"ms", 1e6},        {"minutes", 60e9},
        {"min", 60e9},         {"seconds", 1e9},   {"secs", 1e9},
        {"sec", 1e9},          {"hours", 3600e9},  {"s", 1e9},
        {"m", 60e9},           {"h", 3600e9},
    };
    const char *cursor = *at;
    double value;
    if (!mb_import_text_number(&cursor, &value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (mb_import_text_word(&cursor, units[i].word)) {
            if (isalpha((unsigned char)*cursor) ||
                !mb_import_text_scale(value, units[i].unit_ns, ns)) {
                return false;
            }
            *at = cursor;
            return true;
        }
    }
    return false;
}

bool mb_import_text_span(const char **at, int64_t *ns)
{
    enum { SPAN_MAX = 64 };
    char word[SPAN_MAX];
    struct mb_err ignored = {0};
    const char *start = skip_blanks(*at);
    size_t size = strcspn(start, " \t,)]}");
    if (size == 0 || size >= sizeof word) {
        return false;
    }
    memcpy(word, start, size);
    word[size] = '\0';
    if (mb_units_parse(MB_UNIT_DURATION, word, ns, &ignored) != MB_OK) {
        return false;
    }
    *at = start + size;
    return true;
}

const char *mb_import_text_after(const char *line, const char *word)
{
    const char *found = strstr(line, word);
    return found != NULL ? found + strlen(word) : NULL;
}

enum mb_error_kind mb_import_text_error(const char *message)
{
    // In this order: "dial tcp 127.0.0.1:1: i/o timeout" never had a connection.
    static const struct {
        const char *word;
        enum mb_error_kind kind;
    } words[] = {
        {"dial", MB_ERROR_CONNECT},
        {"refused", MB_ERROR_CONNECT},
        {"nreachable", MB_ERROR_CONNECT}, // "network is unreachable", "Unreachable"
        {"no such host", MB_ERROR_CONNECT},
        {"dns error", MB_ERROR_CONNECT},
        {"record returned from DNS", MB_ERROR_CONNECT},
        {"No route to host", MB_ERROR_CONNECT},
        {"connect error", MB_ERROR_CONNECT},
        {"imeout", MB_ERROR_TIMEOUT},
        {"imed out", MB_ERROR_TIMEOUT},
        {"deadline exceeded", MB_ERROR_TIMEOUT},
        {"reset by peer", MB_ERROR_RESET},
        {"roken pipe", MB_ERROR_RESET},
        {"broken connection", MB_ERROR_RESET},
        {"EOF", MB_ERROR_CLOSED},
        {"closed before", MB_ERROR_CLOSED},
        {"closed connection", MB_ERROR_CLOSED},
        {"connection closed", MB_ERROR_CLOSED},
        {"end of file", MB_ERROR_CLOSED},
        {"malformed", MB_ERROR_PROTOCOL},
        {"invalid HTTP", MB_ERROR_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(message, words[i].word) != NULL) {
            return words[i].kind;
        }
    }
    return MB_ERROR_OTHER;
}

// The end of an escape sequence that begins here.
static const char *escape_end(const char *at)
{
    at++;
    if (*at != '[') {
        return *at != '\0' ? at + 1 : at;
    }
    at++;
    while (*at != '\0' && !(*at >= '@' && *at <= '~')) {
        at++;
    }
    return *at != '\0' ? at + 1 : at;
}

char *mb_import_text_plain(struct mb_arena *arena, const char *line)
{
    char *plain = mb_arena_alloc(arena, strlen(line) + 1, 1);
    size_t size = 0;
    while (*line != '\0') {
        if (*line == '\x1b') {
            line = escape_end(line);
        } else if (*line == '\r') {
            // At the end of a line nothing is written over it.
            size = line[strspn(line, "\r")] != '\0' ? 0 : size;
            line++;
        } else {
            plain[size++] = *line++;
        }
    }
    plain[size] = '\0';
    return plain;
}

enum mb_status mb_import_text_lines(struct mb_input *input,
                                    enum mb_status (*visit)(void *state,
                                                            const char *line),
                                    void *state, struct mb_err *err)
{
    const char *line = NULL;
    size_t size;
    enum mb_status status = mb_input_line(input, MB_IMPORT_LINE_MAX, &line, &size, err);
    while (status == MB_OK && line != NULL) {
        status = visit(state, line);
        if (status == MB_OK) {
            status = mb_input_line(input, MB_IMPORT_LINE_MAX, &line, &size, err);
        }
    }
    return status;
}

struct plain_visit {
    enum mb_status (*visit)(void *state, const char *line);
    void *state;
};

static enum mb_status plain_line(void *state, const char *line)
{
    const struct plain_visit *plain = state;
    struct mb_arena arena = {0};
    enum mb_status status =
        plain->visit(plain->state, mb_import_text_plain(&arena, line));
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_import_text_plain_lines(struct mb_input *input,
                                          enum mb_status (*visit)(void *state,
                                                                  const char *line),
                                          void *state, struct mb_err *err)
{
    struct plain_visit plain = {.visit = visit, .state = state};
    return mb_import_text_lines(input, plain_line, &plain, err);
}

void mb_import_text_quantile(struct mb_arena *arena,
                             struct mb_import_quantiles *quantiles, int64_t share,
                             int64_t value_ns)
{
    const struct mb_dist_quantile *last =
        quantiles->count > 0 ? &quantiles->items[quantiles->count - 1] : NULL;
    if (last != NULL && (share <= last->share || value_ns < last->value)) {
        return;
    }
    quantiles->items = mb_arena_grow(arena, quantiles->items, quantiles->count,
                                     &quantiles->capacity, sizeof *quantiles->items);
    quantiles->items[quantiles->count++] =
        (struct mb_dist_quantile){.share = share, .value = value_ns};
}

struct mb_dist mb_import_text_dist(const struct mb_import_latency *latency)
{
    const struct mb_import_quantiles *quantiles = latency->quantiles;
    bool some = quantiles != NULL && quantiles->count > 0;
    struct mb_dist dist = {
        .type = some ? MB_DIST_QUANTILES : MB_DIST_SUMMARY,
        .n = latency->n,
        .sum = -1,
        .min = latency->min_ns,
        .max = latency->max_ns,
        .quantiles = some ? quantiles->items : NULL,
        .count = some ? quantiles->count : 0,
    };
    if (latency->n == 0 || (!some && latency->mean_ns < 0 && latency->max_ns < 0)) {
        return mb_dist_absent(latency->n == 0 ? "no request succeeded"
                                              : "the source does not have it");
    }
    double sum = (double)latency->mean_ns * (double)latency->n;
    if (latency->mean_ns >= 0 && latency->n > 0 && sum <= (double)MB_UNITS_SAFE_MAX) {
        dist.sum = llround(sum);
    }
    return dist;
}
