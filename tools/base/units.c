#include "base/units.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_TEXT_MAX = 60,      // characters of an offending text that a message repeats
    FRACTION_DIGITS_MAX = 18, // 10^18 fits 64 bits
    NAME_MAX_LENGTH = 64      // longest name that mb_units_nearest compares
};

struct scale {
    const char *name;
    int64_t base; // how many base units it is
    bool printed; // mb_units_print may choose it
};

// From large to small; where two names mean the same, the one to print comes first.
static const struct scale durations[] = {
    {"h", INT64_C(3600000000000), true},
    {"m", INT64_C(60000000000), true},
    {"s", 1000000000, true},
    {"ms", 1000000, true},
    {"us", 1000, true},
    {"\xc2\xb5s", 1000, false}, // U+00B5 micro sign
    {"\xce\xbcs", 1000, false}, // U+03BC Greek mu
    {"ns", 1, true},
    {NULL, 0, false},
};
static const struct scale sizes[] = {
    {"Ti", INT64_C(1) << 40, true},
    {"T", INT64_C(1000000000000), true},
    {"Gi", 1 << 30, true},
    {"G", 1000000000, true},
    {"Mi", 1 << 20, true},
    {"M", 1000000, true},
    {"Ki", 1 << 10, true},
    {"K", 1000, true},
    {"k", 1000, false},
    {"B", 1, true},
    {NULL, 0, false},
};
static const struct scale rates[] = {{"rps", 1000000, true}, {NULL, 0, false}};
static const struct scale shares[] = {{"%", 10000000, true}, {NULL, 0, false}};

static const struct {
    const char *noun;
    const char *units; // for messages
    const struct scale *scales;
    const char *zero; // how 0 prints
} kinds[] = {
    [MB_UNIT_DURATION] = {"duration", "ns, us, ms, s, m, h", durations, "0s"},
    [MB_UNIT_SIZE] = {"size", "B, K, M, G, T, Ki, Mi, Gi, Ti", sizes, "0B"},
    [MB_UNIT_RATE] = {"rate", "rps", rates, "0rps"},
    [MB_UNIT_SHARE] = {"share", "%", shares, "0%"},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// A number as it was written: whole + fraction / divisor.
struct number {
    int64_t whole;
    int64_t fraction;
    int64_t divisor; // a power of ten
};

// Reads digits with an optional fraction. Returns what follows, or NULL with *why set.
static const char *number_read(const char *text, struct number *number, const char **why)
{
    *number = (struct number){.divisor = 1};
    const char *c = text;
    for (; is_digit(*c); c++) {
        if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
            __builtin_add_overflow(number->whole, *c - '0', &number->whole)) {
            *why = "it is too large";
            return NULL;
        }
    }
    if (c == text) {
        *why = *c == '-' ? "it must not be negative" : "it does not start with a digit";
        return NULL;
    }
    if (*c != '.') {
        return c;
    }
    const char *first = ++c;
    const char *last = first; // after the last digit that is not 0
    for (; is_digit(*c); c++) {
        last = *c != '0' ? c + 1 : last;
    }
    if (c == first || last - first > FRACTION_DIGITS_MAX) {
        *why = c == first ? "digits are missing after the point"
                          : "it has too many digits after the point";
        return NULL;
    }
    for (const char *d = first; d < last; d++) {
        number->fraction = number->fraction * 10 + (*d - '0');
        number->divisor *= 10;
    }
    return c;
}

// Adds number * base to *value. Returns NULL or the reason why that cannot be.
static const char *number_add(const struct number *number, int64_t base, int64_t *value)
{
    int64_t common = greatest_common_divisor(number->divisor, base);
    int64_t step = number->divisor / common;
    if (number->fraction % step != 0) {
        return "it is finer than the smallest unit can express";
    }
    int64_t part = number->fraction / step * (base / common);
    int64_t sum = 0;
    if (__builtin_mul_overflow(number->whole, base, &sum) ||
        __builtin_add_overflow(sum, part, &sum) ||
        __builtin_add_overflow(sum, *value, &sum) || sum > MB_UNITS_SAFE_MAX) {
        return "it is too large";
    }
    *value = sum;
    return NULL;
}

static const struct scale *scale_find(const struct scale *scales, const char *name,
                                      size_t length)
{
    for (const struct scale *scale = scales; scale->name != NULL; scale++) {
        if (strlen(scale->name) == length && strncmp(scale->name, name, length) == 0) {
            return scale;
        }
    }
    return NULL;
}

