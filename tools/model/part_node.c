// struct mb_part <-> its JSON form, "part" in schema/result.schema.json.
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/units.h"
#include "model/field.h"
#include "model/part.h"

#define SAFE_MAX MB_UNITS_SAFE_MAX
#define SHARE_ONE INT64_C(1000000000)

enum { MAX_THREADS = 65536, MAX_STATUS = 999, MAX_STATUSES = MAX_STATUS + 1 };

static const char *const part_keys[] = {
    "worker",       "clock_offset_ns", "generator",  "load_model",  "co_handling",
    "threads",      "window_ns",       "elapsed_ns", "interrupted", "cpu_ns",
    "run_delay_ns", "counts",          "dist",       "series",      NULL};
static const char *const generator_keys[] = {"name", "version", NULL};
static const char *const counts_keys[] = {"intended",
                                          "sent",
                                          "completed",
                                          "ok",
                                          "unfinished",
                                          "bytes_sent",
                                          "bytes_received",
                                          "connections_opened",
                                          "errors_by_kind",
                                          "status_codes",
                                          NULL};
static const char *const series_keys[] = {"interval_ns", "intended", "sent", "completed",
                                          "errors",      "response", NULL};

static const char *const dist_types[] = {
    [MB_DIST_ABSENT] = "absent",   [MB_DIST_HDR] = "hdr",
    [MB_DIST_BUCKETS] = "buckets", [MB_DIST_QUANTILES] = "quantiles",
    [MB_DIST_SUMMARY] = "summary",
};
enum { DIST_TYPES = sizeof dist_types / sizeof *dist_types };

// --- distributions ---

// Whose values a distribution holds.
static const char *population_name(enum mb_dist_metric metric, bool mixed)
{
    if (metric == MB_DIST_ERROR_RESPONSE) {
        return "error";
    }
    bool ok = metric == MB_DIST_RESPONSE || metric == MB_DIST_SERVICE;
    return ok && !mixed ? "ok" : "all";
}

static struct mb_node *payload_node(struct mb_arena *arena, const struct mb_dist *dist)
{
    if (dist->payload != NULL) {
        return mb_node_string(arena, dist->payload);
    }
    struct mb_buf text = {0};
    mb_hdr_encode_base64(dist->hdr, &text);
    struct mb_node *node = mb_node_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return node;
}

static struct mb_node *row_node(struct mb_arena *arena, const int64_t *values,
                                size_t count)
{
    struct mb_node *row = mb_node_list(arena);
    for (size_t i = 0; i < count; i++) {
        mb_node_push(arena, row, mb_node_int(arena, values[i]));
    }
    return row;
}

static void buckets_put(struct mb_arena *arena, struct mb_node *map,
                        const struct mb_dist *dist)
{
    struct mb_node *rows = mb_node_list(arena);
    for (size_t i = 0; i < dist->count; i++) {
        const struct mb_dist_bucket *bucket = &dist->buckets[i];
        const int64_t row[] = {bucket->low, bucket->high, bucket->n};
        mb_node_push(arena, rows, row_node(arena, row, 3));
    }
    mb_node_put(arena, map, "buckets", rows);
}

static void quantiles_put(struct mb_arena *arena, struct mb_node *map,
                          const struct mb_dist *dist)
{
    struct mb_node *rows = mb_node_list(arena);
    for (size_t i = 0; i < dist->count; i++) {
        const int64_t row[] = {dist->quantiles[i].share, dist->quantiles[i].value};
        mb_node_push(arena, rows, row_node(arena, row, 2));
    }
    mb_node_put(arena, map, "quantiles", rows);
}

