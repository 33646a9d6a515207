#include "base/err.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void place_set(struct mb_err *err, enum mb_status code, const char *file, int line,
                      int column)
{
    err->code = code;
    err->line = line;
    err->column = column;
    (void)snprintf(err->file, sizeof err->file, "%s", file);
}

enum mb_status mb_err_set(struct mb_err *err, enum mb_status code, const char *format,
                          ...)
{
    if (err->code != MB_OK) {
        return err->code;
    }
    place_set(err, code, "", 0, 0);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return code;
}

enum mb_status mb_err_at(struct mb_err *err, enum mb_status code, const char *file,
                         int line, int column, const char *format, ...)
{
    if (err->code != MB_OK) {
        return err->code;
    }
    place_set(err, code, file, line, column);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return code;
}

enum mb_status mb_err_system(struct mb_err *err, int number, const char *format, ...)
{
    if (err->code != MB_OK) {
        return err->code;
    }
    place_set(err, MB_FAILED, "", 0, 0);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    char room[128];
    const char *reason = strerror_r(number, room, sizeof room);
    size_t used = strlen(err->message);
    // "No such file" reads on in lower case; "I/O error" stays.
    int first = isupper((unsigned char)reason[1]) || reason[1] == '/'
                    ? reason[0]
                    : tolower((unsigned char)reason[0]);
    (void)snprintf(err->message + used, sizeof err->message - used, ": %c%s", first,
                   reason + 1);
    return MB_FAILED;
}

void mb_err_hint(struct mb_err *err, const char *format, ...)
{
    if (err->hint[0] != '\0') {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

void mb_err_prepend(struct mb_err *err, const char *format, ...)
{
    char old[sizeof err->message];
    (void)snprintf(old, sizeof old, "%s", err->message);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    (void)snprintf(err->message + used, sizeof err->message - used, ": %s", old);
}

void mb_err_clear(struct mb_err *err)
{
    memset(err, 0, sizeof *err);
}