static enum mb_status unit_unknown(enum mb_unit unit, const char *text, const char *name,
                                   size_t length, struct mb_err *err)
{
    const char *noun = kinds[unit].noun;
    if (length == 0) {
        return mb_err_set(err, MB_INVALID, "'%.*s' is not a %s: the unit is missing (%s)",
                          SHOWN_TEXT_MAX, text, noun, kinds[unit].units);
    }
    char asked[SHOWN_TEXT_MAX + 1];
    (void)snprintf(asked, sizeof asked, "%.*s", (int)(length < 60 ? length : 60), name);
    const char *names[16] = {NULL};
    size_t count = 0;
    for (const struct scale *scale = kinds[unit].scales; scale->name != NULL; scale++) {
        names[count++] = scale->name;
    }
    assert(count < sizeof names / sizeof names[0]);
    const char *near = mb_units_nearest(asked, names);
    if (near != NULL) {
        return mb_err_set(err, MB_INVALID,
                          "'%.*s' is not a %s: unknown unit '%s', did you mean '%s'?",
                          SHOWN_TEXT_MAX, text, noun, asked, near);
    }
    return mb_err_set(err, MB_INVALID,
                      "'%.*s' is not a %s: unknown unit '%s' (known: %s)", SHOWN_TEXT_MAX,
                      text, noun, asked, kinds[unit].units);
}

enum mb_status mb_units_parse(enum mb_unit unit, const char *text, int64_t *value,
                              struct mb_err *err)
{
    const char *why = NULL;
    int64_t sum = 0;
    int64_t last_base = INT64_MAX; // a sum goes from large units to small ones
    const char *c = text;
    while (strcmp(text, "0") != 0 && why == NULL) {
        struct number number;
        const char *name = number_read(c, &number, &why);
        if (name == NULL) {
            break;
        }
        size_t length =
            unit == MB_UNIT_DURATION ? strcspn(name, "0123456789.-") : strlen(name);
        const struct scale *scale = scale_find(kinds[unit].scales, name, length);
        if (scale == NULL) {
            return unit_unknown(unit, text, name, length, err);
        }
        if (scale->base >= last_base) {
            why = "a sum goes from large units to small ones";
            break;
        }
        last_base = scale->base;
        why = number_add(&number, scale->base, &sum);
        c = name + length;
        if (*c == '\0') {
            break;
        }
    }
    if (why != NULL) {
        return mb_err_set(err, MB_INVALID, "'%.*s' is not a %s: %s", SHOWN_TEXT_MAX, text,
                          kinds[unit].noun, why);
    }
    *value = sum;
    return MB_OK;
}

enum mb_status mb_units_parse_int(const char *text, int64_t min, int64_t max,
                                  int64_t *value, struct mb_err *err)
{
    bool negative = text[0] == '-';
    const char *c = text + (negative ? 1 : 0);
    bool good = is_digit(*c);
    bool fits = true;
    int64_t sum = 0;
    for (; is_digit(*c); c++) {
        int digit = negative ? -(*c - '0') : *c - '0';
        fits = fits && !__builtin_mul_overflow(sum, 10, &sum) &&
               !__builtin_add_overflow(sum, digit, &sum);
    }
    if (!good || *c != '\0') {
        return mb_err_set(err, MB_INVALID, "'%.*s' is not a whole number", SHOWN_TEXT_MAX,
                          text);
    }
    if (!fits || sum < min || sum > max) {
        return mb_err_set(err, MB_INVALID, "'%.*s' is out of range (%lld to %lld)",
                          SHOWN_TEXT_MAX, text, (long long)min, (long long)max);
    }
    *value = sum;
    return MB_OK;
}

// True when `text` is a number of the JSON grammar (RFC 8259), entirely.
static bool is_json_number(const char *text)
{
    const char *c = text + (*text == '-' ? 1 : 0);
    if (!is_digit(*c) || (*c == '0' && is_digit(c[1]))) {
        return false;
    }
    c += strspn(c, "0123456789");
    if (*c == '.') {
        c++;
        if (!is_digit(*c)) {
            return false;
        }
        c += strspn(c, "0123456789");
    }
    if (*c == 'e' || *c == 'E') {
        c++;
        c += *c == '+' || *c == '-' ? 1 : 0;
        if (!is_digit(*c)) {
            return false;
        }
        c += strspn(c, "0123456789");
    }
    return *c == '\0';
}

enum mb_status mb_units_parse_double(const char *text, double *value, struct mb_err *err)
{
    if (!is_json_number(text)) {
        return mb_err_set(err, MB_INVALID, "'%.*s' is not a number", SHOWN_TEXT_MAX,
                          text);
    }
    double number = strtod(text, NULL); // we never call setlocale: the point is '.'
    if (!isfinite(number)) {
        return mb_err_set(err, MB_INVALID, "'%.*s' is too large for a number",
                          SHOWN_TEXT_MAX, text);
    }
    *value = number;
    return MB_OK;
}

