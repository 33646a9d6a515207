// JSON in one pass over the text. This reader knows that there is a fault, but not how to
// say it, and it keeps no places: json_walk.c does both when somebody asks, because
// counting columns would cost as much as all the rest.
#include "format/syntax.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "format/utf8.h"

enum {
    KEY_SLOTS = 512,    // of recently seen keys; a power of two
    VALUE_SLOTS = 512,  // of recently seen scalars, likewise
    SHARED_BYTES = 48,  // longer strings are taken to be new
    FEW_KEYS = 16,      // of a map: looked through for each new one
    NUMBER_BYTES = 512, // longer numbers are read all the same
    WORDS = 3
};

// An item of a list or an entry of a map that is not closed yet.
struct pending {
    struct mb_node *key; // NULL: of a list
    struct mb_node *value;
    size_t key_end; // offset behind the key in the text
};

struct reader {
    struct mb_doc *doc;
    const char *at;
    const char *end;
    size_t nodes;
    bool wide;             // an integer beyond int64_t became a float
    struct pending *stack; // items and entries of all open lists and maps
    size_t depth;          // of the stack
    size_t capacity;
    size_t duplicate_end; // offset behind a key that was there already; 0: none
    struct mb_node *keys[KEY_SLOTS];       // shared by the maps that have them
    struct mb_node *texts[VALUE_SLOTS];    // shared in a compact document
    struct mb_node *integers[VALUE_SLOTS]; // likewise
    struct mb_node *words[WORDS];          // likewise
};

static struct mb_node *value_read(struct reader *reader, int depth);

static struct mb_node *node_new(struct reader *reader, enum mb_node_type type)
{
    struct mb_node *node = mb_arena_alloc(reader->doc->arena, 1, sizeof *node);
    node->type = type;
    return node;
}

static void blanks_skip(struct reader *reader)
{
    const char *at = reader->at;
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') {
        at++; // the NUL behind the text ends it
    }
    reader->at = at;
}

static bool take(struct reader *reader, char c)
{
    bool there = *reader->at == c;
    reader->at += there;
    return there;
}

// Marks, by their highest bits, the bytes of eight that end a string, escape or are
// control characters. The first mark (the lowest) is exact, those behind it may be false.
static uint64_t plain8_stops(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ (ones * '"');
    uint64_t escape = word ^ (ones * '\\');
    return (((quote - ones) & ~quote) | ((escape - ones) & ~escape) |
            ((word - ones * 0x20) & ~word)) &
           high;
}

// Eight bytes, the first in the lowest.
static uint64_t word_read8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

// Where a string whose first character is at `at` stops being plain.
static const char *plain_end(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t stops = plain8_stops(word_read8(at));
        if (stops != 0) {
            return at + __builtin_ctzll(stops) / 8;
        }
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) {
        at++;
    }
    return at;
}

// Of a string that stands in a text up to `end`.
static uint64_t text_hash(const char *text, size_t size, const char *end)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15); // of the golden ratio
    uint64_t hash = size;
    for (; size >= 8; size -= 8, text += 8) {
        hash = (hash ^ word_read8(text)) * odd;
        hash ^= hash >> 32;
    }
    if (size > 0 && end - text >= 8) { // else its last few bytes do not count
        hash ^= word_read8(text) << (64 - 8 * size); // without what follows the string
    }
    hash *= odd;
    return hash ^ hash >> 32;
}

// Writes a character as UTF-8; returns how many bytes it takes.
static size_t utf8_put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char marks[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[more] | c >> (6 * more));
    for (size_t i = 1; i <= more; i++) {
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3F));
    }
    return more + 1;
}

// A string with escapes, from behind its quote. NULL: a fault.
static struct mb_node *escaped_read(struct reader *reader, const char *at)
{
    const char *end = at;
    while (end < reader->end && *end != '"') {
        end += *end == '\\' ? 2 : 1;
    }
    if (end >= reader->end) {
        return NULL;
    }
    struct mb_node *node = node_new(reader, MB_NODE_STRING);
    char *out = mb_arena_alloc(reader->doc->arena, (size_t)(end - at) + 1, 1);
    size_t size = 0;
    while (at < end) {
        const char *plain = plain_end(at, end);
        memcpy(out + size, at, (size_t)(plain - at));
        size += (size_t)(plain - at);
        at = plain;
        uint32_t c = 0;
        size_t length = at < end && *at == '\\' ? mb_json_escape(at, end, &c) : 0;
        if (at < end && length == 0) {
            return NULL;
        }
        size += length > 0 ? utf8_put(out + size, c) : 0;
        at += length;
    }
    node->as.string.data = out;
    node->as.string.size = size;
    reader->at = end + 1;
    return node;
}

// A string, at its quote. NULL: a fault.
static struct mb_node *string_read(struct reader *reader)
{
    const char *start = reader->at + 1;
    const char *end = plain_end(start, reader->end);
    struct mb_node *node = NULL;
    if (end < reader->end && *end == '"') {
        node = mb_node_bytes(reader->doc->arena, start, (size_t)(end - start));
        reader->at = end + 1;
    } else if (end < reader->end && *end == '\\') {
        node = escaped_read(reader, start);
    }
    if (node != NULL) {
        node->quoted = true;
    }
    return node;
}

