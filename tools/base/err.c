#include "base/err.h"

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
