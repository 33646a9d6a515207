#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "format/emit.h"
#include "meshbench/histories.h"
#include "meshbench/histories_store.h"
#include "meshbench/stores.h"
#include "report/history.h"

struct regress_options {
    const char *store;
    struct mb_opt_list tags;
    const char *series;
    const char *csv;
    const char *time;
    struct mb_opt_list attributes;
    const char *environment;
    struct mb_opt_list higher;
    const char *delimiter;
    struct mb_opt_list metrics;
    const char *detector;
    const char *p_value;
    int64_t window;
    const char *min_magnitude;
    const char *since;
    int64_t latest;
    struct mb_opt_list fail_on;
    bool again;
    bool no_remember;
    bool all;
    const char *charts;
    const char *link;
    const char *format;
    const char *output;
};

static const char *const formats[] = {"text", "json", "markdown", "junit", "html", NULL};
static const char *const detectors[] = {"default", "otava", NULL};

static const struct mb_opt options[] = {
    {.name = "store",
     .letter = 's',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, store),
     .argument = "FILE",
     .help = "the history in this store (default: $MESHBENCH_STORE, else meshbench.db)"},
    {.name = "tag",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct regress_options, tags),
     .argument = "NAME=VALUE",
     .help = "only results of the store that have this tag, as branch=main; may be given "
             "again"},
    {.name = "series",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, series),
     .argument = "ID",
     .help = "only this series of the store, by its id or the beginning of it"},
    {.name = "csv",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, csv),
     .argument = "FILE",
     .help = "a table with a header line, one row for each run, the oldest first; '-' is "
             "standard input"},
    {.name = "time",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, time),
     .argument = "COLUMN",
     .help = "column of the CSV file that says when"},
    {.name = "attribute",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct regress_options, attributes),
     .argument = "COLUMNS",
     .help = "columns to name a change by, as commit,release; may be given again"},
    {.name = "metric",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct regress_options, metrics),
     .argument = "METRICS",
     .help =
         "columns, or metrics as response_time.p99, that are looked at, separated by "
         "commas (default: every column of numbers; the default and primary metrics); "
         "may be given again"},
    {.name = "higher-is-better",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct regress_options, higher),
     .argument = "COLUMNS",
     .help = "columns of the CSV file in which more is better; in all others less is"},
    {.name = "environment",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, environment),
     .argument = "COLUMN",
     .help =
         "column of the CSV file that names the machine: where it changes, levels are "
         "not compared"},
    {.name = "delimiter",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, delimiter),
     .argument = "CHARACTER",
     .help = "of the CSV file (default: the most frequent of comma, semicolon, tab and | "
             "in its header)"},
    {.name = "detector",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct regress_options, detector),
     .argument = "NAME",
     .choices = detectors,
     .fallback = "default",
     .help = "default, or otava: the same change points as Apache Otava 0.8"},
    {.name = "p-value",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, p_value),
     .argument = "P",
     .help = "how unlikely by chance a change has to be, as 0.001 (default: the "
             "detector's)"},
    {.name = "window",
     .type = MB_OPT_INT,
     .offset = offsetof(struct regress_options, window),
     .argument = "N",
     .min = 2,
     .max = 1000000,
     .help = "points that the detector otava looks at together (default: 50)"},
    {.name = "min-magnitude",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, min_magnitude),
     .argument = "SHARE",
     .help =
         "smallest change that counts, as 5% or 0.05 of the old level (default: any)"},
    {.name = "since",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, since),
     .argument = "WHEN",
     .help = "leave changes out that are older than this: a time as 2026-11-01, a value "
             "of an attribute, or a result's digest"},
    {.name = "latest",
     .type = MB_OPT_INT,
     .offset = offsetof(struct regress_options, latest),
     .argument = "N",
     .min = MB_HISTORY_LATEST_MIN,
     .max = 1000000,
     .help = "judge the latest value, too, against the N before it on the same level"},
    {.name = "fail-on",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct regress_options, fail_on),
     .argument = "WHAT",
     .help = "exit with 1 when something got worse, better, or noisier; may be given "
             "again"},
    {.name = "again",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct regress_options, again),
     .help = "let changes fail again that the store remembers as reported"},
    {.name = "no-remember",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct regress_options, no_remember),
     .help = "do not write into the store what --fail-on reported"},
    {.name = "all",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct regress_options, all),
     .help = "show series that did not change, too"},
    {.name = "charts",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, charts),
     .argument = "FOLDER",
     .help =
         "draw a chart of each series that moved (at most 100), as data, gnuplot script "
         "and picture"},
    {.name = "link",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, link),
     .argument = "URL",
     .help = "page: where a change leads, as https://git.example/commit/{commit}; "
             "{result} is the digest, {NAME} an attribute"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct regress_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for programs, markdown for pull requests, junit for "
             "pipelines, html for a page of all series"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct regress_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench regress --store history.db --fail-on worse",
     "every night: fails once for each new regression"},
    {"meshbench regress --store history.db -f html -o history.html",
     "a page with a row for each series"},
    {"meshbench regress night-1.json night-2.json night-3.json --fail-on worse",
     "results in their order; the exit status for the pipeline"},
    {"meshbench regress --csv times.csv --time time --attribute commit --metric p50,p99",
     "a table that another tool wrote"},
    {"meshbench regress --csv times.csv --min-magnitude 5% --latest 20 -f markdown",
     "only what moved by 5%, and whether the latest run is far off"},
    {0},
};