// A string that may be among those seen lately, which are shared: results repeat a few
// keys and names a million times.
static struct mb_node *shared_read(struct reader *reader, struct mb_node **slots,
                                   size_t count)
{
    const char *start = reader->at + 1;
    const char *end = plain_end(start, reader->end);
    if (end == reader->end || *end != '"' || end - start > SHARED_BYTES) {
        return string_read(reader);
    }
    size_t size = (size_t)(end - start);
    struct mb_node **slot = &slots[text_hash(start, size, reader->end) % count];
    if (*slot == NULL || (*slot)->as.string.size != size ||
        memcmp((*slot)->as.string.data, start, size) != 0) {
        *slot = string_read(reader);
        return *slot;
    }
    reader->at = end + 1;
    return *slot;
}

static struct mb_node *integer_node(struct reader *reader, int64_t value)
{
    struct mb_node *own = NULL;
    struct mb_node **slot = &own;
    if (reader->doc->compact) {
        uint64_t mix = (uint64_t)value * UINT64_C(0x9E3779B97F4A7C15);
        slot = &reader->integers[(mix >> 32) % VALUE_SLOTS];
    }
    if (*slot == NULL || (*slot)->as.integer != value) {
        *slot = node_new(reader, MB_NODE_INT);
        (*slot)->as.integer = value;
    }
    return *slot;
}

