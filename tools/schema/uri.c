#include "schema/parts.h"

#include <string.h>

#include "base/buf.h"

// Length of "scheme:" at the start; 0 when there is none.
static size_t scheme_size(const char *uri)
{
    size_t size = strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789+-.");
    return size > 0 && uri[size] == ':' ? size + 1 : 0;
}

// Length of scheme and authority: "http://example.com".
static size_t authority_end(const char *uri)
{
    size_t size = scheme_size(uri);
    if (strncmp(uri + size, "//", 2) == 0) {
        size += 2;
        size += strcspn(uri + size, "/?#");
    }
    return size;
}

// Removes "." and ".." from a path in place (RFC 3986, 5.2.4, for paths that start with
// '/' or are relative).
static void dots_remove(char *path)
{
    char *to = path;
    const char *from = path;
    while (*from != '\0') {
        size_t size = strcspn(from, "/");
        size_t whole = size + (from[size] == '/');
        if (size == 1 && from[0] == '.') {
            from += whole;
            continue;
        }
        if (size == 2 && from[0] == '.' && from[1] == '.') {
            from += whole;
            if (to > path + 1) { // back to behind the slash before the last segment
                to--;
                while (to > path && to[-1] != '/') {
                    to--;
                }
            }
            continue;
        }
        memmove(to, from, whole);
        to += whole;
        from += whole;
    }
    *to = '\0';
}

char *mb_schema_uri_resolve(struct mb_arena *arena, const char *base,
                            const char *reference)
{
    size_t keep = strcspn(base, "#");
    if (scheme_size(reference) > 0) {
        return mb_arena_copy_string(arena, reference);
    }
    if (reference[0] == '\0' || reference[0] == '#') {
        return mb_arena_print(arena, "%.*s%s", (int)keep, base, reference);
    }
    size_t authority = authority_end(base);
    size_t path = authority;
    if (reference[0] != '/') { // beside the last segment of the base
        size_t end = strcspn(base, "?#");
        for (path = end; path > authority && base[path - 1] != '/'; path--) {
        }
    }
    bool bare = path == authority && authority > scheme_size(base) && *reference != '/';
    char *uri =
        mb_arena_print(arena, "%.*s%s%s", (int)path, base, bare ? "/" : "", reference);
    char *tail = uri + strcspn(uri, "?#");
    const char *rest = mb_arena_copy_string(arena, tail);
    *tail = '\0';
    dots_remove(uri + authority);
    return mb_arena_print(arena, "%s%s", uri, rest);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) & 15 : -1;
}

char *mb_schema_uri_decode(struct mb_arena *arena, const char *fragment)
{
    char *text = mb_arena_alloc(arena, strlen(fragment) + 1, 1);
    char *to = text;
    for (const char *at = fragment; *at != '\0'; at++) {
        int high = at[0] == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        if (low >= 0) {
            *to++ = (char)(high << 4 | low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    return text;
}