// What is made on the way to the output.
struct work {
    struct mb_arena arena;
    struct mb_histories_request request;
    struct mb_histories histories;
    struct mb_history_view view;
};

// "0.05" or "5%", in [0, 1].
static enum mb_status share_parse(const char *name, const char *text, double *share,
                                  struct mb_err *err)
{
    size_t size = strlen(text);
    int64_t parsed = 0;
    struct mb_err why = {0};
    enum mb_status status = MB_OK;
    if (size > 0 && text[size - 1] == '%') {
        status = mb_units_parse(MB_UNIT_SHARE, text, &parsed, &why);
        *share = (double)parsed / 1e9;
    } else {
        status = mb_units_parse_double(text, share, &why);
    }
    if (status != MB_OK || !(*share >= 0.0 && *share <= 1.0)) {
        return mb_err_set(err, MB_USAGE,
                          "--%s: '%s' is not a share between 0 and 1, as 0.05 or 5%%",
                          name, text);
    }
    return MB_OK;
}

static enum mb_status fail_on_parse(const struct mb_opt_list *names, int *fail_on,
                                    struct mb_err *err)
{
    static const struct {
        const char *name;
        int bit;
    } words[] = {{"worse", MB_HISTORY_FAIL_WORSE},
                 {"better", MB_HISTORY_FAIL_BETTER},
                 {"noisier", MB_HISTORY_FAIL_NOISE}};
    for (size_t i = 0; i < names->count; i++) {
        int found = 0;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            found |= strcmp(words[k].name, names->items[i]) == 0 ? words[k].bit : 0;
        }
        if (found == 0) {
            return mb_err_set(err, MB_USAGE,
                              "--fail-on: '%s' is none of worse, better, noisier",
                              names->items[i]);
        }
        *fail_on |= found;
    }
    return MB_OK;
}

// A history is that of a store unless another one is named.
static bool has_store(const struct regress_options *opts, const struct mb_args *args)
{
    return opts->csv == NULL && args->count == 0;
}

static enum mb_status source_check(const struct regress_options *opts,
                                   const struct mb_args *args, struct mb_err *err)
{
    if ((opts->csv != NULL) + (opts->store != NULL) + (args->count > 0) > 1) {
        return mb_err_set(
            err, MB_USAGE,
            "one history at a time: --store FILE, --csv FILE, or results in "
            "their order");
    }
    if (!has_store(opts, args) && (opts->tags.count > 0 || opts->series != NULL ||
                                   opts->again || opts->no_remember)) {
        return mb_err_set(err, MB_USAGE,
                          "--tag, --series, --again and --no-remember are about a store");
    }
    bool columns = opts->time != NULL || opts->environment != NULL ||
                   opts->delimiter != NULL || opts->attributes.count > 0 ||
                   opts->higher.count > 0;
    if (opts->csv == NULL && columns) {
        return mb_err_set(err, MB_USAGE,
                          "columns are those of a CSV file: --csv FILE is missing");
    }
    if (opts->delimiter != NULL && strlen(opts->delimiter) != 1) {
        return mb_err_set(err, MB_USAGE, "--delimiter: '%s' is not one character",
                          opts->delimiter);
    }
    return MB_OK;
}

