// A strict walk over JSON text (RFC 8259), beside the tree that was read from it (to fill
// in places) or without one (to say what is wrong, and where).
#include "format/syntax.h"

#include <assert.h>
#include <string.h>

#include "base/units.h"
#include "format/utf8.h"

struct walk {
    const struct mb_doc *doc;
    struct mb_utf8_cursor at;
    struct mb_arena *arena; // for lexemes; NULL without a tree
    struct mb_err *err;
    const char *duplicate_end; // end of a key that stands there for the second time
    size_t nodes;
};

static bool value_walk(struct walk *walk, struct mb_node *node, int depth);

static bool fault(struct walk *walk, const char *message, const char *hint)
{
    (void)mb_err_at(walk->err, MB_INVALID, walk->doc->name, walk->at.line,
                    walk->at.column, "%s", message);
    if (hint != NULL) {
        mb_err_hint(walk->err, "%s", hint);
    }
    return false;
}

// At the end of the text every fault has the same reason.
static bool fault_or_end(struct walk *walk, const char *message, const char *hint)
{
    if (walk->at.at == walk->at.end) {
        return fault(walk, "text ends too early", "is the file complete?");
    }
    return fault(walk, message, hint);
}

static void blanks_skip(struct walk *walk)
{
    const char *to = walk->at.at;
    while (to < walk->at.end && strchr(" \t\r\n", *to) != NULL && *to != '\0') {
        to++;
    }
    mb_utf8_advance(&walk->at, to);
}

static bool next_is(const struct walk *walk, char c)
{
    return walk->at.at < walk->at.end && *walk->at.at == c;
}

static bool hex4(const char *at, const char *end, uint32_t *value)
{
    *value = 0;
    if (end - at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = at[i] != '\0' ? strchr(digits, at[i]) : NULL;
        if (digit == NULL) {
            return false;
        }
        *value = *value << 4 | (uint32_t)((digit - digits) & 15);
    }
    return true;
}

// Checks the escape at `at` (a backslash) and gives its length and its character; 0:
// wrong, *reason says why.
static size_t escape_check(const char *at, const char *end, uint32_t *character,
                           const char **reason)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t unit;
    *reason = "unknown escape in a string";
    const char *letter = end - at >= 2 && at[1] != '\0' ? strchr(letters, at[1]) : NULL;
    if (letter != NULL) {
        *character = (unsigned char)meanings[letter - letters];
        return 2;
    }
    if (end - at < 2 || at[1] != 'u') {
        return 0;
    }
    *reason = "'\\u' needs four hexadecimal digits";
    if (!hex4(at + 2, end, &unit)) {
        return 0;
    }
    *reason = "a NUL character in a string is not supported";
    if (unit == 0) {
        return 0;
    }
    *character = unit;
    if (unit < 0xD800 || unit >= 0xE000) {
        return 6;
    }
    *reason = "half of a surrogate pair in a string";
    uint32_t low = 0;
    bool paired = unit < 0xDC00 && end - at >= 12 && at[6] == '\\' && at[7] == 'u' &&
                  hex4(at + 8, end, &low) && low >= 0xDC00 && low < 0xE000;
    *character = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
    return paired ? 12 : 0;
}

size_t mb_json_escape(const char *at, const char *end, uint32_t *character)
{
    const char *reason = NULL;
    return escape_check(at, end, character, &reason);
}

static bool string_walk(struct walk *walk)
{
    const char *at = walk->at.at + 1;
    const char *end = walk->at.end;
    while (at < end && *at != '"') {
        const char *reason = NULL;
        uint32_t character = 0;
        size_t length = 1;
        if ((unsigned char)*at < 0x20) {
            bool line_end = *at == '\n' || *at == '\r';
            if (!line_end) {
                mb_utf8_advance(&walk->at, at);
            }
            return fault(walk,
                         line_end ? "string is not closed on its line"
                                  : "a control character in a string",
                         line_end ? "close it with '\"', or write the line end as \\n"
                                  : "write it as an escape, such as \\t");
        }
        if (*at == '\\') {
            length = escape_check(at, end, &character, &reason);
        }
        if (length == 0) {
            mb_utf8_advance(&walk->at, at);
            return fault(walk, reason, NULL);
        }
        at += length;
    }
    if (at == end) {
        return fault(walk, "string is not closed", "is the file complete?");
    }
    mb_utf8_advance(&walk->at, at + 1);
    return true;
}

