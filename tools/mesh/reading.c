#include "mesh/reading.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "mesh/binding.h"
#include "mesh/definition.h"

enum { REGEX_MAX = 200, FAULT_TEXT = 512 };

void mb_reading_fault(const struct mb_reading *reading, const struct mb_node *node,
                      const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)mb_err_at(reading->err, MB_INVALID, reading->doc->name,
                    node != NULL ? node->line : 0, node != NULL ? node->column : 0, "%s",
                    text);
}

// --- values of one kind

bool mb_reading_is_type(const struct mb_reading *reading, const struct mb_node *node,
                        enum mb_node_type type, const char *what)
{
    if (node->type == type) {
        return true;
    }
    mb_reading_fault(reading, node, "%s is %s, not %s", what,
                     mb_node_type_name(node->type), mb_node_type_name(type));
    return false;
}

// All keys are in `known` or start with x-.
bool mb_reading_is_map(const struct mb_reading *reading, const struct mb_node *node,
                       const char *what, const char *const *known)
{
    if (!mb_reading_is_type(reading, node, MB_NODE_MAP, what)) {
        return false;
    }
    for (size_t i = 0; i < node->as.map.count; i++) {
        const struct mb_node *key = node->as.map.entries[i].key;
        const char *name = mb_node_text(key, "");
        size_t k = 0;
        while (known[k] != NULL && strcmp(known[k], name) != 0) {
            k++;
        }
        if (known[k] != NULL || strncmp(name, "x-", 2) == 0) {
            continue;
        }
        const char *near = mb_units_nearest(name, known);
        if (near != NULL && reading->err->code == MB_OK) {
            mb_err_hint(reading->err, "did you mean '%s'?", near);
        }
        mb_reading_fault(reading, key, "unknown key '%s' in %s", name, what);
        return false;
    }
    return true;
}

// Text without NULs; `fallback` on a fault.
const char *mb_reading_text(const struct mb_reading *reading, const struct mb_node *node,
                            const char *what, const char *fallback)
{
    if (!mb_reading_is_type(reading, node, MB_NODE_STRING, what)) {
        return fallback;
    }
    if (strlen(node->as.string.data) != node->as.string.size) {
        mb_reading_fault(reading, node, "%s holds a NUL character", what);
        return fallback;
    }
    return node->as.string.data;
}

const char *mb_reading_text_key(const struct mb_reading *reading,
                                const struct mb_node *map, const char *key,
                                const char *fallback)
{
    const struct mb_node *node = mb_node_find(map, key);
    return node != NULL ? mb_reading_text(reading, node, key, fallback) : fallback;
}

const char *mb_reading_text_required(const struct mb_reading *reading,
                                     const struct mb_node *map, const char *key)
{
    const char *text = mb_reading_text_key(reading, map, key, NULL);
    if (text == NULL) {
        mb_reading_fault(reading, map, "missing key '%s'", key);
        return "";
    }
    return text;
}

int64_t mb_reading_duration_key(const struct mb_reading *reading,
                                const struct mb_node *map, const char *key,
                                int64_t fallback)
{
    struct mb_err why = {0};
    int64_t value = fallback;
    const char *text = mb_reading_text_key(reading, map, key, NULL);
    if (text != NULL && mb_units_parse(MB_UNIT_DURATION, text, &value, &why) != MB_OK) {
        mb_reading_fault(reading, mb_node_find(map, key), "%s", why.message);
    }
    return value;
}

// Items of a list, at most MB_DEFINITION_MAX_ITEMS; 0 when the key is not there.
size_t mb_reading_list_key(const struct mb_reading *reading, const struct mb_node *map,
                           const char *key, struct mb_node ***items)
{
    struct mb_node *list = mb_node_find(map, key);
    *items = NULL;
    if (list == NULL || !mb_reading_is_type(reading, list, MB_NODE_LIST, key)) {
        return 0;
    }
    if (list->as.list.count > MB_DEFINITION_MAX_ITEMS) {
        mb_reading_fault(reading, list, "'%s' has %zu items, at most %d are allowed", key,
                         list->as.list.count, MB_DEFINITION_MAX_ITEMS);
        return 0;
    }
    *items = list->as.list.items;
    return list->as.list.count;
}

// In arena, NULL-terminated.
const char **mb_reading_texts_key(const struct mb_reading *reading,
                                  const struct mb_node *map, const char *key)
{
    struct mb_node **items = NULL;
    size_t count = mb_reading_list_key(reading, map, key, &items);
    const char **texts = mb_arena_alloc(reading->arena, count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[i] = mb_reading_text(reading, items[i], key, "");
    }
    return texts;
}

// --- forms

bool mb_reading_is_word(const char *text, const char *more)
{
    size_t plain = 0;
    size_t length = 0;
    for (; text[length] != '\0'; length += plain) {
        plain = strspn(text + length, "abcdefghijklmnopqrstuvwxyz0123456789");
        plain = plain > 0 ? plain : strspn(text + length, more);
        if (plain == 0) {
            return false;
        }
    }
    return length > 0 && length <= 63 && strchr(more, text[0]) == NULL;
}

// A path inside the instance's folder: no way out of it.
void mb_reading_inside_check(const struct mb_reading *reading, const struct mb_node *node,
                             const char *path)
{
    if (path[0] == '\0' || path[0] == '/' || !mb_binding_is_plain(path) ||
        strstr(path, "..") != NULL) {
        mb_reading_fault(reading, node, "'%s' is not a path inside the adapter's folder",
                         path);
    }
}

void mb_reading_regex_check(const struct mb_reading *reading, const struct mb_node *node,
                            const char *pattern, size_t groups)
{
    regex_t regex;
    char why[128];
    if (strlen(pattern) > REGEX_MAX) {
        mb_reading_fault(reading, node, "pattern is longer than %d characters",
                         REGEX_MAX);
        return;
    }
    // regcomp(3) writes intervals out: nested ones take all memory.
    const char *interval = strchr(pattern, '{');
    if (interval != NULL && strchr(interval + 1, '{') != NULL) {
        mb_reading_fault(reading, node, "pattern has more than one '{'");
        return;
    }
    int failed = regcomp(&regex, pattern, REG_EXTENDED);
    if (failed != 0) {
        (void)regerror(failed, &regex, why, sizeof why);
        mb_reading_fault(reading, node, "'%s' is not a regular expression: %s", pattern,
                         why);
        return;
    }
    if (regex.re_nsub < groups) {
        mb_reading_fault(reading, node, "'%s' has no group in parentheses", pattern);
    }
    regfree(&regex);
}
