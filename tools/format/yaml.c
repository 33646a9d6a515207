// YAML by libyaml's events. libyaml resolves no types: scalar.c does, so that YAML 1.2's
// core schema holds whatever a file calls itself.
#include "format/syntax.h"

#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/scalar.h"
#include "format/utf8.h"

struct anchor {
    const char *name;
    const struct mb_node *node;
    bool open; // its node is still being read
};

struct duplicate {
    const struct mb_node *key;
    const struct mb_node *first;
};

enum { DUPLICATES_MAX = 8 }; // that one message names

struct reader {
    yaml_parser_t parser;
    struct mb_doc *doc;
    struct mb_arena *arena;
    struct mb_err *err;
    struct anchor *anchors;
    size_t anchor_count;
    size_t anchor_capacity;
    size_t nodes;   // read or added by aliases
    size_t aliased; // added by aliases
    struct duplicate duplicates[DUPLICATES_MAX];
    size_t duplicate_count; // all, also those beyond the array
};

static enum mb_status node_read(struct reader *reader, const yaml_event_t *event,
                                int depth, struct mb_node **node);

static enum mb_status fault(struct reader *reader, const yaml_mark_t *mark,
                            const char *message, const char *hint)
{
    enum mb_status status =
        mb_err_at(reader->err, MB_INVALID, reader->doc->name, (int)mark->line + 1,
                  (int)mark->column + 1, "%s", message);
    if (hint != NULL) {
        mb_err_hint(reader->err, "%s", hint);
    }
    return status;
}

static enum mb_status limit_fault(struct reader *reader, const yaml_mark_t *mark,
                                  const char *what, int limit, const char *name)
{
    char message[128];
    (void)snprintf(message, sizeof message, "%s %d (%s)", what, limit, name);
    return fault(reader, mark, message, NULL);
}

static enum mb_status syntax_fault(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct mb_yaml_problem problem = {.problem = parser->problem,
                                      .context = parser->context,
                                      .line = (int)parser->problem_mark.line + 1,
                                      .column = (int)parser->problem_mark.column + 1};
    if (parser->error == YAML_MEMORY_ERROR) {
        return mb_err_set(reader->err, MB_FAILED, "out of memory");
    }
    if (parser->error == YAML_READER_ERROR) { // it gives an offset in bytes only
        struct mb_utf8_cursor place;
        mb_utf8_start(&place, reader->doc->text, reader->doc->size);
        mb_utf8_advance(&place, place.at + parser->problem_offset);
        problem.line = place.line;
        problem.column = place.column;
    } else if (parser->context != NULL) {
        problem.context_line = (int)parser->context_mark.line + 1;
        problem.context_column = (int)parser->context_mark.column + 1;
    }
    return mb_yaml_explain(reader->doc, &problem, reader->err);
}

// Fills *event, which the caller deletes after success.
static enum mb_status event_next(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) ? MB_OK : syntax_fault(reader);
}

static struct mb_node *node_new(struct reader *reader, const yaml_event_t *event)
{
    struct mb_node *node = mb_arena_alloc(reader->arena, 1, sizeof *node);
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    node->length = 1;
    return node;
}

static enum mb_status anchor_add(struct reader *reader, const yaml_event_t *event,
                                 const yaml_char_t *name, const struct mb_node *node)
{
    if (name == NULL) {
        return MB_OK;
    }
    if (reader->anchor_count >= MB_DOC_MAX_ANCHORS) {
        return limit_fault(reader, &event->start_mark, "more anchors than",
                           MB_DOC_MAX_ANCHORS, "MB_DOC_MAX_ANCHORS");
    }
    reader->anchors = mb_arena_grow(reader->arena, reader->anchors, reader->anchor_count,
                                    &reader->anchor_capacity, sizeof *reader->anchors);
    reader->anchors[reader->anchor_count++] =
        (struct anchor){mb_arena_copy_string(reader->arena, (const char *)name), node,
                        node->type == MB_NODE_LIST || node->type == MB_NODE_MAP};
    return MB_OK;
}

static void anchor_close(struct reader *reader, const struct mb_node *node)
{
    for (size_t i = reader->anchor_count; i-- > 0;) {
        if (reader->anchors[i].node == node) {
            reader->anchors[i].open = false;
        }
    }
}

