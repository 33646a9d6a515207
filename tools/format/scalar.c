#include "format/scalar.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/units.h"

struct word {
    const char *text;
    enum mb_node_type type;
    bool boolean;
};

static const struct word words[] = {
    {"", MB_NODE_NULL, false},      {"~", MB_NODE_NULL, false},
    {"null", MB_NODE_NULL, false},  {"Null", MB_NODE_NULL, false},
    {"NULL", MB_NODE_NULL, false},  {"true", MB_NODE_BOOL, true},
    {"True", MB_NODE_BOOL, true},   {"TRUE", MB_NODE_BOOL, true},
    {"false", MB_NODE_BOOL, false}, {"False", MB_NODE_BOOL, false},
    {"FALSE", MB_NODE_BOOL, false},
};

static bool word_resolve(const char *text, size_t size, struct mb_node *node)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].text) == size && memcmp(words[i].text, text, size) == 0) {
            node->type = words[i].type;
            node->as.boolean = words[i].boolean;
            return true;
        }
    }
    return false;
}

static bool is_not_finite(const char *text)
{
    static const char *const names[] = {".inf", ".Inf", ".INF"};
    static const char *const nans[] = {".nan", ".NaN", ".NAN"};
    const char *name = text + (*text == '+' || *text == '-');
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0 || strcmp(text, nans[i]) == 0) {
            return true;
        }
    }
    return false;
}

// 0o17 and 0x1F: no sign. *wide: more than int64_t holds.
static bool radix_resolve(const char *text, size_t size, int64_t *value, bool *wide)
{
    if (size < 3 || text[0] != '0' || (text[1] != 'o' && text[1] != 'x')) {
        return false;
    }
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int64_t radix = text[1] == 'o' ? 8 : 16;
    *value = 0;
    *wide = false;
    for (size_t i = 2; i < size; i++) {
        const char *found = strchr(digits, text[i]);
        int64_t digit = found != NULL ? (found - digits) & 15 : radix;
        if (digit >= radix) {
            return false;
        }
        *wide = *wide || *value > (INT64_MAX - digit) / radix;
        *value = *wide ? 0 : *value * radix + digit;
    }
    return true;
}

static size_t digits_count(const char *text)
{
    return strspn(text, "0123456789");
}

// [-+]? ( [0-9]+ ( . [0-9]* )? | . [0-9]+ ) ( [eE] [-+]? [0-9]+ )?   written to *json in
// JSON's grammar: no '+', no leading zeros, digits on both sides of the point.
static bool decimal_rewrite(const char *text, struct mb_buf *json, bool *integer)
{
    const char *at = text;
    if (*at == '-') {
        mb_buf_append_char(json, '-');
    }
    at += *at == '-' || *at == '+';
    size_t whole = digits_count(at);
    const char *rest = at + whole;
    size_t zeros = strspn(at, "0");
    zeros = zeros < whole ? zeros : whole;
    mb_buf_append(json, at + zeros, whole - zeros);
    mb_buf_append(json, "0", whole == zeros);
    *integer = *rest == '\0';
    size_t fraction = 0;
    if (*rest == '.') {
        fraction = digits_count(rest + 1);
        mb_buf_append_char(json, '.');
        mb_buf_append(json, rest + 1, fraction);
        mb_buf_append(json, "0", fraction == 0);
        rest += 1 + fraction;
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (*rest == 'e' || *rest == 'E') {
        size_t sign = rest[1] == '-' || rest[1] == '+';
        size_t exponent = digits_count(rest + 1 + sign);
        mb_buf_append(json, rest, 1 + sign + exponent);
        rest += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return *rest == '\0';
}

// *fault is set for what reads as a number but is none that we can hold.
static bool decimal_resolve(const char *text, struct mb_node *node,
                            enum mb_scalar_fault *fault)
{
    struct mb_buf json = {0};
    struct mb_err ignored = {0};
    bool integer = false;
    bool good = decimal_rewrite(text, &json, &integer);
    if (good && integer &&
        mb_units_parse_int(mb_buf_string(&json), INT64_MIN, INT64_MAX, &node->as.integer,
                           &ignored) == MB_OK) {
        node->type = MB_NODE_INT;
    } else if (good) {
        mb_err_clear(&ignored);
        node->type = MB_NODE_FLOAT;
        if (mb_units_parse_double(mb_buf_string(&json), &node->as.number, &ignored) !=
            MB_OK) {
            *fault = MB_SCALAR_NOT_FINITE;
        }
    }
    mb_buf_release(&json);
    return good;
}

enum mb_scalar_fault mb_scalar_resolve(const char *text, size_t size,
                                       struct mb_node *node)
{
    bool wide = false;
    enum mb_scalar_fault fault = MB_SCALAR_GOOD;
    node->lexeme = text;
    if (word_resolve(text, size, node)) {
        return MB_SCALAR_GOOD;
    }
    if (strchr("+-.0123456789", text[0]) != NULL) {
        if (is_not_finite(text)) {
            return MB_SCALAR_NOT_FINITE;
        }
        if (radix_resolve(text, size, &node->as.integer, &wide)) {
            node->type = MB_NODE_INT;
            return wide ? MB_SCALAR_TOO_WIDE : MB_SCALAR_GOOD;
        }
        if (decimal_resolve(text, node, &fault)) {
            return fault;
        }
    }
    node->type = MB_NODE_STRING;
    node->lexeme = NULL;
    node->as.string.data = text;
    node->as.string.size = size;
    return MB_SCALAR_GOOD;
}

bool mb_scalar_is_ambiguous(const char *text, size_t size)
{
    static const char *const names[] = {"",   "~",   "null", "true", "false", "yes", "no",
                                        "on", "off", "y",    "n",    "<<",    "="};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == size && strncasecmp(names[i], text, size) == 0) {
            return true;
        }
    }
    if (strchr("+-.0123456789", text[0]) == NULL) {
        return false;
    }
    // Numbers of any radix, with underscores, sexagesimals, versions, dates and times:
    // whatever is made of these characters only. Coarse, and quotes harm nobody.
    if (is_not_finite(text) || (text[0] == '.' && text[1] != '/')) {
        return true;
    }
    return strspn(text, "+-.:_0123456789abcdefABCDEFxoXOTZtz ") == size;
}
