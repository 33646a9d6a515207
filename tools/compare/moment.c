#include "compare/moment.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"

#define NS_PER_S INT64_C(1000000000)

// Seconds below this are numbers of something else: builds, say.
#define SECONDS_MIN INT64_C(100000000)
#define SECONDS_END INT64_C(100000000000)

enum { DIGITS_MAX = 19, ZONE_HOURS_MAX = 14 };

// Reads `min` to `max` digits at *at and steps over them. -1: there are fewer.
static int64_t digits_take(const char **at, int min, int max)
{
    int64_t value = 0;
    int count = 0;
    while (count < max && **at >= '0' && **at <= '9') {
        value = value * 10 + (**at - '0');
        (*at)++;
        count++;
    }
    return count >= min ? value : -1;
}

static bool char_take(const char **at, char wanted)
{
    bool there = **at == wanted;
    *at += there;
    return there;
}

// ".123456789" as ns; 0 when there is no point. Digits beyond the ninth are dropped.
static int64_t fraction_take(const char **at)
{
    int64_t value = 0;
    int64_t unit = NS_PER_S / 10;
    if (!char_take(at, '.') && !char_take(at, ',')) {
        return 0;
    }
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        value += (**at - '0') * unit;
        unit /= 10;
    }
    return value;
}

// Offset from UTC in seconds.
static bool zone_take(const char **at, int64_t *offset)
{
    *offset = 0;
    (void)char_take(at, ' ');
    if (**at == '\0') {
        return true;
    }
    if (char_take(at, 'Z') || char_take(at, 'z')) {
        return true;
    }
    if (strncmp(*at, "UTC", 3) == 0 || strncmp(*at, "GMT", 3) == 0) {
        *at += 3;
        return true;
    }
    int64_t sign = **at == '-' ? -1 : 1;
    if (!char_take(at, '+') && !char_take(at, '-')) {
        return false;
    }
    int64_t hours = digits_take(at, 2, 2);
    (void)char_take(at, ':');
    int64_t minutes = **at != '\0' ? digits_take(at, 2, 2) : 0;
    *offset = sign * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours <= ZONE_HOURS_MAX && minutes >= 0 && minutes < 60;
}

// Seconds and ns of a day, behind the date.
static bool clock_take(const char **at, int64_t *seconds, int64_t *ns)
{
    int64_t hour = digits_take(at, 1, 2);
    bool minutes = char_take(at, ':');
    int64_t minute = digits_take(at, 2, 2);
    int64_t second = 0;
    if (char_take(at, ':')) {
        second = digits_take(at, 2, 2);
        *ns = fraction_take(at);
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return minutes && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
           second >= 0 && second <= 60;
}

static bool date_parse(const char *text, int64_t *unix_ns)
{
    const char *at = text;
    int64_t year = digits_take(&at, 4, 4);
    char separator = *at;
    if (year < 0 || (separator != '-' && separator != '/' && separator != '.')) {
        return false;
    }
    at++;
    int64_t month = digits_take(&at, 1, 2);
    bool separated = char_take(&at, separator);
    int64_t day = digits_take(&at, 1, 2);
    int64_t seconds = 0;
    int64_t ns = 0;
    int64_t offset = 0;
    if (month < 0 || day < 0 || !separated) {
        return false;
    }
    bool clock = char_take(&at, ' ') || char_take(&at, 'T') || char_take(&at, 't');
    if (clock && (!clock_take(&at, &seconds, &ns) || !zone_take(&at, &offset))) {
        return false;
    }
    if (*at != '\0') {
        return false;
    }
    // The calendar is that of base/units.
    char day_text[32];
    struct mb_err err = {0};
    (void)snprintf(day_text, sizeof day_text, "%04d-%02d-%02dT00:00:00Z", (int)year,
                   (int)month, (int)day);
    if (mb_units_parse_time(day_text, unix_ns, &err) != MB_OK) {
        return false;
    }
    *unix_ns += (seconds - offset) * NS_PER_S + ns;
    return *unix_ns >= 0;
}

static bool number_parse(const char *text, int64_t *unix_ns)
{
    const char *at = text;
    size_t digits = strspn(text, "0123456789");
    // 9e18 and more is past what int64_t holds.
    if (digits > DIGITS_MAX || (digits == DIGITS_MAX && text[0] == '9')) {
        return false;
    }
    int64_t value = digits_take(&at, 1, DIGITS_MAX);
    if (value < SECONDS_MIN) {
        return false;
    }
    int64_t unit = NS_PER_S;
    while (unit > 1 && value >= SECONDS_END * (NS_PER_S / unit)) {
        unit /= 1000;
    }
    int64_t limit = INT64_MAX / unit - 1;
    *unix_ns = value < limit ? value * unit : -1;
    if (unit == NS_PER_S && *unix_ns >= 0) {
        *unix_ns += fraction_take(&at);
    }
    return *at == '\0' && *unix_ns >= 0;
}

bool mb_moment_parse(const char *text, int64_t *unix_ns)
{
    int64_t found = 0;
    bool read = date_parse(text, &found) || number_parse(text, &found);
    *unix_ns = read ? found : *unix_ns;
    return read;
}
