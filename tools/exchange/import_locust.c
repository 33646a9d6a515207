// Locust's JSON (https://locust.io): what --json prints, and the reports of its workers,
// a document each few seconds, which add up. Its response times are a histogram.
#include "exchange/import_locust.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/importers.h"

enum { NAMES_MAX = 1000, KEYS_MAX = 10000 };
static const double MOST_UNIX_S = 4e9; // year 2096

// So many response times were rounded to this many milliseconds.
struct key {
    int64_t ms;
    int64_t n;
};

// The requests of one name, of all reports so far.
struct entry {
    struct mb_import_locust figures;
    bool timeless_known; // the version is 0.12.2 or later
    double sum_ms;
    int64_t bytes;
    double first_s; // below 0: not known
    double last_s;
    struct key *keys; // ascending
    size_t key_count;
    size_t key_capacity;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct entry *entries;
    size_t count;
    size_t capacity;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    return strstr(head, "\"response_times\"") != NULL &&
                   (strstr(head, "\"num_requests\"") != NULL ||
                    strstr(head, "\"num_failures\"") != NULL)
               ? 95
               : 0;
}

// --- an entry ---

static struct entry *entry_find(struct reading *reading, const char *method,
                                const char *name)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (strcmp(reading->entries[i].figures.name, name) == 0 &&
            strcmp(reading->entries[i].figures.method, method) == 0) {
            return &reading->entries[i];
        }
    }
    return NULL;
}

static struct entry *entry_add(struct reading *reading, const char *method,
                               const char *name)
{
    struct mb_arena *arena = reading->import->arena;
    reading->entries = mb_arena_grow(arena, reading->entries, reading->count,
                                     &reading->capacity, sizeof *reading->entries);
    struct entry *entry = &reading->entries[reading->count++];
    *entry = (struct entry){.first_s = -1, .last_s = -1};
    mb_import_locust_init(&entry->figures);
    entry->figures.method = mb_arena_copy_string(arena, method);
    entry->figures.name = mb_arena_copy_string(arena, name);
    entry->figures.requests = 0;
    entry->figures.failures = 0;
    entry->figures.timeless = 0;
    return entry;
}

static bool add(int64_t *sum, int64_t n)
{
    bool fits = n <= MB_UNITS_SAFE_MAX - *sum;
    *sum += fits ? n : 0;
    return fits;
}

// A count that may be missing.
static bool count_add(const struct mb_node *node, int64_t *sum)
{
    int64_t n = 0;
    bool none = node == NULL || node->type == MB_NODE_NULL;
    return none || (mb_import_json_count(node, &n) && add(sum, n));
}

static bool key_add(struct reading *reading, struct entry *entry, int64_t ms, int64_t n)
{
    size_t at = entry->key_count;
    while (at > 0 && entry->keys[at - 1].ms > ms) {
        at--;
    }
    if (at > 0 && entry->keys[at - 1].ms == ms) {
        return add(&entry->keys[at - 1].n, n);
    }
    if (entry->key_count == KEYS_MAX) {
        return false;
    }
    entry->keys = mb_arena_grow(reading->import->arena, entry->keys, entry->key_count,
                                &entry->key_capacity, sizeof *entry->keys);
    memmove(entry->keys + at + 1, entry->keys + at,
            (entry->key_count - at) * sizeof *entry->keys);
    entry->keys[at] = (struct key){.ms = ms, .n = n};
    entry->key_count++;
    return true;
}

// {"9": 8, "110": 3}; early versions let fractions through: "9.0".
static bool keys_add(struct reading *reading, struct entry *entry,
                     const struct mb_node *times)
{
    if (times == NULL || times->type != MB_NODE_MAP) {
        return false;
    }
    for (size_t i = 0; i < mb_node_count(times); i++) {
        const struct mb_node_entry *item = &times->as.map.entries[i];
        struct mb_err ignored = {0};
        double ms;
        int64_t n;
        if (mb_units_parse_double(item->key->as.string.data, &ms, &ignored) != MB_OK ||
            !(ms >= 0) || ms > (double)MB_UNITS_SAFE_MAX || floor(ms) != ms ||
            !mb_import_json_count(item->value, &n) ||
            !key_add(reading, entry, (int64_t)ms, n)) {
            return false;
        }
    }
    return true;
}

// Milliseconds; null where nothing was measured. False: it is something else.
static bool extreme_read(const struct mb_node *node, int64_t *ns)
{
    double ms = mb_node_number(node, -1);
    *ns = -1;
    return node == NULL || node->type == MB_NODE_NULL ||
           mb_import_text_scale(ms, MB_UNITS_NS_PER_MS, ns);
}