static struct mb_node *dist_to_node(struct mb_arena *arena, const struct mb_dist *dist,
                                    enum mb_dist_metric metric)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "type", dist_types[dist->type]);
    if (dist->type == MB_DIST_ABSENT) {
        mb_field_put_text(arena, map, "reason", dist->reason);
        return map;
    }
    mb_field_put_text(arena, map, "unit", "ns");
    mb_field_put_text(arena, map, "population", population_name(metric, dist->mixed));
    mb_field_put_int(arena, map, "n", dist->n);
    mb_field_put_int(arena, map, "sum", dist->sum);
    mb_field_put_int(arena, map, "min", dist->min);
    mb_field_put_int(arena, map, "max", dist->max);
    switch (dist->type) {
    case MB_DIST_HDR:
        mb_node_put(arena, map, "payload", payload_node(arena, dist));
        break;
    case MB_DIST_BUCKETS:
        buckets_put(arena, map, dist);
        break;
    case MB_DIST_QUANTILES:
        quantiles_put(arena, map, dist);
        break;
    case MB_DIST_SUMMARY:
    case MB_DIST_ABSENT:
        break;
    }
    return map;
}

// One row of `width` integers below 2^53, none negative.
static bool row_read(const struct mb_field *rows, size_t index, int64_t *values,
                     size_t width)
{
    struct mb_field row = mb_field_item(rows, index);
    bool good = mb_node_count(row.node) == width && row.node->type == MB_NODE_LIST;
    for (size_t i = 0; good && i < width; i++) {
        values[i] = mb_node_integer(row.node->as.list.items[i], -1);
        good = values[i] >= 0 && values[i] <= SAFE_MAX;
    }
    if (!good) {
        mb_field_fault(&row, "must be %zu integers from 0 to 2^53 - 1", width);
    }
    return good;
}

static void buckets_read(struct mb_arena *arena, const struct mb_field *map,
                         struct mb_dist *dist)
{
    struct mb_field rows = mb_field_child(map, "buckets");
    dist->count = mb_field_list(&rows);
    dist->buckets = mb_arena_alloc(arena, dist->count, sizeof *dist->buckets);
    for (size_t i = 0; i < dist->count; i++) {
        int64_t row[3] = {0};
        bool good = row_read(&rows, i, row, 3);
        bool in_order =
            row[0] <= row[1] && (i == 0 || row[0] > dist->buckets[i - 1].high);
        if (good && !in_order) {
            struct mb_field item = mb_field_item(&rows, i);
            mb_field_fault(&item, "must be [low, high, n], above the one before it");
        }
        dist->buckets[i] =
            (struct mb_dist_bucket){.low = row[0], .high = row[1], .n = row[2]};
    }
}

static void quantiles_read(struct mb_arena *arena, const struct mb_field *map,
                           struct mb_dist *dist)
{
    struct mb_field rows = mb_field_child(map, "quantiles");
    dist->count = mb_field_list(&rows);
    dist->quantiles = mb_arena_alloc(arena, dist->count, sizeof *dist->quantiles);
    for (size_t i = 0; i < dist->count; i++) {
        int64_t row[2] = {0};
        bool good = row_read(&rows, i, row, 2) && row[0] <= SHARE_ONE;
        const struct mb_dist_quantile *before = i > 0 ? &dist->quantiles[i - 1] : NULL;
        bool in_order =
            before == NULL || (row[0] > before->share && row[1] >= before->value);
        if (!good || !in_order) {
            struct mb_field item = mb_field_item(&rows, i);
            mb_field_fault(&item,
                           "must be [share in 1e-9, value], above the one before it");
        }
        dist->quantiles[i] = (struct mb_dist_quantile){.share = row[0], .value = row[1]};
    }
}

static void hdr_read(const struct mb_field *map, struct mb_dist *dist)
{
    struct mb_field payload = mb_field_child(map, "payload");
    if (payload.node == NULL || payload.node->type != MB_NODE_STRING) {
        mb_field_fault(&payload, "must be a string");
        return;
    }
    dist->payload = payload.node->as.string.data;
    dist->payload_size = payload.node->as.string.size;
}

static void population_read(const struct mb_field *map, enum mb_dist_metric metric,
                            struct mb_dist *dist)
{
    const char *population = mb_field_text(map, "population");
    dist->mixed = strcmp(population, population_name(metric, false)) != 0;
    if (dist->mixed && strcmp(population, population_name(metric, true)) != 0) {
        mb_field_fault(map, "population '%s' is not possible for '%s'", population,
                       mb_dist_metric_name(metric));
    }
    if (strcmp(mb_field_text(map, "unit"), "ns") != 0) {
        mb_field_fault(map, "unit must be 'ns'");
    }
}

