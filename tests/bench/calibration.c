// How often `compare` is wrong, and how often it finds what is there: simulated runs.
//
// usage: calibration [--go FILE]
// Each simulated run has BLOCKS blocks of three cells in random order: the baseline, its
// A/A twin, and a variant whose true effect is known. The noise of a trial is one of five
// kinds. The comparison is the tool's own (mb_compare_decide). Prints one line for each
// kind and number of blocks: false verdicts among RUNS null runs, with and without the
// twin, and detections among RUNS runs at the effect that mb_sample_detectable calls
// detectable with 80% power. With --go, the null runs are also written in Go's benchmark
// format, so that benchstat can judge them: calibration.sh does.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "compare/compare.h"

enum { RUNS = 1000, CELLS = 3, BLOCKS_MAX = 12, SPREAD_RUNS = 4000 };

static const double CONFIDENCE = 0.95;

enum kind { LOG_NORMAL, DRIFT, AUTOCORRELATED, OUTLIERS, QUANTISED, KINDS };

static const char *const kind_names[KINDS] = {"log-normal", "drift", "autocorrelated",
                                              "outliers", "quantised"};

// State of the noise from trial to trial.
struct noise {
    struct mb_rng rng;
    enum kind kind;
    double slope; // of this run's drift
    double last;  // of the autocorrelated kind
};

static double normal(struct mb_rng *rng)
{
    double radius = sqrt(-2.0 * log(mb_rng_unit(rng)));
    return radius * cos(2.0 * M_PI * mb_rng_unit(rng));
}

static void noise_begin(struct noise *noise)
{
    noise->slope = 0.03 * normal(&noise->rng);
    noise->last = 0.08 * normal(&noise->rng);
}

// ln of a trial's value, `at` trials into the run.
static double noise_next(struct noise *noise, int at)
{
    double base = 0.05 * normal(&noise->rng);
    switch (noise->kind) {
    case LOG_NORMAL:
        return base;
    case DRIFT:
        return base + noise->slope * at;
    case AUTOCORRELATED:
        noise->last = 0.7 * noise->last + 0.05 * normal(&noise->rng);
        return noise->last;
    case OUTLIERS:
        return base + (mb_rng_unit(&noise->rng) < 0.05 ? log(3.0) : 0.0);
    case QUANTISED: // to a grid of 5% of the value
        return log(round(exp(base) / 0.05) * 0.05);
    case KINDS:
        break;
    }
    return base;
}

struct run {
    double logs[CELLS][BLOCKS_MAX]; // baseline, twin, variant
    int blocks;
};

static void run_make(struct noise *noise, int blocks, double effect, struct run *run)
{
    run->blocks = blocks;
    noise_begin(noise);
    for (int block = 0; block < blocks; block++) {
        size_t order[CELLS] = {0, 1, 2};
        mb_rng_shuffle(&noise->rng, order, CELLS);
        for (int position = 0; position < CELLS; position++) {
            double value = noise_next(noise, block * CELLS + position);
            run->logs[order[position]][block] =
                value + (order[position] == 2 ? effect : 0);
        }
    }
}

static struct mb_comparison effect_of(const struct run *run, int cell,
                                      const struct mb_cell *cells)
{
    double ratios[BLOCKS_MAX];
    double differences[BLOCKS_MAX];
    for (int block = 0; block < run->blocks; block++) {
        ratios[block] = run->logs[cell][block] - run->logs[0][block];
        differences[block] = exp(run->logs[cell][block]) - exp(run->logs[0][block]);
    }
    size_t count = (size_t)run->blocks;
    struct mb_comparison effect = {
        .baseline = &cells[0],
        .cell = &cells[cell],
        .aa = cell == 1,
        .primary = cell == 2,
        .baseline_value = {.state = MB_VALUE_KNOWN, .value = 1.0},
        .value = {.state = MB_VALUE_KNOWN, .value = 1.0},
        .difference = mb_sample_paired(differences, count, CONFIDENCE),
        .log_ratio = mb_sample_paired(ratios, count, CONFIDENCE),
        .blocks = count,
        .p_adjusted = NAN,
    };
    (void)mb_metric_parse("response_time.p50", &effect.metric);
    effect.p_value = effect.log_ratio.p_value;
    return effect;
}

