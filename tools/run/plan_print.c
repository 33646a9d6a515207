// The plan for people, as `meshbench run --dry-run` shows it.
#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "run/plan.h"

static const int64_t NS_PER_S = 1000000000;
enum { TITLE_COLUMNS = 44 };

void mb_plan_print_span(int64_t duration_ns, char *text, size_t size)
{
    int64_t seconds = (duration_ns + NS_PER_S / 2) / NS_PER_S;
    int64_t minutes = (seconds + 30) / 60;
    if (seconds < 100) {
        (void)snprintf(text, size, "%" PRId64 " s", seconds);
    } else if (minutes < 120) {
        (void)snprintf(text, size, "%" PRId64 " min", minutes);
    } else {
        (void)snprintf(text, size, "%" PRId64 " h %" PRId64 " min", minutes / 60,
                       minutes % 60);
    }
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_head(const struct mb_plan *plan, struct mb_buf *out)
{
    char span[32];
    char limit[32];
    mb_plan_print_span(mb_plan_estimate_ns(plan, 0), span, sizeof span);
    mb_buf_print(
        out,
        "%s: %zu variant%s x %zu load point%s x %d block%s = %zu trial%s, about %s\n",
        plan->spec->name, plan->spec->variant_count, plural(plan->spec->variant_count),
        plan->point_count, plural(plan->point_count), plan->block_count,
        plural((size_t)plan->block_count), plan->trial_count, plural(plan->trial_count),
        span);
    if (plan->block_limit > plan->block_count) {
        mb_plan_print_span(mb_plan_estimate_ns(plan, 0) / plan->block_count *
                               plan->block_limit,
                           limit, sizeof limit);
        mb_units_print(MB_UNIT_SHARE, plan->spec->until.interval_share, span,
                       sizeof span);
        mb_buf_print(out, "goes on until %s is known to %s, %d blocks at most (%s)\n",
                     plan->spec->until.metric, span, plan->block_limit, limit);
    }
    mb_buf_print(out, "seed %" PRIu64 ", %s\n", plan->seed,
                 plan->spec->interleaved ? "interleaved" : "sequential");
}

static void print_variants(const struct mb_spec *spec, struct mb_buf *out)
{
    mb_buf_append_string(out, "\nvariants\n");
    for (size_t i = 0; i < spec->variant_count; i++) {
        const struct mb_variant *variant = &spec->variants[i];
        mb_buf_print(out, "  %s", variant->name);
        if (variant->aa_of != NULL) {
            mb_buf_print(out, "  '%s' again, for the noise floor", variant->aa_of);
        } else if (variant->adapter != NULL) {
            mb_buf_print(out, "  adapter %s", variant->adapter);
        }
        if (variant->url != NULL && variant->aa_of == NULL) {
            mb_buf_print(out, "  %s", variant->url);
        }
        mb_buf_append_char(out, '\n');
    }
}

static void print_workloads(const struct mb_spec *spec, struct mb_buf *out)
{
    mb_buf_append_string(out, "\nworkloads\n");
    for (size_t i = 0; i < spec->workload_count; i++) {
        const struct mb_workload *workload = &spec->workloads[i];
        char duration[32];
        char warmup[32];
        mb_units_show(MB_UNIT_DURATION, (double)workload->duration_ns, duration,
                      sizeof duration);
        mb_units_show(MB_UNIT_DURATION, (double)workload->warmup_ns, warmup,
                      sizeof warmup);
        size_t points = workload->connection_count * workload->rate_count;
        mb_buf_print(out, "  %s  %s, %s after %s warm-up, %zu load point%s\n",
                     workload->name, mb_load_model_name(workload->load_model), duration,
                     workload->warmup_ns == 0 ? "no" : warmup, points, plural(points));
    }
}

// Columns that a UTF-8 text takes: the titles have only narrow characters.
static int columns(const char *text)
{
    int count = 0;
    for (const char *at = text; *at != '\0'; at++) {
        count += ((unsigned char)*at & 0xc0) != 0x80;
    }
    return count;
}

// One line for each run of trials at the same point.
static size_t print_line(struct mb_arena *arena, const struct mb_plan *plan, size_t first,
                         struct mb_buf *out)
{
    const struct mb_plan_trial *trial = &plan->trials[first];
    const struct mb_point *point = &plan->cells[trial->cell].point;
    const char *title = mb_point_title(arena, point);
    int blanks = TITLE_COLUMNS - columns(title);
    mb_buf_print(out, "  %3d  %s%*s", trial->position, title, blanks > 0 ? blanks : 0,
                 "");
    size_t next = first;
    const char *separator = "  ";
    while (next < plan->trial_count && plan->trials[next].block == trial->block) {
        const struct mb_plan_cell *cell = &plan->cells[plan->trials[next].cell];
        if (!mb_point_equal(&cell->point, point)) {
            break;
        }
        mb_buf_print(out, "%s%s", separator, plan->spec->variants[cell->variant].name);
        separator = ", ";
        next++;
    }
    mb_buf_append_char(out, '\n');
    return next;
}

void mb_plan_print(struct mb_arena *arena, const struct mb_plan *plan, struct mb_buf *out)
{
    print_head(plan, out);
    print_variants(plan->spec, out);
    print_workloads(plan->spec, out);
    int block = 0;
    size_t next = 0;
    while (next < plan->trial_count) {
        if (plan->trials[next].block != block) {
            block = plan->trials[next].block;
            mb_buf_print(out, "\nblock %d\n", block);
        }
        next = print_line(arena, plan, next, out);
    }
}