static void dist_from_node(struct mb_arena *arena, const struct mb_field *map,
                           enum mb_dist_metric metric, struct mb_dist *dist)
{
    const char *name = mb_field_text(map, "type");
    int type = 0;
    while (type < DIST_TYPES && strcmp(dist_types[type], name) != 0) {
        type++;
    }
    if (type == DIST_TYPES) {
        mb_field_fault(map, "'%s' is not a type of distribution", name);
        *dist = mb_dist_absent("not readable");
        return;
    }
    *dist = mb_dist_absent(mb_field_text_or(map, "reason", NULL));
    dist->type = (enum mb_dist_type)type;
    if (dist->type == MB_DIST_ABSENT) {
        return;
    }
    population_read(map, metric, dist);
    dist->n = mb_field_int_or(map, "n", 0, SAFE_MAX, -1);
    dist->sum = mb_field_int_or(map, "sum", 0, SAFE_MAX, -1);
    dist->min = mb_field_int_or(map, "min", 0, SAFE_MAX, -1);
    dist->max = mb_field_int_or(map, "max", 0, SAFE_MAX, -1);
    switch (dist->type) {
    case MB_DIST_HDR:
        hdr_read(map, dist);
        break;
    case MB_DIST_BUCKETS:
        buckets_read(arena, map, dist);
        break;
    case MB_DIST_QUANTILES:
        quantiles_read(arena, map, dist);
        break;
    case MB_DIST_SUMMARY:
    case MB_DIST_ABSENT:
        break;
    }
}

static struct mb_node *dists_to_node(struct mb_arena *arena, const struct mb_part *part)
{
    struct mb_node *map = mb_node_map(arena);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        enum mb_dist_metric metric = (enum mb_dist_metric)i;
        mb_node_put(arena, map, mb_dist_metric_name(metric),
                    dist_to_node(arena, &part->dist[i], metric));
    }
    return map;
}

static const char NOT_THERE[] = "not in the document";

// Of all parts without distributions, of which a result may have a hundred thousand: an
// absent one is never written to.
#define ABSENT                                                                           \
    {                                                                                    \
        .reason = NOT_THERE, .n = -1, .sum = -1, .min = -1, .max = -1                    \
    }
_Static_assert(MB_DIST_METRICS == 7, "as many as are listed here");
static const struct mb_dist no_dists[MB_DIST_METRICS] = {ABSENT, ABSENT, ABSENT, ABSENT,
                                                         ABSENT, ABSENT, ABSENT};

static void dists_from_node(struct mb_arena *arena, const struct mb_field *map,
                            struct mb_part *part)
{
    const char *known[MB_DIST_METRICS + 1] = {NULL};
    if (mb_node_count(map->node) == 0) {
        part->dist = (struct mb_dist *)no_dists;
        return;
    }
    part->dist = mb_dist_list(arena, NOT_THERE);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        known[i] = mb_dist_metric_name((enum mb_dist_metric)i);
        struct mb_field dist = mb_field_child(map, known[i]);
        if (dist.node != NULL && mb_field_is_map(&dist)) {
            dist_from_node(arena, &dist, (enum mb_dist_metric)i, &part->dist[i]);
        }
    }
    mb_field_keep(arena, map, "dist", known, &part->unknown);
}

// --- counts ---

static struct mb_node *errors_to_node(struct mb_arena *arena,
                                      const struct mb_counts *counts)
{
    if (mb_counts_errors(counts) < 0) {
        return mb_node_null(arena);
    }
    struct mb_node *map = mb_node_map(arena);
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        mb_field_put_int(arena, map, mb_error_kind_name((enum mb_error_kind)i),
                         counts->errors_by_kind[i]);
    }
    return map;
}

static struct mb_node *statuses_to_node(struct mb_arena *arena,
                                        const struct mb_counts *counts)
{
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < counts->status_count; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", counts->statuses[i].status);
        mb_field_put_int(arena, map, key, counts->statuses[i].n);
    }
    return map;
}