static enum mb_status metrics_check(const char *const *metrics, struct mb_err *err)
{
    for (size_t i = 0; metrics != NULL && metrics[i] != NULL; i++) {
        struct mb_metric metric;
        if (!mb_metric_parse(metrics[i], &metric)) {
            return mb_err_set(err, MB_USAGE, "'%s' is not a metric, as response_time.p99",
                              metrics[i]);
        }
    }
    return MB_OK;
}

// A page is opened by people who trust it: it must not run what a link says.
static enum mb_status link_check(const char *link, struct mb_err *err)
{
    if (link != NULL && strncmp(link, "https://", 8) != 0 &&
        strncmp(link, "http://", 7) != 0 && strcspn(link, ":{") < strcspn(link, "/")) {
        return mb_err_set(err, MB_USAGE,
                          "--link: '%s' is neither an http address nor a path", link);
    }
    return MB_OK;
}

static enum mb_status request_make(const struct mb_ctx *ctx,
                                   const struct regress_options *opts,
                                   const struct mb_args *args, struct work *work,
                                   struct mb_err *err)
{
    struct mb_histories_request *request = &work->request;
    struct mb_arena *arena = &work->arena;
    struct mb_change_options *change = &request->options.change;
    request->csv = opts->csv;
    request->store = has_store(opts, args) ? mb_stores_path(ctx, opts->store) : NULL;
    request->series = opts->series;
    request->tags = &opts->tags;
    request->again = opts->again;
    request->options.keep_values = opts->charts != NULL;
    request->results = args->items;
    request->result_count = args->count;
    request->metrics = mb_histories_split(arena, &opts->metrics);
    request->since = opts->since;
    request->options.latest_window = (size_t)opts->latest;
    request->columns = (struct mb_history_columns){
        .delimiter = opts->delimiter != NULL ? opts->delimiter[0] : '\0',
        .time = opts->time,
        .environment = opts->environment,
        .attributes = mb_histories_split(arena, &opts->attributes),
        .metrics = request->metrics,
        .higher_is_better = mb_histories_split(arena, &opts->higher),
    };
    change->detector =
        strcmp(opts->detector, "otava") == 0 ? MB_CHANGE_OTAVA : MB_CHANGE_DEFAULT;
    change->window = (size_t)opts->window;
    enum mb_status status = source_check(opts, args, err);
    if (status == MB_OK && opts->csv == NULL) {
        status = metrics_check(request->metrics, err);
    }
    if (status == MB_OK && opts->p_value != NULL) {
        status = share_parse("p-value", opts->p_value, &change->p_value, err);
        if (status == MB_OK && change->p_value == 0.0) {
            status =
                mb_err_set(err, MB_USAGE, "--p-value: nothing is less likely than 0");
        }
    }
    if (status == MB_OK && opts->min_magnitude != NULL) {
        status = share_parse("min-magnitude", opts->min_magnitude, &change->min_magnitude,
                             err);
    }
    if (status == MB_OK) {
        status = link_check(opts->link, err);
    }
    if (status == MB_OK) {
        status = fail_on_parse(&opts->fail_on, &work->view.fail_on, err);
    }
    return status;
}

static enum mb_status history_write(const struct mb_ctx *ctx,
                                    const struct regress_options *opts, struct work *work,
                                    struct mb_err *err)
{
    struct mb_buf out = {0};
    struct mb_arena *arena = &work->arena;
    if (strcmp(opts->format, "json") == 0) {
        mb_emit_json(mb_report_history_node(arena, &work->view), &out);
    } else if (strcmp(opts->format, "markdown") == 0) {
        mb_report_history_markdown(arena, &work->view, &out);
    } else if (strcmp(opts->format, "junit") == 0) {
        mb_report_history_junit(arena, &work->view, &out);
    } else if (strcmp(opts->format, "html") == 0) {
        mb_report_history_html(arena, &work->view, &out);
    } else {
        mb_report_history_text(arena, &work->view, &out);
    }
    enum mb_status status = mb_documents_write(ctx, opts->output, &out, err);
    mb_buf_release(&out);
    return status;
}