static bool extremes_add(struct mb_import_locust *figures, const struct mb_node *node)
{
    int64_t min_ns;
    int64_t max_ns;
    if (!extreme_read(mb_node_find(node, "min_response_time"), &min_ns) ||
        !extreme_read(mb_node_find(node, "max_response_time"), &max_ns)) {
        return false;
    }
    if (min_ns >= 0 && (figures->min_ns < 0 || min_ns < figures->min_ns)) {
        figures->min_ns = min_ns;
    }
    figures->max_ns = max_ns > figures->max_ns ? max_ns : figures->max_ns;
    return true;
}

// Since 1970. Without requests there is no last one; early versions cut it to the second.
static void times_add(struct entry *entry, const struct mb_node *node)
{
    double first_s = mb_node_number(mb_node_find(node, "start_time"), -1);
    double last_s = mb_node_number(mb_node_find(node, "last_request_timestamp"), -1);
    if (first_s > 0 && first_s < MOST_UNIX_S &&
        (entry->first_s < 0 || first_s < entry->first_s)) {
        entry->first_s = first_s;
    }
    if (last_s > entry->last_s && last_s < MOST_UNIX_S) {
        entry->last_s = last_s;
    }
}

// What is wrong with an entry; NULL: nothing.
static const char *entry_take(struct reading *reading, const struct mb_node *node)
{
    const struct mb_node *times = mb_node_find(node, "response_times");
    const struct mb_node *timeless = mb_node_find(node, "num_none_requests");
    const char *method = mb_node_text(mb_node_find(node, "method"), "");
    const char *name = mb_node_text(mb_node_find(node, "name"), "");
    double sum_ms = mb_node_number(mb_node_find(node, "total_response_time"), -1);
    struct entry *entry = entry_find(reading, method, name);
    if (entry == NULL && reading->count == NAMES_MAX) {
        return "one name too many";
    }
    entry = entry != NULL ? entry : entry_add(reading, method, name);
    struct mb_import_locust *figures = &entry->figures;
    if (!count_add(mb_node_find(node, "num_requests"), &figures->requests) ||
        !count_add(mb_node_find(node, "num_failures"), &figures->failures) ||
        !count_add(timeless, &figures->timeless) ||
        !count_add(mb_node_find(node, "total_content_length"), &entry->bytes)) {
        return "a count that is no number from 0";
    }
    if (!keys_add(reading, entry, times)) {
        return "'response_times' that do not count times";
    }
    if (!(sum_ms >= 0) || !extremes_add(figures, node)) {
        return "a response time that is no number from 0";
    }
    entry->sum_ms += sum_ms;
    entry->timeless_known = entry->timeless_known || timeless != NULL;
    times_add(entry, node);
    return NULL;
}

// --- entries become runs ---

static int64_t keys_sum(const struct entry *entry)
{
    int64_t sum = 0;
    for (size_t i = 0; i < entry->key_count; i++) {
        if (!add(&sum, entry->keys[i].n)) {
            return -1;
        }
    }
    return sum;
}

// False where the times were rounded in a way that is not Locust's own: how coarsely is
// not known then.
static bool buckets_make(struct mb_arena *arena, struct entry *entry)
{
    struct mb_import_locust *figures = &entry->figures;
    struct mb_dist_bucket *buckets =
        mb_arena_alloc(arena, entry->key_count, sizeof *buckets);
    for (size_t i = 0; i < entry->key_count; i++) {
        struct mb_dist_bucket *bucket = &buckets[i];
        bucket->n = entry->keys[i].n;
        if (!mb_import_locust_bounds(entry->keys[i].ms, &bucket->low, &bucket->high)) {
            return false;
        }
        // Neighbours share a bound.
        bucket->low += i > 0 && bucket->low == buckets[i - 1].high ? 1 : 0;
    }
    struct mb_dist_bucket *last = buckets + entry->key_count - 1;
    if (figures->min_ns < buckets->low || figures->min_ns > buckets->high ||
        figures->max_ns < last->low || figures->max_ns > last->high) {
        return false;
    }
    buckets->low = figures->min_ns;
    last->high = figures->max_ns;
    figures->buckets = buckets;
    figures->bucket_count = entry->key_count;
    return true;
}

static enum mb_import_locust_counting counting_find(const struct reading *reading)
{
    enum mb_import_locust_counting counting = MB_IMPORT_LOCUST_EITHER;
    for (size_t i = 0; i < reading->count; i++) {
        const struct entry *entry = &reading->entries[i];
        if (entry->timeless_known) {
            return MB_IMPORT_LOCUST_ALL;
        }
        if (entry->figures.failures > entry->figures.requests) {
            counting = MB_IMPORT_LOCUST_GOOD;
        }
    }
    return counting;
}

