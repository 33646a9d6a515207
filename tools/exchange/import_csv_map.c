#include "exchange/import_csv_map.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "format/csv.h"

static const double SHARE_OF_PERCENT = 1e7; // 1 % in 1e-9

struct kind {
    const char *name;
    bool time;   // wants a unit
    int of_runs; // 1: of runs; -1: of requests; 0: of both
};

static const struct kind KINDS[MB_CSV_FIELDS] = {
    [MB_CSV_FIELD_VARIANT] = {"variant", false, 0},
    [MB_CSV_FIELD_WORKLOAD] = {"workload", false, 0},
    [MB_CSV_FIELD_LOAD_MODEL] = {"load_model", false, 0},
    [MB_CSV_FIELD_RATE] = {"rate", false, 0},
    [MB_CSV_FIELD_CONNECTIONS] = {"connections", false, 0},
    [MB_CSV_FIELD_TIME] = {"time", false, 0},
    [MB_CSV_FIELD_LATENCY] = {"latency", true, -1},
    [MB_CSV_FIELD_STATUS] = {"status", false, -1},
    [MB_CSV_FIELD_OK] = {"ok", false, -1},
    [MB_CSV_FIELD_BYTES] = {"bytes", false, -1},
    [MB_CSV_FIELD_DURATION] = {"duration", true, 1},
    [MB_CSV_FIELD_ACHIEVED] = {"achieved", false, 1},
    [MB_CSV_FIELD_REQUESTS] = {"requests", false, 1},
    [MB_CSV_FIELD_ERRORS] = {"errors", false, 1},
    [MB_CSV_FIELD_MEAN] = {"mean", true, 1},
    [MB_CSV_FIELD_MIN] = {"min", true, 1},
    [MB_CSV_FIELD_MAX] = {"max", true, 1},
    [MB_CSV_FIELD_PERCENTILE] = {"p50", true, 1},
};

static enum mb_status fault(struct mb_err *err, const char *piece, const char *what)
{
    mb_err_hint(err, "as in --map 'variant=mesh,latency=took:ms', or 'rate=qps,"
                     "duration=#4:s,p99=p99_us:us'");
    return mb_err_set(err, MB_USAGE, "'%.60s' in --map %s", piece, what);
}

static bool percentile_read(const char *name, int64_t *share)
{
    double percent;
    struct mb_err ignored = {0};
    if (name[0] != 'p' || !isdigit((unsigned char)name[1]) ||
        mb_units_parse_double(name + 1, &percent, &ignored) != MB_OK || percent <= 0 ||
        percent > 100) {
        return false;
    }
    *share = llround(percent * SHARE_OF_PERCENT);
    return *share > 0;
}

static enum mb_status field_read(struct mb_arena *arena, const char *name,
                                 struct mb_csv_binding *binding, struct mb_err *err)
{
    const char *names[MB_CSV_FIELDS + 1] = {NULL};
    if (percentile_read(name, &binding->share)) {
        binding->field = MB_CSV_FIELD_PERCENTILE;
        return MB_OK;
    }
    for (size_t i = 0; i < MB_CSV_FIELD_PERCENTILE; i++) {
        names[i] = KINDS[i].name;
        if (strcmp(name, names[i]) == 0) {
            binding->field = (enum mb_csv_field)i;
            return MB_OK;
        }
    }
    const char *near = mb_units_nearest(name, names);
    const char *list = names[0];
    for (size_t i = 1; i < MB_CSV_FIELD_PERCENTILE; i++) {
        list = mb_arena_print(arena, "%s, %s", list, names[i]);
    }
    mb_err_hint(err, "%s%s%s; fields are %s, and percentiles as p99.9",
                near != NULL ? "did you mean '" : "there is none",
                near != NULL ? near : "", near != NULL ? "'" : " like it", list);
    return mb_err_set(err, MB_USAGE, "'%.60s' in --map is no field", name);
}