static const char *digits_skip(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

const char *mb_json_number_end(const char *at, const char *end)
{
    at += at < end && *at == '-';
    const char *whole = at;
    at = digits_skip(at, end);
    if (at == whole || (*whole == '0' && at - whole > 1)) {
        return NULL;
    }
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = digits_skip(at, end);
        if (at == fraction) {
            return NULL;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        const char *exponent = at;
        at = digits_skip(at, end);
        if (at == exponent) {
            return NULL;
        }
    }
    return at;
}

static bool number_walk(struct walk *walk, struct mb_node *node)
{
    const char *start = walk->at.at;
    const char *to = mb_json_number_end(start, walk->at.end);
    if (to == NULL) {
        return fault(walk, "a number is not written as JSON allows",
                     "no leading zeros or '+', digits on both sides of the point");
    }
    if (node != NULL) {
        node->lexeme = mb_arena_copy_bytes(walk->arena, start, (size_t)(to - start));
    }
    if (walk->arena == NULL) {
        char text[512];
        double value;
        struct mb_err ignored = {0};
        (void)snprintf(text, sizeof text, "%.*s", (int)(to - start), start);
        if (mb_units_parse_double(text, &value, &ignored) != MB_OK) {
            return fault(walk, "not a finite number: too large for a double", NULL);
        }
    }
    mb_utf8_advance(&walk->at, to);
    return true;
}

static bool word_walk(struct walk *walk, struct mb_node *node)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t left = (size_t)(walk->at.end - walk->at.at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t size = strlen(words[i]);
        if (left >= size && memcmp(walk->at.at, words[i], size) == 0) {
            if (node != NULL) {
                node->lexeme = words[i];
            }
            mb_utf8_advance(&walk->at, walk->at.at + size);
            return true;
        }
    }
    return fault_or_end(walk, "a value is expected",
                        "a JSON value is an object, a list, a string in \"...\", a "
                        "number, true, false or null");
}

static bool scalar_walk(struct walk *walk, struct mb_node *node)
{
    if (next_is(walk, '"')) {
        return string_walk(walk);
    }
    bool number = walk->at.at < walk->at.end && strchr("-0123456789", *walk->at.at) &&
                  *walk->at.at != '\0';
    return number ? number_walk(walk, node) : word_walk(walk, node);
}

// Behind an item: a comma, or the end. *more tells which.
static bool separator_walk(struct walk *walk, char close, bool *more)
{
    blanks_skip(walk);
    *more = next_is(walk, ',');
    if (!*more && !next_is(walk, close)) {
        return fault_or_end(
            walk, close == ']' ? "',' or ']' is expected" : "',' or '}' is expected",
            "is a comma missing before this?");
    }
    mb_utf8_advance(&walk->at, walk->at.at + 1);
    blanks_skip(walk);
    if (*more && next_is(walk, close)) {
        return fault(walk, "a comma stands before the end of a list or object",
                     "JSON allows no trailing comma");
    }
    return true;
}

// A node of its own for a place of the tree: they are shared until they have places.
static void own_make(struct walk *walk, struct mb_node **place)
{
    struct mb_node *own = mb_arena_alloc(walk->arena, 1, sizeof *own);
    *own = **place;
    *place = own;
}

static bool is_shared(const struct walk *walk, const struct mb_node *value)
{
    return walk->doc->compact && value->type != MB_NODE_LIST &&
           value->type != MB_NODE_MAP;
}

// What stands at `place`, which is NULL without a tree.
static bool item_walk(struct walk *walk, struct mb_node **place, int depth)
{
    if (place != NULL && is_shared(walk, *place)) {
        own_make(walk, place);
    }
    return value_walk(walk, place != NULL ? *place : NULL, depth);
}

static bool list_walk(struct walk *walk, struct mb_node *node, int depth)
{
    mb_utf8_advance(&walk->at, walk->at.at + 1);
    blanks_skip(walk);
    if (next_is(walk, ']')) {
        mb_utf8_advance(&walk->at, walk->at.at + 1);
        return true;
    }
    bool more = true;
    for (size_t i = 0; more; i++) {
        assert(node == NULL || i < node->as.list.count);
        if (!item_walk(walk, node != NULL ? &node->as.list.items[i] : NULL, depth + 1) ||
            !separator_walk(walk, ']', &more)) {
            return false;
        }
    }
    return true;
}

// Says that the key at walk->at stands in its object for the second time. `first` is at
// the object's first key. Keys that are equal but escaped differently are not found; the
// message then lacks the first place.
static bool duplicate_say(struct walk *walk, struct mb_utf8_cursor first)
{
    size_t size = (size_t)(walk->duplicate_end - walk->at.at);
    struct mb_err ignored = {0};
    struct walk again = {.doc = walk->doc, .at = first, .err = &ignored};
    char message[256];
    bool more = true;
    while (more && again.at.at < walk->at.at) {
        if (again.at.end - again.at.at > (ptrdiff_t)size &&
            memcmp(again.at.at, walk->at.at, size) == 0) {
            (void)snprintf(message, sizeof message,
                           "duplicate key '%.*s', first at line %d, column %d",
                           size > 130 ? 128 : (int)size - 2, walk->at.at + 1,
                           again.at.line, again.at.column);
            return fault(walk, message, NULL);
        }
        more = string_walk(&again);
        blanks_skip(&again);
        mb_utf8_advance(&again.at, again.at.at + (more && next_is(&again, ':')));
        more = more && value_walk(&again, NULL, 0) &&
               separator_walk(&again, '}', &more) && more;
    }
    (void)snprintf(message, sizeof message, "duplicate key '%.*s'",
                   size > 130 ? 128 : (int)size - 2, walk->at.at + 1);
    return fault(walk, message, NULL);
}