static bool tag_is(const char *tag, const char *name)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    return strncmp(tag, prefix, sizeof prefix - 1) == 0 &&
           strcmp(tag + sizeof prefix - 1, name) == 0;
}

static enum mb_status tag_fault(struct reader *reader, const yaml_event_t *event,
                                const char *tag)
{
    char message[256];
    (void)snprintf(message, sizeof message, "tag '%.128s' does not fit its value", tag);
    return fault(reader, &event->start_mark, message,
                 "remove the tag; the types of JSON are enough");
}

// An explicit core tag must agree with what the scalar reads as; !!str makes a string.
static enum mb_status scalar_tag(struct reader *reader, const yaml_event_t *event,
                                 const char *text, struct mb_node *node)
{
    static const struct {
        const char *name;
        enum mb_node_type type;
    } tags[] = {{"null", MB_NODE_NULL},
                {"bool", MB_NODE_BOOL},
                {"int", MB_NODE_INT},
                {"float", MB_NODE_FLOAT}};
    const char *tag = (const char *)event->data.scalar.tag;
    if (tag_is(tag, "str")) {
        node->type = MB_NODE_STRING;
        node->lexeme = NULL;
        node->as.string.data = text;
        node->as.string.size = event->data.scalar.length;
        return MB_OK;
    }
    enum mb_scalar_fault bad = mb_scalar_resolve(text, event->data.scalar.length, node);
    for (size_t i = 0; bad == MB_SCALAR_GOOD && i < sizeof tags / sizeof tags[0]; i++) {
        if (tag_is(tag, tags[i].name) && node->type == tags[i].type) {
            return MB_OK;
        }
    }
    return tag_fault(reader, event, tag);
}

static enum mb_status scalar_plain(struct reader *reader, const yaml_event_t *event,
                                   const char *text, struct mb_node *node)
{
    char message[256];
    switch (mb_scalar_resolve(text, event->data.scalar.length, node)) {
    case MB_SCALAR_GOOD:
        return MB_OK;
    case MB_SCALAR_NOT_FINITE:
        (void)snprintf(message, sizeof message, "'%.128s' is not a finite number", text);
        break;
    case MB_SCALAR_TOO_WIDE:
        (void)snprintf(message, sizeof message, "'%.128s' does not fit 64 bits", text);
        break;
    }
    return fault(reader, &event->start_mark, message, "put it in quotes if it is text");
}

static void length_set(struct mb_node *node, const yaml_event_t *event)
{
    size_t length = event->end_mark.index - event->start_mark.index;
    bool one_line = event->end_mark.line == event->start_mark.line;
    node->length = one_line && length > 0 ? (int)length : 1;
}

static enum mb_status scalar_read(struct reader *reader, const yaml_event_t *event,
                                  struct mb_node **out)
{
    struct mb_node *node = node_new(reader, event);
    size_t size = event->data.scalar.length;
    const char *text =
        mb_arena_copy_bytes(reader->arena, (const char *)event->data.scalar.value, size);
    enum mb_status status = MB_OK;
    length_set(node, event);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (strlen(text) != size) {
        return fault(reader, &event->start_mark,
                     "a NUL character in a string is not supported", NULL);
    }
    if (event->data.scalar.tag != NULL) {
        status = scalar_tag(reader, event, text, node);
    } else if (node->quoted) {
        node->type = MB_NODE_STRING;
        node->as.string.data = text;
        node->as.string.size = size;
    } else {
        status = scalar_plain(reader, event, text, node);
    }
    *out = node;
    return status == MB_OK ? anchor_add(reader, event, event->data.scalar.anchor, node)
                           : status;
}

// How deep and how large an aliased tree is, before it is copied.
static void tree_measure(const struct mb_node *node, size_t *nodes, int *height)
{
    int highest = 0;
    (*nodes)++;
    for (size_t i = 0; i < mb_node_count(node) && *nodes <= MB_DOC_MAX_ALIASED; i++) {
        int below = 0;
        tree_measure(node->type == MB_NODE_LIST ? node->as.list.items[i]
                                                : node->as.map.entries[i].value,
                     nodes, &below);
        highest = below > highest ? below : highest;
    }
    *height = node->type == MB_NODE_LIST || node->type == MB_NODE_MAP ? highest + 1 : 0;
}