// Programs get series in the order of the input, people the largest move first.
static void view_make(const struct regress_options *opts, struct work *work)
{
    struct mb_histories *histories = &work->histories;
    if (opts->window > 0 && histories->options.change.detector == MB_CHANGE_DEFAULT) {
        mb_histories_note(histories, "--window is for --detector otava: the default one "
                                     "looks at all lengths");
    }
    if (strcmp(opts->format, "json") != 0 && strcmp(opts->format, "junit") != 0) {
        mb_history_sort(histories->judged, histories->count);
    }
    work->view.history = &histories->history;
    work->view.judged = histories->judged;
    work->view.count = histories->count;
    work->view.options = &histories->options;
    work->view.all = opts->all;
    work->view.link = opts->link;
}

static enum mb_status charts_write(const struct regress_options *opts, struct work *work,
                                   struct mb_err *err)
{
    struct mb_charts charts;
    mb_charts_of_history(&work->arena, &work->view, &charts);
    enum mb_status status = mb_file_make_dirs(opts->charts, err);
    if (status == MB_OK) {
        status = mb_charts_save(&work->arena, &charts, opts->charts, err);
    }
    if (status == MB_OK && charts.count > 0) {
        status = mb_charts_draw(&work->arena, &charts, opts->charts, MB_CHART_SVG, err);
    }
    return status;
}

// What failed the gate is remembered once it was written out.
static enum mb_status gate_decide(const struct mb_ctx *ctx,
                                  const struct regress_options *opts,
                                  const struct work *work, struct mb_err *err)
{
    if (mb_history_tally(&work->view).failed == 0) {
        return MB_OK;
    }
    if (work->request.store != NULL && !opts->no_remember) {
        enum mb_status status = mb_histories_store_remember(
            &work->request, &work->histories, work->view.fail_on,
            ctx->clock.wall_ns(ctx->clock.state), err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_INVALID;
}

static enum mb_status regress_run(struct mb_ctx *ctx, const void *options_given,
                                  const struct mb_args *args, struct mb_err *err)
{
    const struct regress_options *opts = options_given;
    struct work work = {0};
    enum mb_status status = request_make(ctx, opts, args, &work, err);
    if (status == MB_OK) {
        status = mb_histories_read(ctx, &work.request, &work.histories, err);
    }
    if (status == MB_OK) {
        view_make(opts, &work);
        status = history_write(ctx, opts, &work, err);
    }
    if (status == MB_OK && opts->charts != NULL) {
        status = charts_write(opts, &work, err);
    }
    if (status == MB_OK) {
        status = gate_decide(ctx, opts, &work, err);
    }
    mb_histories_release(&work.histories);
    mb_arena_release(&work.arena);
    return status;
}

const struct mb_cmd mb_cmd_regress = {
    .name = "regress",
    .group = "Understand",
    .summary = "where a history got better or worse, since when, and how sure that is",
    .usage = "regress [--store FILE|--csv FILE|RESULT...] [options]",
    .description =
        "Looks for change points: the places in a history where the level of a metric "
        "moved for good. For each, it says what happened, how large the change is, how "
        "unlikely by chance, and which run was the first of the new level.\n\n"
        "Results of another environment begin a new segment, across which levels are not "
        "compared. Overheads against the baseline of the same run are series of their "
        "own; they go across, because they survive a change of machine.\n\n"
        "Changes of the noise are reported as such: they are no change of the level.\n\n"
        "With --store and --fail-on, what failed is remembered, so that the next call "
        "does "
        "not fail for it again; 'meshbench store annotate' says that a change is known.",
    .options = options,
    .options_size = sizeof(struct regress_options),
    .args_min = 0,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = regress_run,
};