static bool key_walk(struct walk *walk, struct mb_node *key,
                     const struct mb_utf8_cursor *first)
{
    if (!next_is(walk, '"')) {
        return fault_or_end(walk, "a key in \"...\" is expected",
                            "JSON has double quotes only, and no comments");
    }
    struct mb_utf8_cursor start = walk->at;
    if (!string_walk(walk)) {
        return false;
    }
    if (walk->duplicate_end == walk->at.at) {
        walk->at = start;
        return duplicate_say(walk, *first);
    }
    if (key != NULL) {
        key->line = start.line;
        key->column = start.column;
        key->length = walk->at.column - start.column;
    }
    blanks_skip(walk);
    if (!next_is(walk, ':')) {
        return fault_or_end(walk, "':' is expected behind a key", NULL);
    }
    mb_utf8_advance(&walk->at, walk->at.at + 1);
    return true;
}

static bool map_walk(struct walk *walk, struct mb_node *node, int depth)
{
    mb_utf8_advance(&walk->at, walk->at.at + 1);
    blanks_skip(walk);
    if (next_is(walk, '}')) {
        mb_utf8_advance(&walk->at, walk->at.at + 1);
        return true;
    }
    const struct mb_utf8_cursor first = walk->at;
    bool more = true;
    for (size_t i = 0; more; i++) {
        assert(node == NULL || i < node->as.map.count);
        struct mb_node_entry *entry = node != NULL ? &node->as.map.entries[i] : NULL;
        if (entry != NULL) {
            own_make(walk, &entry->key);
        }
        if (!key_walk(walk, entry != NULL ? entry->key : NULL, &first) ||
            !item_walk(walk, entry != NULL ? &entry->value : NULL, depth + 1) ||
            !separator_walk(walk, '}', &more)) {
            return false;
        }
    }
    return true;
}

static bool limits_check(struct walk *walk, bool nests, int depth)
{
    char message[96];
    if (nests && depth >= MB_DOC_MAX_DEPTH) {
        (void)snprintf(message, sizeof message,
                       "nested deeper than %d (MB_DOC_MAX_DEPTH)", MB_DOC_MAX_DEPTH);
        return fault(walk, message, NULL);
    }
    walk->nodes++;
    if (walk->nodes > MB_DOC_MAX_NODES) {
        (void)snprintf(message, sizeof message, "more than %d values (MB_DOC_MAX_NODES)",
                       MB_DOC_MAX_NODES);
        return fault(walk, message, NULL);
    }
    return true;
}

static bool value_walk(struct walk *walk, struct mb_node *node, int depth)
{
    blanks_skip(walk);
    bool list = next_is(walk, '[');
    bool map = next_is(walk, '{');
    const struct mb_utf8_cursor start = walk->at;
    if (!limits_check(walk, list || map, depth)) {
        return false;
    }
    if (node != NULL) {
        node->line = start.line;
        node->column = start.column;
        node->length = 1;
    }
    if (list) {
        return list_walk(walk, node, depth);
    }
    if (map) {
        return map_walk(walk, node, depth);
    }
    bool good = scalar_walk(walk, node);
    if (node != NULL) {
        node->length = walk->at.column - start.column;
    }
    return good;
}

enum mb_status mb_json_explain(const struct mb_doc *doc, size_t duplicate_end,
                               struct mb_err *err)
{
    struct walk walk = {.doc = doc, .err = err};
    mb_utf8_start(&walk.at, doc->text, doc->size);
    if (duplicate_end > 0) {
        walk.duplicate_end = doc->text + duplicate_end;
    }
    if (!value_walk(&walk, NULL, 0)) {
        return err->code;
    }
    blanks_skip(&walk);
    if (walk.at.at < walk.at.end) {
        (void)fault(&walk, "text behind the end of the document",
                    "a JSON file holds one value");
        return err->code;
    }
    return MB_OK;
}

void mb_json_locate(struct mb_arena *arena, struct mb_doc *doc)
{
    struct mb_err none = {0};
    struct walk walk = {.doc = doc, .arena = arena, .err = &none};
    mb_utf8_start(&walk.at, doc->text, doc->size);
    bool good = value_walk(&walk, doc->root, 0);
    assert(good); // it was read from this text
    (void)good;
}