// Cuts ":ms" off the end.
static void unit_read(char *column, struct mb_csv_binding *binding)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}};
    char *colon = strrchr(column, ':');
    for (size_t i = 0; colon != NULL && i < sizeof units / sizeof *units; i++) {
        if (strcmp(colon + 1, units[i].name) == 0) {
            *colon = '\0';
            binding->unit_ns = units[i].ns;
            return;
        }
    }
}

static enum mb_status binding_read(struct mb_arena *arena, const char *piece,
                                   struct mb_csv_map *map, struct mb_err *err)
{
    struct mb_csv_binding *binding = &map->items[map->count];
    const char *equals = strchr(piece, '=');
    int64_t number = 0;
    struct mb_err ignored = {0};
    if (equals == NULL || equals == piece || equals[1] == '\0') {
        return fault(err, piece, "is not FIELD=COLUMN");
    }
    char *column = mb_arena_copy_string(arena, equals + 1);
    *binding = (struct mb_csv_binding){.column = column};
    enum mb_status status = field_read(
        arena, mb_arena_copy_bytes(arena, piece, (size_t)(equals - piece)), binding, err);
    if (status != MB_OK) {
        return status;
    }
    if (binding->field != MB_CSV_FIELD_PERCENTILE &&
        mb_csv_map_find(map, binding->field) != NULL) {
        return fault(err, piece, "gives a field for the second time");
    }
    unit_read(column, binding);
    if (column[0] == '#') {
        if (mb_units_parse_int(column + 1, 1, MB_CSV_MAX_COLUMNS, &number, &ignored) !=
            MB_OK) {
            return fault(err, piece, "has no column by that number");
        }
        binding->column = NULL;
        binding->index = (size_t)(number - 1);
    }
    map->named = map->named || binding->column != NULL;
    map->count++;
    return MB_OK;
}

const struct mb_csv_binding *mb_csv_map_find(const struct mb_csv_map *map,
                                             enum mb_csv_field field)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->items[i].field == field) {
            return &map->items[i];
        }
    }
    return NULL;
}

// Fields of requests and of runs do not go together, and times have units.
static enum mb_status map_check(struct mb_csv_map *map, double unit_ns,
                                struct mb_err *err)
{
    bool some = false;
    map->requests = mb_csv_map_find(map, MB_CSV_FIELD_LATENCY) != NULL;
    for (size_t i = 0; i < map->count; i++) {
        struct mb_csv_binding *binding = &map->items[i];
        const struct kind *kind = &KINDS[binding->field];
        if (kind->time && binding->unit_ns <= 0) {
            binding->unit_ns = unit_ns;
        }
        if (kind->time && binding->unit_ns <= 0) {
            return fault(err, kind->name, "has no unit: ':ns', ':us', ':ms', ':s'");
        }
        if (map->requests ? kind->of_runs > 0 : kind->of_runs < 0) {
            return fault(err, kind->name,
                         map->requests ? "is of a run, but 'latency' of a request"
                                       : "is of a request, whose 'latency' is not given");
        }
        some = some || binding->field == MB_CSV_FIELD_LATENCY ||
               binding->field == MB_CSV_FIELD_MEAN ||
               binding->field == MB_CSV_FIELD_PERCENTILE;
    }
    return some ? MB_OK
                : fault(err, "latency", "is missing: neither it nor a percentile");
}

enum mb_status mb_csv_map_read(struct mb_arena *arena, const char *text, double unit_ns,
                               struct mb_csv_map *map, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    *map = (struct mb_csv_map){.count = 0};
    while (status == MB_OK && *text != '\0') {
        size_t size = strcspn(text, ",");
        if (map->count == MB_CSV_MAP_MAX) {
            return mb_err_set(err, MB_USAGE, "more than %d columns in --map",
                              (int)MB_CSV_MAP_MAX);
        }
        status = binding_read(arena, mb_arena_copy_bytes(arena, text, size), map, err);
        text += size + (text[size] == ',');
    }
    return status == MB_OK ? map_check(map, unit_ns, err) : status;
}