void mb_units_print(enum mb_unit unit, int64_t value, char *text, size_t size)
{
    assert(value >= 0);
    if (value == 0) {
        (void)snprintf(text, size, "%s", kinds[unit].zero);
        return;
    }
    const struct scale *scale = kinds[unit].scales;
    while (!scale->printed || (value % scale->base != 0 && scale[1].name != NULL)) {
        scale++;
    }
    int64_t fraction = value % scale->base;
    if (fraction == 0) {
        (void)snprintf(text, size, "%lld%s", (long long)(value / scale->base),
                       scale->name);
        return;
    }
    // Only rates and shares come here; their scale is a power of ten.
    int digits = 0;
    for (int64_t power = 1; power < scale->base; power *= 10) {
        digits++;
    }
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    (void)snprintf(text, size, "%lld.%0*lld%s", (long long)(value / scale->base), digits,
                   (long long)fraction, scale->name);
}

// How people see a unit.
struct view {
    const char *name; // with its leading blank
    double base;
};

static const struct view duration_views[] = {
    {" ns", 1}, {" us", 1e3}, {" ms", 1e6}, {" s", 1e9}, {NULL, 0}};
static const struct view size_views[] = {{" B", 1},        {" KiB", 0x1p10},
                                         {" MiB", 0x1p20}, {" GiB", 0x1p30},
                                         {" TiB", 0x1p40}, {NULL, 0}};
static const struct view rate_views[] = {{" rps", 1e6}, {NULL, 0}};
static const struct view share_views[] = {{"%", 1e7}, {NULL, 0}};
static const struct view *const views[] = {
    [MB_UNIT_DURATION] = duration_views,
    [MB_UNIT_SIZE] = size_views,
    [MB_UNIT_RATE] = rate_views,
    [MB_UNIT_SHARE] = share_views,
};

// Digits after the point that give three significant ones (0 to 9); counts the digit that
// rounding carries into: 9.996 is 10.0.
static int decimals_for(double positive)
{
    int exponent = (int)floor(log10(positive));
    if (round(positive / pow(10, exponent - 2)) >= 1000) {
        exponent++;
    }
    int decimals = 2 - exponent;
    return decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

void mb_units_show(enum mb_unit unit, double value, char *text, size_t size)
{
    const struct view *view = views[unit];
    double positive = fabs(value);
    // Where the next unit starts, as rounding sees it.
    double next = unit == MB_UNIT_SIZE ? 1023.5 : 999.5;
    while (view[1].name != NULL && positive / view->base >= next) {
        view++;
    }
    double shown = value / view->base;
    bool whole =
        value == 0 || !isfinite(value) || (unit == MB_UNIT_SIZE && view == size_views);
    int decimals = whole ? 0 : decimals_for(positive / view->base);
    (void)snprintf(text, size, "%.*f%s", decimals, value == 0 ? 0.0 : shown, view->name);
}

void mb_units_show_number(double value, char *text, size_t size)
{
    static const double most = 1e15;
    double positive = fabs(value);
    if (positive >= most) {
        (void)snprintf(text, size, value > 0 ? "over 10^15" : "under -10^15");
    } else if (positive >= 999.5) {
        (void)snprintf(text, size, "%.0f", value);
    } else if (positive > 0 && positive < 1e-4) {
        (void)snprintf(text, size, "%.*f", decimals_for(positive), value);
    } else {
        (void)snprintf(text, size, "%.3g", value);
    }
}

void mb_units_show_effect(double log_ratio, char *text, size_t size)
{
    static const double factor_from = 1.95;
    static const double factor_most = 999.5;
    static const double percent_least = 0.01;
    double factor = exp(fabs(log_ratio));
    double percent = 100.0 * fabs(expm1(log_ratio));
    if (factor >= factor_most) {
        (void)snprintf(text, size, "a factor of over 1000");
    } else if (factor >= factor_from) {
        (void)snprintf(text, size, "a factor of %.3g", factor);
    } else {
        (void)snprintf(text, size, "%.2g%%", fmax(percent, percent_least));
    }
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

// Edit distance where a swap of neighbours counts once; letter case does not count.
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][NAME_MAX_LENGTH + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            int x = tolower((unsigned char)a[i - 1]);
            int y = tolower((unsigned char)b[j - 1]);
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2])) {
                size_t swapped = rows[(i + 1) % 3][j - 2] + 1;
                row[j] = swapped < row[j] ? swapped : row[j];
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *mb_units_nearest(const char *text, const char *const *candidates)
{
    size_t length = strlen(text);
    if (length == 0 || length > NAME_MAX_LENGTH) {
        return NULL;
    }
    size_t allowed = length < 3 ? 1 : length < 6 ? 2 : 3;
    const char *best = NULL;
    for (; *candidates != NULL; candidates++) {
        size_t other = strlen(*candidates);
        if (other > NAME_MAX_LENGTH) {
            continue;
        }
        size_t edits = distance(text, *candidates);
        // A candidate of which no character is left is no near one.
        if (edits <= allowed && edits < (length > other ? length : other)) {
            best = *candidates;
            allowed = edits == 0 ? 0 : edits - 1;
            if (edits == 0) {
                break;
            }
        }
    }
    return best;
}
