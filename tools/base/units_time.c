// Points in time as text (RFC 3339, UTC only): the part of units.h that needs a calendar.
#include "base/units.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

enum { YEAR_MIN = 1970, YEAR_MAX = 2261, SECONDS_PER_DAY = 86400 };

// Days since 1970-01-01, proleptic Gregorian calendar.
// https://howardhinnant.github.io/date_algorithms.html#days_from_civil
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2 ? 1 : 0;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

// The reverse; https://howardhinnant.github.io/date_algorithms.html#civil_from_days
static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += 719468;
    int64_t era = days / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month + (shifted_month < 10 ? 3 : -9);
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

void mb_units_print_time(int64_t unix_ns, char *text, size_t size)
{
    int64_t clamped = unix_ns < 0 ? 0 : unix_ns;
    int64_t seconds = clamped / NS_PER_S;
    int64_t of_day = seconds % SECONDS_PER_DAY;
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    civil_from_days(seconds / SECONDS_PER_DAY, &year, &month, &day);
    (void)snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year,
                   (int)month, (int)day, (int)(of_day / 3600), (int)(of_day / 60 % 60),
                   (int)(of_day % 60), (int)(clamped % NS_PER_S / 1000000));
}

// Reads `count` digits at *c and steps over them. Returns -1 when one is missing.
static int64_t digits_read(const char **c, int count)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++, (*c)++) {
        if (**c < '0' || **c > '9') {
            return -1;
        }
        value = value * 10 + (**c - '0');
    }
    return value;
}

// Steps over one expected character.
static bool char_skip(const char **c, char expected)
{
    if (**c != expected) {
        return false;
    }
    (*c)++;
    return true;
}

// Reads ".123" as nanoseconds, at most nine digits; 0 when there is none, -1 on error.
static int64_t fraction_read(const char **c)
{
    if (!char_skip(c, '.')) {
        return 0;
    }
    size_t length = strspn(*c, "0123456789");
    if (length < 1 || length > 9) {
        return -1;
    }
    int64_t ns = digits_read(c, (int)length);
    for (; length < 9; length++) {
        ns *= 10;
    }
    return ns;
}

static bool date_exists(int64_t year, int64_t month, int64_t day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1) {
        return false;
    }
    int64_t next = month == 12 ? days_from_civil(year + 1, 1, 1)
                               : days_from_civil(year, month + 1, 1);
    return day <= next - days_from_civil(year, month, 1);
}

struct moment {
    int64_t unix_ns;
    const char *rest; // what follows the fraction
};

// Date, separator and time of day. False when they are none.
static bool moment_read(const char *text, const char *separators, struct moment *moment)
{
    const char *c = text;
    int64_t year = digits_read(&c, 4);
    bool good = char_skip(&c, '-');
    int64_t month = good ? digits_read(&c, 2) : -1;
    good = good && char_skip(&c, '-');
    int64_t day = good ? digits_read(&c, 2) : -1;
    good = good && *c != '\0' && strchr(separators, *c) != NULL;
    c += good;
    int64_t hour = good ? digits_read(&c, 2) : -1;
    good = good && char_skip(&c, ':');
    int64_t minute = good ? digits_read(&c, 2) : -1;
    good = good && char_skip(&c, ':');
    int64_t second = good ? digits_read(&c, 2) : -1;
    int64_t ns = good ? fraction_read(&c) : -1;
    good = good && date_exists(year, month, day) && hour >= 0 && hour <= 23 &&
           minute >= 0 && minute <= 59 && second >= 0 && second <= 59 && ns >= 0;
    if (good) {
        int64_t seconds = days_from_civil(year, month, day) * SECONDS_PER_DAY +
                          hour * 3600 + minute * 60 + second;
        *moment = (struct moment){.unix_ns = seconds * NS_PER_S + ns, .rest = c};
    }
    return good;
}

enum mb_status mb_units_parse_time(const char *text, int64_t *unix_ns, struct mb_err *err)
{
    struct moment moment;
    if (!moment_read(text, "T", &moment) || strcmp(moment.rest, "Z") != 0) {
        return mb_err_set(err, MB_INVALID,
                          "'%.60s' is not a time: write it in UTC as "
                          "'2026-11-23T19:47:00.123Z' (years %d to %d)",
                          text, YEAR_MIN, YEAR_MAX);
    }
    *unix_ns = moment.unix_ns;
    return MB_OK;
}

// "Z", "+02:00", "-0700". False when it is none.
static bool zone_read(const char *text, int64_t *offset_s)
{
    const char *c = text;
    *offset_s = 0;
    if (char_skip(&c, 'Z')) {
        return *c == '\0';
    }
    int sign = *c == '-' ? -1 : 1;
    if (!char_skip(&c, '+') && !char_skip(&c, '-')) {
        return false;
    }
    int64_t hours = digits_read(&c, 2);
    (void)char_skip(&c, ':');
    int64_t minutes = hours >= 0 ? digits_read(&c, 2) : -1;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59 && *c == '\0';
}

enum mb_status mb_units_parse_time_zoned(const char *text, int64_t *unix_ns,
                                         struct mb_err *err)
{
    struct moment moment;
    int64_t offset_s = 0;
    if (!moment_read(text, "T ", &moment) || !zone_read(moment.rest, &offset_s)) {
        return mb_err_set(err, MB_INVALID,
                          "'%.60s' is not a time with its zone, as "
                          "'2026-11-23T19:47:00.123Z' or '2026-11-23T21:47:00+02:00' "
                          "(years %d to %d)",
                          text, YEAR_MIN, YEAR_MAX);
    }
    *unix_ns = moment.unix_ns - offset_s * NS_PER_S;
    return MB_OK;
}