// True when the comparison says better or worse.
static bool is_verdict(const struct run *run, bool twin)
{
    const struct mb_point point = {.workload = "w", .load_model = MB_LOAD_CLOSED};
    const struct mb_cell cells[CELLS] = {{.variant = "a", .point = point},
                                         {.variant = "a2", .point = point, .aa_of = "a"},
                                         {.variant = "b", .point = point}};
    struct mb_comparison effects[2] = {effect_of(run, 2, cells),
                                       effect_of(run, 1, cells)};
    struct mb_result result = {0};
    const struct mb_compare_side side = {.result = &result, .digest = "", .name = ""};
    struct mb_compare_report report = {.sides = &side,
                                       .side_count = 1,
                                       .baseline = "a",
                                       .confidence = CONFIDENCE,
                                       .comparisons = effects,
                                       .count = twin ? 2 : 1};
    struct mb_arena arena = {0};
    mb_compare_decide(&arena, &report);
    enum mb_compare_verdict verdict = effects[0].verdict;
    mb_arena_release(&arena);
    return verdict == MB_COMPARE_BETTER || verdict == MB_COMPARE_WORSE;
}

// Standard deviation of the log-ratio within blocks, from many runs.
static double spread_of(struct noise *noise, int blocks)
{
    double squares = 0.0;
    struct run run;
    for (int i = 0; i < SPREAD_RUNS; i++) {
        run_make(noise, blocks, 0.0, &run);
        for (int block = 0; block < blocks; block++) {
            double ratio = run.logs[2][block] - run.logs[0][block];
            squares += ratio * ratio;
        }
    }
    return sqrt(squares / ((double)SPREAD_RUNS * blocks));
}

static void go_write(FILE *go, const struct noise *noise, int index,
                     const struct run *run)
{
    for (int side = 0; go != NULL && side < 2; side++) {
        for (int block = 0; block < run->blocks; block++) {
            (void)fprintf(go, "%s BenchmarkNoise/kind=%s/blocks=%d/run=%d 1 %.6f ns/op\n",
                          side == 0 ? "A" : "B", kind_names[noise->kind], run->blocks,
                          index, 1e6 * exp(run->logs[side * 2][block]));
        }
    }
}

static void kind_judge(enum kind kind, int blocks, FILE *go)
{
    struct noise noise = {.kind = kind};
    mb_rng_init(&noise.rng, mb_rng_derive(20261123, kind_names[kind]) + (uint64_t)blocks);
    double spread = spread_of(&noise, blocks);
    double effect = mb_sample_detectable((size_t)blocks, spread, CONFIDENCE, 0.80);
    int alarms = 0;
    int alarms_bare = 0;
    int found = 0;
    int found_bare = 0;
    struct run run;
    for (int i = 0; i < RUNS; i++) {
        run_make(&noise, blocks, 0.0, &run);
        go_write(go, &noise, i, &run);
        alarms += is_verdict(&run, true);
        alarms_bare += is_verdict(&run, false);
        run_make(&noise, blocks, effect, &run);
        found += is_verdict(&run, true);
        found_bare += is_verdict(&run, false);
    }
    printf("%-15s %6d %11.1f%% %11.1f%% %11.1f%% %11.1f%% %11.1f%%\n", kind_names[kind],
           blocks, 100.0 * alarms / RUNS, 100.0 * alarms_bare / RUNS,
           100.0 * expm1(effect), 100.0 * found / RUNS, 100.0 * found_bare / RUNS);
}

int main(int argc, char **argv)
{
    static const int sizes[] = {6, 12};
    FILE *go = argc == 3 && strcmp(argv[1], "--go") == 0 ? fopen(argv[2], "w") : NULL;
    if (argc != 1 && go == NULL) {
        (void)fprintf(stderr, "usage: calibration [--go FILE]\n");
        return 2;
    }
    printf("%-15s %6s %12s %12s %12s %12s %12s\n", "noise", "blocks", "false", "no twin",
           "effect", "found", "no twin");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int kind = 0; kind < KINDS; kind++) {
            kind_judge((enum kind)kind, sizes[i], go);
        }
    }
    return go != NULL && fclose(go) != 0;
}