static enum mb_status alias_read(struct reader *reader, const yaml_event_t *event,
                                 int depth, struct mb_node **node)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = NULL;
    char message[256];
    for (size_t i = reader->anchor_count; anchor == NULL && i-- > 0;) {
        if (strcmp(reader->anchors[i].name, name) == 0) {
            anchor = &reader->anchors[i];
        }
    }
    if (anchor == NULL || anchor->open) {
        (void)snprintf(message, sizeof message,
                       anchor == NULL ? "alias '*%.128s' has no anchor before it"
                                      : "alias '*%.128s' stands within its own anchor",
                       name);
        return fault(reader, &event->start_mark, message, NULL);
    }
    size_t nodes = 0;
    int height = 0;
    tree_measure(anchor->node, &nodes, &height);
    reader->aliased += nodes;
    reader->nodes += nodes;
    if (reader->aliased > MB_DOC_MAX_ALIASED) {
        return limit_fault(reader, &event->start_mark, "aliases add more values than",
                           MB_DOC_MAX_ALIASED, "MB_DOC_MAX_ALIASED");
    }
    if (depth + height > MB_DOC_MAX_DEPTH) {
        return limit_fault(reader, &event->start_mark, "nested deeper than",
                           MB_DOC_MAX_DEPTH, "MB_DOC_MAX_DEPTH");
    }
    *node = mb_node_copy(reader->arena, anchor->node);
    return MB_OK;
}

static enum mb_status list_read(struct reader *reader, int depth, struct mb_node *list)
{
    enum mb_status status = MB_OK;
    bool more = true;
    while (status == MB_OK && more) {
        yaml_event_t event;
        struct mb_node *item = NULL;
        status = event_next(reader, &event);
        if (status != MB_OK) {
            break;
        }
        more = event.type != YAML_SEQUENCE_END_EVENT;
        if (more) {
            status = node_read(reader, &event, depth + 1, &item);
        }
        yaml_event_delete(&event);
        if (more && status == MB_OK) {
            mb_node_push(reader->arena, list, item);
        }
    }
    return status;
}

// Turns what stands before the ':' into a string: scalars as they are written.
static enum mb_status key_settle(struct reader *reader, const yaml_event_t *event,
                                 struct mb_node *key)
{
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): set by node_read on success
    if (key->type == MB_NODE_LIST || key->type == MB_NODE_MAP) {
        return fault(reader, &event->start_mark, "a key is a list or a map",
                     "keys are strings; if this is a template such as {{ x }}, quote it");
    }
    if (key->type != MB_NODE_STRING) {
        if (key->lexeme[0] == '\0') {
            return fault(reader, &event->start_mark, "a key is missing before ':'", NULL);
        }
        key->type = MB_NODE_STRING;
        key->as.string.data = key->lexeme;
        key->as.string.size = strlen(key->lexeme);
        key->lexeme = NULL;
    }
    return MB_OK;
}

static bool is_merge_key(const struct mb_node *key)
{
    return !key->quoted && strcmp(key->as.string.data, "<<") == 0;
}

// What `<<` may stand for: one map, or a list of maps.
static enum mb_status merge_check(struct reader *reader, const struct mb_node *key,
                                  const struct mb_node *value)
{
    bool good = value->type == MB_NODE_MAP || value->type == MB_NODE_LIST;
    for (size_t i = 0; value->type == MB_NODE_LIST && i < value->as.list.count; i++) {
        good = good && value->as.list.items[i]->type == MB_NODE_MAP;
    }
    if (good) {
        return MB_OK;
    }
    enum mb_status status =
        mb_err_at(reader->err, MB_INVALID, reader->doc->name, key->line, key->column,
                  "merge key '<<' stands for something that is not a map");
    mb_err_hint(reader->err,
                "write '<<: *anchor' or '<<: [*one, *two]', or quote the key");
    return status;
}

static void merge_append(struct reader *reader, struct mb_node *map,
                         const struct mb_node *source)
{
    for (size_t i = 0; source->type == MB_NODE_LIST && i < source->as.list.count; i++) {
        merge_append(reader, map, source->as.list.items[i]);
    }
    for (size_t i = 0; source->type == MB_NODE_MAP && i < source->as.map.count; i++) {
        mb_node_put_entry(reader->arena, map, source->as.map.entries[i].key,
                          source->as.map.entries[i].value);
    }
}