static struct mb_node *counts_to_node(struct mb_arena *arena,
                                      const struct mb_counts *counts)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_int(arena, map, "intended", counts->intended);
    mb_field_put_int(arena, map, "sent", counts->sent);
    mb_field_put_int(arena, map, "completed", counts->completed);
    mb_field_put_int(arena, map, "ok", counts->ok);
    mb_node_put(arena, map, "errors_by_kind", errors_to_node(arena, counts));
    mb_node_put(arena, map, "status_codes", statuses_to_node(arena, counts));
    mb_field_put_int(arena, map, "unfinished", counts->unfinished);
    mb_field_put_int(arena, map, "bytes_sent", counts->bytes_sent);
    mb_field_put_int(arena, map, "bytes_received", counts->bytes_received);
    mb_field_put_int(arena, map, "connections_opened", counts->connections_opened);
    return map;
}

static void errors_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_counts *counts, struct mb_node **unknown)
{
    const char *known[MB_ERROR_KINDS + 1] = {NULL};
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        known[i] = mb_error_kind_name((enum mb_error_kind)i);
        counts->errors_by_kind[i] = mb_field_int_or(map, known[i], 0, SAFE_MAX, -1);
    }
    mb_field_keep(arena, map, "errors_by_kind", known, unknown);
}

static void statuses_from_node(struct mb_arena *arena, const struct mb_field *map,
                               struct mb_counts *counts)
{
    if (map->node == NULL || !mb_field_is_map(map)) {
        return;
    }
    if (mb_node_count(map->node) > MAX_STATUSES) {
        mb_field_fault(map, "has more than %d status codes", MAX_STATUSES);
        return;
    }
    counts->status_count = map->node->as.map.count;
    counts->statuses =
        mb_arena_alloc(arena, counts->status_count, sizeof *counts->statuses);
    for (size_t i = 0; i < counts->status_count; i++) {
        struct mb_field entry = mb_field_entry(map, i);
        struct mb_err err = {0};
        int64_t status = 0;
        if (mb_units_parse_int(entry.key, 0, MAX_STATUS, &status, &err) != MB_OK) {
            mb_field_fault(map, "'%s' is not a status code", entry.key);
        }
        counts->statuses[i] = (struct mb_status_count){
            .status = (int)status, .n = mb_field_own_int(&entry, 0, SAFE_MAX)};
    }
}

static void counts_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_counts *counts, struct mb_node **unknown)
{
    counts->intended = mb_field_int_or(map, "intended", 0, SAFE_MAX, -1);
    counts->sent = mb_field_int_or(map, "sent", 0, SAFE_MAX, -1);
    counts->completed = mb_field_int_or(map, "completed", 0, SAFE_MAX, -1);
    counts->ok = mb_field_int_or(map, "ok", 0, SAFE_MAX, -1);
    counts->unfinished = mb_field_int_or(map, "unfinished", 0, SAFE_MAX, -1);
    counts->bytes_sent = mb_field_int_or(map, "bytes_sent", 0, SAFE_MAX, -1);
    counts->bytes_received = mb_field_int_or(map, "bytes_received", 0, SAFE_MAX, -1);
    counts->connections_opened =
        mb_field_int_or(map, "connections_opened", 0, SAFE_MAX, -1);
    struct mb_field errors = mb_field_child(map, "errors_by_kind");
    struct mb_node *inner = mb_field_unknown(arena, map, counts_keys);
    errors_from_node(arena, &errors, counts, &inner);
    struct mb_field statuses = mb_field_child(map, "status_codes");
    statuses_from_node(arena, &statuses, counts);
    if (inner != NULL) {
        *unknown = *unknown != NULL ? *unknown : mb_node_map(arena);
        mb_node_put(arena, *unknown, "counts", inner);
    }
}

// --- series: arrays side by side, one entry an interval ---

enum { SERIES_COLUMNS = 4 };
static const char *const series_columns[SERIES_COLUMNS] = {"intended", "sent",
                                                           "completed", "errors"};

static int64_t *series_cell(struct mb_interval *interval, int column)
{
    int64_t *const cells[SERIES_COLUMNS] = {&interval->intended, &interval->sent,
                                            &interval->completed, &interval->errors};
    return cells[column];
}