static struct mb_node *number_read(struct reader *reader)
{
    const char *start = reader->at;
    const char *end = mb_json_number_end(start, reader->end);
    if (end == NULL) {
        return NULL;
    }
    char few[NUMBER_BYTES];
    size_t size = (size_t)(end - start);
    bool fits = size < sizeof few;
    char *text = fits ? few : mb_mem_alloc(size + 1, 1);
    memcpy(text, start, size);
    text[size] = '\0';
    struct mb_err ignored = {0};
    struct mb_node *node = node_new(reader, MB_NODE_INT);
    bool whole = strpbrk(text, ".eE") == NULL;
    bool good = whole && mb_units_parse_int(text, INT64_MIN, INT64_MAX, &node->as.integer,
                                            &ignored) == MB_OK;
    if (!good) {
        node->type = MB_NODE_FLOAT;
        good = mb_units_parse_double(text, &node->as.number, &ignored) == MB_OK;
        reader->wide = reader->wide || whole;
    }
    if (!fits) {
        mb_mem_free(text);
    }
    reader->at = end;
    return good ? node : NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Most numbers are whole and short.
static struct mb_node *short_number_read(struct reader *reader)
{
    enum { DIGITS_MAX = 18 }; // that fit int64_t whatever they are
    const char *at = reader->at;
    int64_t value = 0;
    while (is_digit(*at) && at - reader->at < DIGITS_MAX) {
        value = value * 10 + (*at++ - '0');
    }
    ptrdiff_t digits = at - reader->at;
    bool zero_first = *reader->at == '0' && digits > 1;
    if (digits == 0 || is_digit(*at) || zero_first || *at == '.' || *at == 'e' ||
        *at == 'E') {
        return number_read(reader);
    }
    reader->at = at;
    return integer_node(reader, value);
}

static struct mb_node *word_read(struct reader *reader)
{
    static const struct {
        const char *text;
        enum mb_node_type type;
        bool boolean;
    } words[WORDS] = {{"true", MB_NODE_BOOL, true},
                      {"false", MB_NODE_BOOL, false},
                      {"null", MB_NODE_NULL, false}};
    for (size_t i = 0; i < WORDS; i++) {
        size_t size = strlen(words[i].text);
        if (strncmp(reader->at, words[i].text, size) != 0) {
            continue;
        }
        reader->at += size;
        if (reader->words[i] == NULL || !reader->doc->compact) {
            reader->words[i] = node_new(reader, words[i].type);
            reader->words[i]->as.boolean = words[i].boolean;
        }
        return reader->words[i];
    }
    return NULL;
}

static void pending_push(struct reader *reader, struct pending pending)
{
    if (reader->depth == reader->capacity) {
        reader->capacity = reader->capacity > 0 ? reader->capacity * 2 : 256;
        reader->stack =
            mb_mem_resize(reader->stack, reader->capacity, sizeof *reader->stack);
    }
    reader->stack[reader->depth++] = pending;
}

static struct mb_node *list_read(struct reader *reader, int depth)
{
    struct mb_node *list = node_new(reader, MB_NODE_LIST);
    size_t base = reader->depth;
    reader->at++;
    blanks_skip(reader);
    bool more = !take(reader, ']');
    while (more) {
        struct pending item = {.value = value_read(reader, depth + 1)};
        if (item.value == NULL) {
            return NULL;
        }
        pending_push(reader, item);
        blanks_skip(reader);
        more = take(reader, ',');
        if (!more && !take(reader, ']')) {
            return NULL;
        }
    }
    size_t count = reader->depth - base;
    list->as.list.count = count;
    list->as.list.capacity = count;
    list->as.list.items =
        mb_arena_alloc(reader->doc->arena, count, sizeof *list->as.list.items);
    for (size_t i = 0; i < count; i++) {
        list->as.list.items[i] = reader->stack[base + i].value;
    }
    reader->depth = base;
    return list;
}

static bool is_same_key(const struct mb_node *left, const struct mb_node *right)
{
    return left == right || (left->as.string.size == right->as.string.size &&
                             memcmp(left->as.string.data, right->as.string.data,
                                    left->as.string.size) == 0);
}

static int pending_compare(const void *left, const void *right)
{
    const struct pending *a = left;
    const struct pending *b = right;
    int order = mb_node_key_compare(a->key, b->key);
    if (order != 0) {
        return order;
    }
    return (a->key_end > b->key_end) - (a->key_end < b->key_end);
}

// Notes the first key that repeats an earlier one; many are sorted for that.
static bool keys_differ(struct reader *reader, const struct pending *entries,
                        size_t count)
{
    struct pending *sorted = mb_mem_alloc(count, sizeof *sorted);
    memcpy(sorted, entries, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, pending_compare);
    for (size_t i = 1; i < count; i++) {
        if (is_same_key(sorted[i - 1].key, sorted[i].key) &&
            (reader->duplicate_end == 0 || sorted[i].key_end < reader->duplicate_end)) {
            reader->duplicate_end = sorted[i].key_end;
        }
    }
    mb_mem_free(sorted);
    return reader->duplicate_end == 0;
}

// An entry, without what follows it. False: a fault.
static bool entry_read(struct reader *reader, size_t base, int depth)
{
    blanks_skip(reader);
    struct pending entry = {0};
    if (*reader->at == '"') {
        entry.key = shared_read(reader, reader->keys, KEY_SLOTS);
    }
    if (entry.key == NULL) {
        return false;
    }
    entry.key_end = (size_t)(reader->at - reader->doc->text);
    size_t count = reader->depth - base;
    for (size_t i = 0; count < FEW_KEYS && i < count; i++) {
        if (is_same_key(reader->stack[base + i].key, entry.key)) {
            reader->duplicate_end = entry.key_end;
            return false;
        }
    }
    blanks_skip(reader);
    entry.value = take(reader, ':') ? value_read(reader, depth + 1) : NULL;
    pending_push(reader, entry);
    return entry.value != NULL;
}

static struct mb_node *map_read(struct reader *reader, int depth)
{
    struct mb_node *map = node_new(reader, MB_NODE_MAP);
    size_t base = reader->depth;
    reader->at++;
    blanks_skip(reader);
    bool more = !take(reader, '}');
    while (more) {
        if (!entry_read(reader, base, depth)) {
            return NULL;
        }
        blanks_skip(reader);
        more = take(reader, ',');
        if (!more && !take(reader, '}')) {
            return NULL;
        }
    }
    size_t count = reader->depth - base;
    const struct pending *entries = count > 0 ? reader->stack + base : NULL;
    if (count > FEW_KEYS && !keys_differ(reader, entries, count)) {
        return NULL;
    }
    map->as.map.count = count;
    map->as.map.capacity = count;
    map->as.map.entries =
        mb_arena_alloc(reader->doc->arena, count, sizeof *map->as.map.entries);
    for (size_t i = 0; i < count; i++) {
        map->as.map.entries[i] = (struct mb_node_entry){entries[i].key, entries[i].value};
    }
    reader->depth = base;
    return map;
}

// NULL: a fault, or more than the limits of doc.h allow.
static struct mb_node *value_read(struct reader *reader, int depth)
{
    blanks_skip(reader);
    char first = *reader->at;
    reader->nodes++;
    if (reader->nodes > MB_DOC_MAX_NODES) {
        return NULL;
    }
    if (first == '{' || first == '[') {
        return depth >= MB_DOC_MAX_DEPTH ? NULL
               : first == '['            ? list_read(reader, depth)
                                         : map_read(reader, depth);
    }
    if (first == '"') {
        return reader->doc->compact ? shared_read(reader, reader->texts, VALUE_SLOTS)
                                    : string_read(reader);
    }
    bool number = first == '-' || is_digit(first);
    return number ? short_number_read(reader) : word_read(reader);
}

enum mb_status mb_json_parse(struct mb_doc *doc, struct mb_err *err)
{
    struct reader reader = {.doc = doc,
                            .at = doc->text + mb_utf8_bom(doc->text, doc->size),
                            .end = doc->text + doc->size};
    struct mb_node *root = value_read(&reader, 0);
    blanks_skip(&reader);
    bool good = root != NULL && reader.at == reader.end;
    mb_mem_free(reader.stack);
    if (!good) {
        enum mb_status status = mb_json_explain(doc, reader.duplicate_end, err);
        return status != MB_OK ? status
                               : mb_err_at(err, MB_INVALID, doc->name, 1, 1,
                                           "text cannot be read as JSON");
    }
    doc->root = root;
    if (reader.wide) {
        mb_doc_locate(doc->arena, doc); // such a number is only exact as it was written
    }
    return MB_OK;
}
