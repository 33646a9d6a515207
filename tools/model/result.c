#include "model/result.h"

#include <string.h>

#include "base/units.h"

static const char *const roles[MB_ROLES] = {
    [MB_ROLE_APPLICATION] = "application",
    [MB_ROLE_DATA_PLANE] = "data_plane",
    [MB_ROLE_CONTROL_PLANE] = "control_plane",
    [MB_ROLE_GENERATOR] = "generator",
    [MB_ROLE_OTHER] = "other",
};

const char *mb_role_name(enum mb_role role)
{
    return roles[role];
}

bool mb_role_find(const char *name, enum mb_role *value)
{
    for (int i = 0; i < MB_ROLES; i++) {
        if (strcmp(roles[i], name) == 0) {
            *value = (enum mb_role)i;
            return true;
        }
    }
    return false;
}

void mb_result_release(struct mb_result *result)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            struct mb_trial *trial = &result->cells[i].trials[j];
            for (size_t k = 0; k < trial->part_count; k++) {
                mb_part_release(&trial->parts[k]);
            }
        }
    }
}

bool mb_point_equal(const struct mb_point *left, const struct mb_point *right)
{
    return strcmp(left->workload, right->workload) == 0 &&
           left->load_model == right->load_model &&
           left->connections == right->connections &&
           left->rate_micro_rps == right->rate_micro_rps;
}

struct mb_cell *mb_result_find_cell(const struct mb_result *result, const char *variant,
                                    const struct mb_point *point)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        struct mb_cell *cell = &result->cells[i];
        if (strcmp(cell->variant, variant) == 0 && mb_point_equal(&cell->point, point)) {
            return cell;
        }
    }
    return NULL;
}

const struct mb_trial *mb_cell_find_trial(const struct mb_cell *cell, int block)
{
    for (size_t i = 0; i < cell->trial_count; i++) {
        const struct mb_trial *trial = &cell->trials[i];
        if (trial->block == block && trial->status == MB_TRIAL_COMPLETE) {
            return trial;
        }
    }
    return NULL;
}

// The number of a rate: "100", "0.5".
static void rate_print(int64_t rate_micro_rps, char *text, size_t size)
{
    mb_units_print(MB_UNIT_RATE, rate_micro_rps, text, size);
    text[strcspn(text, "r")] = '\0';
}

// " · 100 rps", " · unpaced", or that a rate there was is not known (imports only).
static const char *pace_title(struct mb_arena *arena, const struct mb_point *point)
{
    char rate[32];
    if (point->rate_micro_rps >= 0) {
        rate_print(point->rate_micro_rps, rate, sizeof rate);
        return mb_arena_print(arena, " · %s rps", rate);
    }
    switch (point->load_model) {
    case MB_LOAD_CLOSED:
        return " · unpaced";
    case MB_LOAD_OPEN:
    case MB_LOAD_PACED:
        return " · rate not known";
    case MB_LOAD_UNKNOWN:
        break;
    }
    return "";
}

char *mb_point_title(struct mb_arena *arena, const struct mb_point *point)
{
    const char *plural = point->connections == 1 ? "" : "s";
    if (point->connections < 0) {
        return mb_arena_print(arena, "%s%s", point->workload, pace_title(arena, point));
    }
    return mb_arena_print(arena, "%s · %lld connection%s%s", point->workload,
                          (long long)point->connections, plural,
                          pace_title(arena, point));
}

char *mb_point_id(struct mb_arena *arena, const struct mb_point *point)
{
    char rate[32];
    rate_print(point->rate_micro_rps < 0 ? 0 : point->rate_micro_rps, rate, sizeof rate);
    return mb_arena_print(arena, "%s-c%lld-%s%s", point->workload,
                          (long long)(point->connections < 0 ? 0 : point->connections),
                          point->rate_micro_rps < 0 ? "max" : "r",
                          point->rate_micro_rps < 0 ? "" : rate);
}

void mb_fact_add(struct mb_arena *arena, struct mb_fact_list *facts, struct mb_fact fact)
{
    facts->items = mb_arena_grow(arena, facts->items, facts->count, &facts->capacity,
                                 sizeof *facts->items);
    facts->items[facts->count++] = fact;
}