// Null for a column that is not known.
static struct mb_node *column_to_node(struct mb_arena *arena, const struct mb_part *part,
                                      int column)
{
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < part->interval_count; i++) {
        int64_t value = *series_cell(&part->intervals[i], column);
        if (value < 0) {
            return mb_node_null(arena);
        }
        mb_node_push(arena, list, mb_node_int(arena, value));
    }
    return list;
}

// One distribution for all when every interval lacks it for the same reason.
static struct mb_node *series_dists_to_node(struct mb_arena *arena,
                                            const struct mb_part *part)
{
    bool absent = part->interval_count > 0;
    for (size_t i = 0; absent && i < part->interval_count; i++) {
        const struct mb_dist *dist = &part->intervals[i].response;
        const char *first = part->intervals[0].response.reason;
        absent = dist->type == MB_DIST_ABSENT && dist->reason != NULL && first != NULL &&
                 strcmp(dist->reason, first) == 0;
    }
    if (absent) {
        return dist_to_node(arena, &part->intervals[0].response, MB_DIST_RESPONSE);
    }
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < part->interval_count; i++) {
        mb_node_push(arena, list,
                     dist_to_node(arena, &part->intervals[i].response, MB_DIST_RESPONSE));
    }
    return list;
}

static struct mb_node *series_to_node(struct mb_arena *arena, const struct mb_part *part)
{
    if (part->interval_ns == 0) {
        return mb_node_null(arena);
    }
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_int(arena, map, "interval_ns", part->interval_ns);
    for (int column = 0; column < SERIES_COLUMNS; column++) {
        mb_node_put(arena, map, series_columns[column],
                    column_to_node(arena, part, column));
    }
    mb_node_put(arena, map, "response", series_dists_to_node(arena, part));
    return map;
}

static void column_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_part *part, int column)
{
    size_t count = 0;
    const int64_t *values = mb_field_ints(arena, map, series_columns[column], &count);
    if (values != NULL && count != part->interval_count) {
        mb_field_fault(map, "'%s' has %zu intervals, 'response' has %zu",
                       series_columns[column], count, part->interval_count);
        return;
    }
    for (size_t i = 0; i < part->interval_count; i++) {
        *series_cell(&part->intervals[i], column) = values != NULL ? values[i] : -1;
    }
}

// The number of intervals: that of the first column that is there, or of the
// distributions.
static size_t series_length(const struct mb_field *map, const struct mb_field *dists)
{
    for (int column = 0; column < SERIES_COLUMNS; column++) {
        struct mb_field list = mb_field_child(map, series_columns[column]);
        if (list.node != NULL) {
            return mb_field_list(&list);
        }
    }
    return dists->node != NULL && dists->node->type == MB_NODE_LIST
               ? dists->node->as.list.count
               : 0;
}

static void series_dists_from_node(struct mb_arena *arena, const struct mb_field *dists,
                                   struct mb_part *part)
{
    bool one = dists->node != NULL && dists->node->type == MB_NODE_MAP;
    if (!one && dists->node != NULL && mb_field_list(dists) != part->interval_count) {
        mb_field_fault(dists, "must have %zu intervals like the others",
                       part->interval_count);
        return;
    }
    for (size_t i = 0; i < part->interval_count; i++) {
        struct mb_field item = one ? *dists : mb_field_item(dists, i);
        part->intervals[i].response = mb_dist_absent("not in the document");
        if (item.node != NULL && mb_field_is_map(&item)) {
            dist_from_node(arena, &item, MB_DIST_RESPONSE, &part->intervals[i].response);
        }
        if (one && part->intervals[i].response.type != MB_DIST_ABSENT) {
            mb_field_fault(dists, "one distribution for all intervals must be absent");
        }
    }
}

static void series_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_part *part)
{
    if (map->node == NULL || !mb_field_is_map(map)) {
        return;
    }
    struct mb_field dists = mb_field_child(map, "response");
    part->interval_ns = mb_field_int(map, "interval_ns", 1, SAFE_MAX);
    part->interval_count = series_length(map, &dists);
    part->intervals =
        mb_arena_alloc(arena, part->interval_count, sizeof *part->intervals);
    for (int column = 0; column < SERIES_COLUMNS; column++) {
        column_from_node(arena, map, part, column);
    }
    series_dists_from_node(arena, &dists, part);
    mb_field_keep(arena, map, "series", series_keys, &part->unknown);
}