static enum mb_status entry_put(struct reading *reading, struct entry *entry,
                                struct mb_err *err)
{
    struct mb_import *import = reading->import;
    struct mb_import_locust *figures = &entry->figures;
    struct mb_import_run *run = NULL;
    enum mb_status status = mb_import_run_add(import, reading->input, &run, err);
    if (status != MB_OK) {
        return status;
    }
    if (keys_sum(entry) != figures->requests - figures->timeless) {
        return mb_err_at(err, MB_INVALID, mb_input_name(reading->input), 0, 0,
                         "'%.60s' counts other requests than its 'response_times'",
                         figures->name);
    }
    if (entry->key_count > 0) {
        (void)!mb_import_text_scale(entry->sum_ms, MB_UNITS_NS_PER_MS, &figures->sum_ns);
        if (!buckets_make(import->arena, entry)) {
            mb_import_note_add(import, MB_IMPORT_DROPPED,
                               "response times are not rounded as Locust does it by "
                               "itself: how coarse their histogram is, is not known");
        }
    }
    if (entry->first_s > 0) {
        run->start_unix_ns = llround(entry->first_s * MB_UNITS_NS_PER_S);
    }
    if (entry->first_s > 0 && entry->last_s > entry->first_s) {
        run->window_ns = llround((entry->last_s - entry->first_s) * MB_UNITS_NS_PER_S);
    }
    run->part.counts.bytes_received = entry->bytes;
    mb_import_locust_put(import, run, figures);
    return MB_OK;
}

static enum mb_status entries_put(struct reading *reading, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    enum mb_import_locust_counting counting = counting_find(reading);
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        reading->entries[i].figures.counting = counting;
        status = entry_put(reading, &reading->entries[i], err);
    }
    *reading = (struct reading){.import = reading->import, .input = reading->input};
    return status;
}

// --- documents ---

static enum mb_status entries_read(struct reading *reading, struct mb_import_json *json,
                                   const struct mb_node *list, struct mb_err *err)
{
    for (size_t i = 0; i < mb_node_count(list); i++) {
        const struct mb_node *node = list->as.list.items[i];
        const char *wrong = entry_take(reading, node);
        if (wrong != NULL) {
            return mb_import_json_fault(json, node, err, "an entry has %s", wrong);
        }
    }
    return MB_OK;
}

// {"2a24...": {"name": "/", "method": "POST", "occurrences": 70, "error": "..."}}
static void errors_read(struct reading *reading, const struct mb_node *errors)
{
    for (size_t i = 0; i < mb_node_count(errors); i++) {
        const struct mb_node *error = errors->as.map.entries[i].value;
        struct entry *entry =
            entry_find(reading, mb_node_text(mb_node_find(error, "method"), ""),
                       mb_node_text(mb_node_find(error, "name"), ""));
        int64_t n;
        if (entry != NULL &&
            mb_import_json_count(mb_node_find(error, "occurrences"), &n)) {
            mb_import_locust_error_add(&entry->figures,
                                       mb_node_text(mb_node_find(error, "error"), ""), n);
        }
    }
}

// A list is a run; a worker's report is a piece of one.
static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    struct reading *reading = state;
    const struct mb_node *errors = mb_node_find(root, "errors");
    const struct mb_node *stats = mb_node_find(root, "stats");
    if (root->type == MB_NODE_LIST) {
        enum mb_status status = entries_read(reading, json, root, err);
        return status == MB_OK ? entries_put(reading, err) : status;
    }
    if (stats == NULL || stats->type != MB_NODE_LIST) {
        bool entry = mb_node_find(root, "response_times") != NULL;
        return mb_import_json_fault(json, root, err, "%s",
                                    entry ? "the list of entries is cut off"
                                          : "neither a list of entries nor 'stats'");
    }
    enum mb_status status = entries_read(reading, json, stats, err);
    if (status == MB_OK && errors != NULL && errors->type == MB_NODE_MAP) {
        errors_read(reading, errors);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input};
    enum mb_status status = mb_import_json_each(
        import, input,
        &(struct mb_import_json_visitor){.visit = document_read, .state = &reading}, err);
    return status == MB_OK ? entries_put(&reading, err) : status;
}

const struct mb_importer mb_importer_locust = {
    .name = "locust",
    .title = "Locust's JSON, also of its workers' reports",
    .tool = "locust",
    .detect = detect,
    .read = read,
    .unknown =
        "Locust's JSON does not say how many users there were, how long they waited "
        "between requests, or what the ramp was; response times are rounded to two "
        "digits",
};