static void duplicate_add(struct reader *reader, const struct mb_node *key,
                          const struct mb_node *first)
{
    if (reader->duplicate_count < DUPLICATES_MAX) {
        reader->duplicates[reader->duplicate_count] = (struct duplicate){key, first};
    }
    reader->duplicate_count++;
}

// Explicit entries come first, merged ones behind them: of several with the same key the
// first one wins, unless two of them are explicit.
static void entries_settle(struct reader *reader, struct mb_node *map,
                           size_t explicit_count)
{
    const struct mb_node_entry **sorted = mb_node_sorted(map);
    struct mb_node_entry *entries = map->as.map.entries;
    size_t count = map->as.map.count;
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        if (mb_node_key_compare(sorted[first]->key, sorted[i]->key) != 0) {
            first = i;
        } else if (sorted[i] < entries + explicit_count) {
            duplicate_add(reader, sorted[i]->key, sorted[first]->key);
        } else {
            entries[sorted[i] - entries].value = NULL;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].value != NULL) {
            entries[kept++] = entries[i];
        }
    }
    map->as.map.count = kept;
    mb_mem_free(sorted);
}

// One key with its value; a merge key is kept aside in *merge. *more: not at the end.
static enum mb_status entry_read(struct reader *reader, int depth, struct mb_node *map,
                                 struct mb_node_entry *merge, bool *more)
{
    yaml_event_t event;
    struct mb_node *key = NULL;
    struct mb_node *value = NULL;
    enum mb_status status = event_next(reader, &event);
    if (status != MB_OK) {
        return status;
    }
    *more = event.type != YAML_MAPPING_END_EVENT;
    if (*more) {
        status = node_read(reader, &event, depth + 1, &key);
        status = status == MB_OK ? key_settle(reader, &event, key) : status;
    }
    yaml_event_delete(&event);
    if (status != MB_OK || !*more) {
        return status;
    }
    status = event_next(reader, &event);
    if (status != MB_OK) {
        return status;
    }
    status = node_read(reader, &event, depth + 1, &value);
    yaml_event_delete(&event);
    if (status != MB_OK) {
        return status;
    }
    if (!is_merge_key(key)) {
        mb_node_put_entry(reader->arena, map, key, value);
        return MB_OK;
    }
    if (merge->key != NULL) {
        duplicate_add(reader, key, merge->key);
        return MB_OK;
    }
    *merge = (struct mb_node_entry){key, value};
    return merge_check(reader, key, value);
}

static enum mb_status map_read(struct reader *reader, int depth, struct mb_node *map)
{
    struct mb_node_entry merge = {NULL, NULL};
    enum mb_status status = MB_OK;
    bool more = true;
    while (status == MB_OK && more) {
        status = entry_read(reader, depth, map, &merge, &more);
    }
    if (status == MB_OK) {
        size_t explicit_count = map->as.map.count;
        if (merge.key != NULL) {
            merge_append(reader, map, merge.value);
        }
        entries_settle(reader, map, explicit_count);
    }
    return status;
}

static enum mb_status collection_read(struct reader *reader, const yaml_event_t *event,
                                      int depth, struct mb_node **out)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *tag =
        list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
    const yaml_char_t *anchor =
        list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
    struct mb_node *node = node_new(reader, event);
    node->type = list ? MB_NODE_LIST : MB_NODE_MAP;
    *out = node;
    if (depth >= MB_DOC_MAX_DEPTH) {
        return limit_fault(reader, &event->start_mark, "nested deeper than",
                           MB_DOC_MAX_DEPTH, "MB_DOC_MAX_DEPTH");
    }
    if (tag != NULL && !tag_is((const char *)tag, list ? "seq" : "map")) {
        return tag_fault(reader, event, (const char *)tag);
    }
    enum mb_status status = anchor_add(reader, event, anchor, node);
    if (status == MB_OK) {
        status = list ? list_read(reader, depth, node) : map_read(reader, depth, node);
    }
    if (anchor != NULL) {
        anchor_close(reader, node);
    }
    return status;
}

