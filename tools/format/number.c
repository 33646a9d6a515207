#include "format/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

// 15 digits always survive decimal-double-decimal and 17 always double-decimal-double, so
// the first of 15, 16, 17 that reads back is the shortest; but a subnormal has fewer.
static void shortest_print(double value, char *text, size_t size)
{
    double back;
    for (int digits = fabs(value) < 2.3e-308 ? 1 : 15; digits <= 17; digits++) {
        struct mb_err ignored = {0};
        (void)snprintf(text, size, "%.*g", digits, value);
        if (mb_units_parse_double(text, &back, &ignored) == MB_OK && back == value) {
            return;
        }
    }
}

// An integer beyond int64_t is a float that keeps its digits in the lexeme. (A JSON
// document that holds one is always located, so the lexeme does not depend on who asked.)
static bool is_wide_integer(const struct mb_node *node)
{
    if (node->lexeme == NULL) {
        return false;
    }
    const char *digits = node->lexeme + (node->lexeme[0] == '-');
    return *digits >= '1' && *digits <= '9' &&
           digits[strspn(digits, "0123456789")] == '\0';
}

void mb_number_print(const struct mb_node *node, struct mb_buf *out)
{
    char text[40];
    if (node->type == MB_NODE_INT) {
        int size = snprintf(text, sizeof text, "%" PRId64, node->as.integer);
        mb_buf_append(out, text, (size_t)size);
        return;
    }
    if (is_wide_integer(node)) {
        mb_buf_append_string(out, node->lexeme);
        return;
    }
    shortest_print(node->as.number, text, sizeof text);
    size_t mantissa = strcspn(text, "e");
    mb_buf_append(out, text, mantissa);
    if (memchr(text, '.', mantissa) == NULL) {
        mb_buf_append_string(out, ".0");
    }
    mb_buf_append_string(out, text + mantissa);
}
