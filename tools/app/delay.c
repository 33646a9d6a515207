#include "app/delay.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/units.h"

enum { TEXT_BYTES = 64 };

static const double two_pi = 6.283185307179586;

struct kind_name {
    const char *prefix;
    enum mb_delay_kind kind;
    char separator; // between its two values; 0: it has one
};

static const struct kind_name kinds[] = {
    {"constant:", MB_DELAY_CONSTANT, '\0'},
    {"uniform:", MB_DELAY_UNIFORM, '-'},
    {"exponential:", MB_DELAY_EXPONENTIAL, '\0'},
    {"lognormal:", MB_DELAY_LOGNORMAL, ','},
    {"", MB_DELAY_CONSTANT, '\0'},
};

static enum mb_status bad_delay(struct mb_err *err, const char *text)
{
    (void)mb_err_set(err, MB_INVALID, "'%.60s' is not a delay", text);
    mb_err_hint(err, "as 5ms, uniform:1ms-3ms, exponential:5ms or lognormal:5ms,0.5");
    return MB_INVALID;
}

static bool parse_values(char *values, const struct kind_name *kind,
                         struct mb_delay *delay)
{
    struct mb_err err = {0};
    char *second = NULL;
    if (kind->separator != '\0') {
        second = strchr(values, kind->separator);
        if (second == NULL) {
            return false;
        }
        *second++ = '\0';
    }
    if (mb_units_parse(MB_UNIT_DURATION, values, &delay->first_ns, &err) != MB_OK) {
        return false;
    }
    switch (kind->kind) {
    case MB_DELAY_CONSTANT:
    case MB_DELAY_EXPONENTIAL:
        return true;
    case MB_DELAY_UNIFORM:
        return mb_units_parse(MB_UNIT_DURATION, second, &delay->second_ns, &err) ==
                   MB_OK &&
               delay->second_ns >= delay->first_ns;
    case MB_DELAY_LOGNORMAL:
        return mb_units_parse_double(second, &delay->sigma, &err) == MB_OK &&
               delay->sigma >= 0.0;
    }
    return false;
}

enum mb_status mb_delay_parse(const char *text, struct mb_delay *delay,
                              struct mb_err *err)
{
    char values[TEXT_BYTES];
    const struct kind_name *kind = kinds;
    while (strncmp(text, kind->prefix, strlen(kind->prefix)) != 0) {
        kind++;
    }
    const char *rest = text + strlen(kind->prefix);
    if (strlen(rest) >= sizeof values) {
        return bad_delay(err, text);
    }
    memcpy(values, rest, strlen(rest) + 1);
    struct mb_delay made = {.kind = kind->kind};
    if (!parse_values(values, kind, &made) || made.first_ns > MB_DELAY_MAX_NS ||
        made.second_ns > MB_DELAY_MAX_NS) {
        return bad_delay(err, text);
    }
    *delay = made;
    return MB_OK;
}

// Box and Muller's transform of two uniform numbers.
static double draw_normal(struct mb_rng *rng)
{
    double radius = sqrt(2.0 * mb_rng_exponential(rng));
    return radius * cos(two_pi * mb_rng_unit(rng));
}

int64_t mb_delay_draw(const struct mb_delay *delay, struct mb_rng *rng)
{
    double first_ns = (double)delay->first_ns;
    double drawn_ns = first_ns;
    switch (delay->kind) {
    case MB_DELAY_CONSTANT:
        break;
    case MB_DELAY_UNIFORM:
        drawn_ns += mb_rng_unit(rng) * (double)(delay->second_ns - delay->first_ns);
        break;
    case MB_DELAY_EXPONENTIAL:
        drawn_ns *= mb_rng_exponential(rng);
        break;
    case MB_DELAY_LOGNORMAL:
        drawn_ns *= exp(delay->sigma * draw_normal(rng));
        break;
    }
    return drawn_ns < (double)MB_DELAY_MAX_NS ? (int64_t)drawn_ns : MB_DELAY_MAX_NS;
}
