#include "meshbench/commands.h"

#include <stdio.h>
#include <string.h>

#include "check/rules.h"
#include "compare/compare.h"
#include "meshbench/choices.h"
#include "meshbench/documents.h"
#include "meshbench/history_page.h"
#include "meshbench/result_page.h"
#include "report/chart.h"
#include "report/points.h"

enum { POINTS_NAMED = 5 }; // in a hint

struct report_options {
    const char *output;
    const char *store;
    struct mb_choices_comparison comparison;
    struct mb_choices_asked choice;
    struct mb_opt_list formats;
    const char *point;
    int64_t charts;
    bool no_charts;
};

static const struct mb_opt options[] = {
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct report_options, output),
     .argument = "PATH",
     .help = "a page when it ends in .html, else a folder that gets index.html and the "
             "charts with their data and scripts"},
    {.name = "store",
     .letter = 's',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct report_options, store),
     .argument = "FILE",
     .help = "of 'report history' (default: $MESHBENCH_STORE, else meshbench.db)"},
    MB_CHOICES_COMPARISON_OPTIONS(struct report_options, comparison),
    MB_CHOICES_ASKED_OPTIONS(struct report_options, choice),
    {.name = "point",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct report_options, point),
     .argument = "TEXT",
     .help = "show only load points whose name contains this, as '1000 rps'; verdicts "
             "still rest on all of them"},
    {.name = "charts",
     .type = MB_OPT_INT,
     .offset = offsetof(struct report_options, charts),
     .argument = "N",
     .min = 1,
     .max = MB_CHARTS_MOST,
     .fallback = "12",
     .help = "draw at most so many charts of a kind"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct report_options, formats),
     .argument = "svg|png",
     .help = "pictures of 'report charts' (default: svg); given twice: both"},
    {.name = "no-charts",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct report_options, no_charts),
     .help = "write the page without pictures, so without gnuplot"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench report sidecar.json -o sidecar.html", "one page, to send to someone"},
    {"meshbench report old.json new.json -o report/",
     "a folder: the page, the pictures and what they are drawn from"},
    {"meshbench report meshes.json --slo 'response_time.p99<=20ms' -o choice.html",
     "with a section that says which one to start with"},
    {"meshbench report charts sidecar.json -o charts/",
     "only the charts, to restyle: edit a .gp and run gnuplot on it"},
    {"meshbench report charts sidecar.json --format png -o charts/",
     "pictures for a presentation"},
    {"meshbench report history --store history.db -o history/",
     "a row for each series, changes marked, with the results that they lead to"},
    {"meshbench report big.json --point 'c64-r1000' -o one.html",
     "one load point of many"},
    {0},
};

// What is read on the way to the page.
struct work {
    struct mb_arena arena;
    struct mb_documents_result *read;
    struct mb_compare_side *sides;
    const char **levels;
    size_t count; // of results read so far
};

static enum mb_status results_read(const struct mb_ctx *ctx, const struct mb_args *args,
                                   size_t from, struct work *work, struct mb_err *err)
{
    work->read = mb_arena_alloc(&work->arena, args->count, sizeof *work->read);
    work->sides = mb_arena_alloc(&work->arena, args->count, sizeof *work->sides);
    work->levels = mb_arena_alloc(&work->arena, args->count, sizeof *work->levels);
    for (size_t i = from; i < args->count; i++) {
        struct mb_documents_result *read = &work->read[work->count];
        enum mb_status status =
            mb_documents_read_result(ctx, &work->arena, args->items[i], read, err);
        if (status != MB_OK) {
            return status;
        }
        work->sides[work->count] = (struct mb_compare_side){
            .result = &read->result, .digest = read->digest, .name = args->items[i]};
        work->levels[work->count] = mb_level_name(read->level);
        work->count++;
    }
    return MB_OK;
}

// Whoever asks for a load point that there is not learns which there are.
static enum mb_status point_check(struct work *work, const char *point,
                                  struct mb_err *err)
{
    struct mb_buf known = {0};
    size_t found = 0;
    for (size_t i = 0; i < work->count && point != NULL; i++) {
        found += mb_points_of(&work->arena, work->sides[i].result, point).count;
    }
    if (point == NULL || found > 0) {
        return MB_OK;
    }
    struct mb_points all = mb_points_of(&work->arena, work->sides[0].result, NULL);
    for (size_t i = 0; i < all.count && i < POINTS_NAMED; i++) {
        mb_buf_print(&known, "%s'%s'", i > 0 ? ", " : "", all.items[i].title);
    }
    enum mb_status status =
        mb_err_set(err, MB_USAGE, "no load point has '%s' in its name", point);
    mb_err_hint(err, "there are %s%s", mb_buf_string(&known),
                all.count > POINTS_NAMED ? ", ..." : "");
    mb_buf_release(&known);
    return status;
}

static enum mb_status results_compare(const struct report_options *opts,
                                      struct work *work, struct mb_result_page *page,
                                      struct mb_err *err)
{
    const struct mb_compare_options wanted =
        mb_choices_compared(&opts->comparison, &opts->choice, work->count);
    struct mb_choice_options choice = {0};
    enum mb_status status = mb_choices_read(&work->arena, &opts->choice, &choice, err);
    if (status == MB_OK) {
        status = mb_result_page_compare(page, work->sides, work->count, &wanted, err);
    }
    if (status == MB_OK && page->no_comparison == NULL &&
        mb_choices_wanted(&opts->choice)) {
        status = mb_choice_make(&work->arena, &choice, &page->report, err);
    }
    return status;
}