// --- the part ---

struct mb_node *mb_part_to_node(struct mb_arena *arena, const struct mb_part *part)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *generator = mb_node_map(arena);
    mb_field_put_text(arena, generator, "name", part->generator_name);
    mb_field_put_text(arena, generator, "version", part->generator_version);
    mb_field_put_text(arena, map, "worker", part->worker);
    mb_node_put(arena, map, "clock_offset_ns", mb_node_int(arena, part->clock_offset_ns));
    mb_node_put(arena, map, "generator", generator);
    mb_field_put_text(arena, map, "load_model", mb_load_model_name(part->load_model));
    mb_field_put_text(arena, map, "co_handling", mb_co_handling_name(part->co_handling));
    mb_field_put_int(arena, map, "threads", part->threads > 0 ? part->threads : -1);
    mb_field_put_int(arena, map, "window_ns", part->window_ns);
    mb_field_put_int(arena, map, "elapsed_ns", part->elapsed_ns);
    mb_node_put(arena, map, "interrupted", mb_node_bool(arena, part->interrupted));
    mb_field_put_int(arena, map, "cpu_ns", part->cpu_ns);
    mb_field_put_int(arena, map, "run_delay_ns", part->run_delay_ns);
    mb_node_put(arena, map, "counts", counts_to_node(arena, &part->counts));
    mb_node_put(arena, map, "dist", dists_to_node(arena, part));
    mb_node_put(arena, map, "series", series_to_node(arena, part));
    mb_field_restore(arena, map, part->unknown);
    return map;
}

static void identity_from_node(struct mb_arena *arena, const struct mb_field *map,
                               struct mb_part *part)
{
    struct mb_field generator = mb_field_child(map, "generator");
    part->worker = mb_field_text(map, "worker");
    part->clock_offset_ns =
        mb_field_int_or(map, "clock_offset_ns", -SAFE_MAX, SAFE_MAX, 0);
    part->generator_name = mb_field_text(&generator, "name");
    part->generator_version = mb_field_text_or(&generator, "version", NULL);
    const char *load_model = mb_field_text(map, "load_model");
    if (!mb_load_model_find(load_model, &part->load_model)) {
        mb_field_fault(map, "'%s' is not a load model", load_model);
    }
    const char *co_handling = mb_field_text(map, "co_handling");
    if (!mb_co_handling_find(co_handling, &part->co_handling)) {
        mb_field_fault(map, "'%s' is not a handling of coordinated omission",
                       co_handling);
    }
    mb_field_keep(arena, &generator, "generator", generator_keys, &part->unknown);
}

enum mb_status mb_part_from_node(struct mb_arena *arena, const struct mb_node *node,
                                 struct mb_part *part, struct mb_err *err)
{
    memset(part, 0, sizeof *part);
    struct mb_err own = {0};
    struct mb_field map = mb_field_root(node, &own);
    if (mb_field_is_map(&map)) {
        part->unknown = mb_field_unknown(arena, &map, part_keys);
        identity_from_node(arena, &map, part);
        part->threads = (int)mb_field_int_or(&map, "threads", 1, MAX_THREADS, 0);
        part->window_ns = mb_field_int_or(&map, "window_ns", 0, SAFE_MAX, -1);
        part->elapsed_ns = mb_field_int_or(&map, "elapsed_ns", 0, SAFE_MAX, -1);
        part->interrupted = mb_field_bool(&map, "interrupted");
        part->cpu_ns = mb_field_int_or(&map, "cpu_ns", 0, SAFE_MAX, -1);
        part->run_delay_ns = mb_field_int_or(&map, "run_delay_ns", 0, SAFE_MAX, -1);
        struct mb_field counts = mb_field_child(&map, "counts");
        counts_from_node(arena, &counts, &part->counts, &part->unknown);
        struct mb_field dist = mb_field_child(&map, "dist");
        dists_from_node(arena, &dist, part);
        struct mb_field series = mb_field_child(&map, "series");
        series_from_node(arena, &series, part);
    }
    return own.code == MB_OK ? MB_OK : mb_err_set(err, own.code, "%s", own.message);
}