static enum mb_status node_read(struct reader *reader, const yaml_event_t *event,
                                int depth, struct mb_node **node)
{
    reader->nodes++;
    if (reader->nodes > MB_DOC_MAX_NODES) {
        return limit_fault(reader, &event->start_mark, "more values than",
                           MB_DOC_MAX_NODES, "MB_DOC_MAX_NODES");
    }
    if (event->type == YAML_SCALAR_EVENT) {
        return scalar_read(reader, event, node);
    }
    if (event->type == YAML_ALIAS_EVENT) {
        return alias_read(reader, event, depth, node);
    }
    return collection_read(reader, event, depth, node);
}

static bool stands_before(const struct mb_node *left, const struct mb_node *right)
{
    return left->line < right->line ||
           (left->line == right->line && left->column < right->column);
}

// Maps are settled from the inside out: the message is about the duplicate that stands
// first in the file, the hint about the others.
static enum mb_status duplicates_fault(struct reader *reader)
{
    size_t known = reader->duplicate_count < DUPLICATES_MAX ? reader->duplicate_count
                                                            : DUPLICATES_MAX;
    size_t lead = 0;
    for (size_t i = 1; i < known; i++) {
        if (stands_before(reader->duplicates[i].key, reader->duplicates[lead].key)) {
            lead = i;
        }
    }
    const struct duplicate *found = &reader->duplicates[lead];
    enum mb_status status = mb_err_at(
        reader->err, MB_INVALID, reader->doc->name, found->key->line, found->key->column,
        "duplicate key '%.128s', first at line %d, column %d", found->key->as.string.data,
        found->first->line, found->first->column);
    struct mb_buf others = {0};
    for (size_t i = 0; i < known; i++) {
        const struct mb_node *key = reader->duplicates[i].key;
        if (i != lead) {
            mb_buf_print(&others, "%s'%.32s' at line %d", others.size > 0 ? ", " : "",
                         key->as.string.data, key->line);
        }
    }
    if (reader->duplicate_count > 1) {
        mb_err_hint(reader->err, "%zu more: %s%s", reader->duplicate_count - 1,
                    mb_buf_string(&others),
                    reader->duplicate_count > known ? ", ..." : "");
    }
    mb_buf_release(&others);
    return status;
}

// Reads events up to one that starts a node or ends the stream; it is left in *event.
static enum mb_status content_find(struct reader *reader, yaml_event_t *event)
{
    enum mb_status status = event_next(reader, event);
    while (status == MB_OK && (event->type == YAML_STREAM_START_EVENT ||
                               event->type == YAML_DOCUMENT_START_EVENT ||
                               event->type == YAML_DOCUMENT_END_EVENT)) {
        yaml_event_delete(event);
        status = event_next(reader, event);
    }
    return status;
}

static enum mb_status stream_read(struct reader *reader, struct mb_node **root)
{
    yaml_event_t event;
    enum mb_status status = content_find(reader, &event);
    if (status != MB_OK) {
        return status;
    }
    if (event.type == YAML_STREAM_END_EVENT) {
        status = fault(reader, &event.start_mark, "file holds no document",
                       "it has comments or directives only");
    } else {
        status = node_read(reader, &event, 0, root);
    }
    yaml_event_delete(&event);
    if (status != MB_OK) {
        return status;
    }
    status = content_find(reader, &event);
    if (status != MB_OK) {
        return status;
    }
    if (event.type != YAML_STREAM_END_EVENT) {
        status = fault(reader, &event.start_mark, "a second document in the file",
                       "one document a file: split it where '---' stands");
    }
    yaml_event_delete(&event);
    if (status == MB_OK && reader->duplicate_count > 0) {
        status = duplicates_fault(reader);
    }
    return status;
}

enum mb_status mb_yaml_parse(struct mb_doc *doc, struct mb_err *err)
{
    struct reader reader = {.doc = doc, .arena = doc->arena, .err = err};
    struct mb_node *root = NULL;
    size_t bom = mb_utf8_bom(doc->text, doc->size);
    if (!yaml_parser_initialize(&reader.parser)) {
        return mb_err_set(err, MB_FAILED, "out of memory");
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)doc->text + bom,
                                 doc->size - bom);
    enum mb_status status = stream_read(&reader, &root);
    yaml_parser_delete(&reader.parser);
    if (status == MB_OK) {
        doc->root = root;
        doc->located = true;
    }
    return status;
}