// The formats asked for; SVG when none is; 0 for no charts.
static enum mb_status formats_find(const struct report_options *opts, int *formats,
                                   struct mb_err *err)
{
    *formats = opts->formats.count == 0 && !opts->no_charts ? MB_CHART_SVG : 0;
    for (size_t i = 0; i < opts->formats.count; i++) {
        bool png = strcmp(opts->formats.items[i], "png") == 0;
        if (!png && strcmp(opts->formats.items[i], "svg") != 0) {
            return mb_err_set(err, MB_USAGE, "'%s' is not a format of charts: svg or png",
                              opts->formats.items[i]);
        }
        *formats |= png ? MB_CHART_PNG : MB_CHART_SVG;
    }
    return MB_OK;
}

static enum mb_status usage_check(const struct report_options *opts, bool charts_only,
                                  size_t results, struct mb_err *err)
{
    if (opts->output == NULL) {
        return mb_err_set(err, MB_USAGE,
                          "where to? -o PAGE.html or -o FOLDER is missing");
    }
    if (results == 0) {
        return mb_err_set(err, MB_USAGE, "no result is named");
    }
    if (charts_only && (mb_result_page_is_page(opts->output) || opts->no_charts)) {
        return mb_err_set(err, MB_USAGE,
                          "'report charts' writes files into a folder: -o FOLDER");
    }
    if (opts->store != NULL) {
        return mb_err_set(err, MB_USAGE, "--store is for 'report history'");
    }
    if (!charts_only && opts->formats.count > 0) {
        return mb_err_set(err, MB_USAGE,
                          "--format is for 'report charts': a page has its pictures "
                          "inside, as SVG");
    }
    return MB_OK;
}

// 'report history' is about a store, and takes no results.
static enum mb_status history_run(const struct mb_ctx *ctx,
                                  const struct report_options *opts, size_t results,
                                  struct mb_err *err)
{
    struct mb_err why = {0};
    if (opts->output == NULL) {
        return mb_err_set(err, MB_USAGE,
                          "where to? -o PAGE.html or -o FOLDER is missing");
    }
    if (results > 0) {
        return mb_err_set(err, MB_USAGE,
                          "'report history' takes no results: add them to a store");
    }
    const struct mb_history_page page = {
        .store = opts->store,
        .metrics = &opts->comparison.metrics,
        .output = opts->output,
        .folder = !mb_result_page_is_page(opts->output),
        .charts = !mb_result_page_is_page(opts->output) && !opts->no_charts};
    return mb_result_page_done(ctx, "report", mb_history_page_write(ctx, &page, &why),
                               &why, err);
}

static enum mb_status report_run(struct mb_ctx *ctx, const void *options_given,
                                 const struct mb_args *args, struct mb_err *err)
{
    const struct report_options *opts = options_given;
    bool charts_only = strcmp(args->items[0], "charts") == 0;
    struct work work = {0};
    struct mb_err why = {0};
    if (strcmp(args->items[0], "history") == 0) {
        return history_run(ctx, opts, args->count - 1, err);
    }
    struct mb_result_page page = {
        .arena = &work.arena,
        .charts = {.point = opts->point, .per_kind = (size_t)opts->charts},
        .charts_only = charts_only,
        .output = opts->output,
    };
    enum mb_status status =
        usage_check(opts, charts_only, args->count - (charts_only ? 1 : 0), err);
    if (status == MB_OK) {
        status = formats_find(opts, &page.formats, err);
    }
    if (status == MB_OK) {
        status = results_read(ctx, args, charts_only ? 1 : 0, &work, err);
    }
    if (status == MB_OK) {
        status = point_check(&work, opts->point, err);
    }
    if (status == MB_OK) {
        page.levels = work.levels;
        status = results_compare(opts, &work, &page, err);
    }
    if (status == MB_OK) {
        status = mb_result_page_done(ctx, "report",
                                     mb_result_page_write(ctx, &page, &why), &why, err);
    }
    for (size_t i = 0; i < work.count; i++) {
        mb_result_release(&work.read[i].result);
    }
    mb_arena_release(&work.arena);
    return status;
}

const struct mb_cmd mb_cmd_report = {
    .name = "report",
    .group = "Understand",
    .summary = "a page with the answer, tables, charts and everything they rest on",
    .usage = "report [charts] RESULT...|history -o PAGE.html|FOLDER [options]",
    .description =
        "Writes a comparison as one HTML page that needs no network and no JavaScript: "
        "the answer in one sentence, what changes, gates, charts, what speaks against a "
        "conclusion, every trial, the environment, the method and all parameters.\n\n"
        "Charts are drawn by gnuplot. Where it is missing, the page is written without "
        "pictures and says how to get them. 'report charts' writes only the charts, each "
        "as data (.dat), script (.gp) and picture (.svg).\n\n"
        "'report history' writes the history of a store: a row with a small picture for "
        "each series, those that moved first.",
    .options = options,
    .options_size = sizeof(struct report_options),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = report_run,
};
