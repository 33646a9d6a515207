// How often `compare` is wrong, and how often it finds what is there: simulated runs.
//
// usage: calibration [--go NULL_FILE EFFECT_FILE]
// Each simulated run has BLOCKS blocks of three cells in random order: the baseline, its
// A/A twin, and a variant whose true effect is known. The noise of a trial is one of five
// kinds. The comparison is the tool's own (mb_compare_decide), with and without the twin.
// Prints one line for each kind and number of blocks:
//   false    better or worse among RUNS runs without an effect
//   effect   the minimum detectable effect that these runs state, on average
//   found    an effect of the size that a run states, in that run
//   again    an effect of the average size, in RUNS other runs
// With --go, the runs without and those with an effect (the one stated with a twin) are
// also written in Go's benchmark format, so that benchstat can judge them: calibration.sh
// does.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "compare/compare.h"

enum { RUNS = 1000, CELLS = 3, BLOCKS_MAX = 12 };

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

static void run_make(struct noise *noise, int blocks, struct run *run)
{
    run->blocks = blocks;
    noise_begin(noise);
    for (int block = 0; block < blocks; block++) {
        size_t order[CELLS] = {0, 1, 2};
        mb_rng_shuffle(&noise->rng, order, CELLS);
        for (int position = 0; position < CELLS; position++) {
            run->logs[order[position]][block] =
                noise_next(noise, block * CELLS + position);
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

struct judgement {
    bool verdict;      // better or worse
    double detectable; // as stated, of the log-ratio
};

static struct judgement run_judge(const struct run *run, bool twin)
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
    struct judgement judgement = {
        .verdict = effects[0].verdict == MB_COMPARE_BETTER ||
                   effects[0].verdict == MB_COMPARE_WORSE,
        .detectable = effects[0].detectable,
    };
    mb_arena_release(&arena);
    return judgement;
}

// Makes the variant slower by this much.
static struct run run_shifted(const struct run *run, double effect)
{
    struct run shifted = *run;
    for (int block = 0; block < run->blocks; block++) {
        shifted.logs[2][block] += effect;
    }
    return shifted;
}

static void go_write(FILE *go, enum kind kind, int index, const struct run *run)
{
    for (int side = 0; go != NULL && side < 2; side++) {
        for (int block = 0; block < run->blocks; block++) {
            (void)fprintf(go, "%s BenchmarkNoise/kind=%s/blocks=%d/run=%d 1 %.6f ns/op\n",
                          side == 0 ? "A" : "B", kind_names[kind], run->blocks, index,
                          1e6 * exp(run->logs[side * 2][block]));
        }
    }
}

struct tally {
    int alarms;
    int found;
    int again;
    double effect; // mean of those stated
};

// What RUNS runs without an effect say, and what they say of one that is added.
static void nulls_judge(struct noise *noise, int blocks, FILE *go,
                        struct tally tallies[2])
{
    struct run run;
    for (int i = 0; i < RUNS; i++) {
        run_make(noise, blocks, &run);
        go_write(go, noise->kind, i, &run);
        for (int twin = 0; twin < 2; twin++) {
            struct judgement null = run_judge(&run, twin == 1);
            struct run shifted = run_shifted(&run, null.detectable);
            tallies[twin].alarms += null.verdict;
            tallies[twin].effect += null.detectable / RUNS;
            tallies[twin].found += run_judge(&shifted, twin == 1).verdict;
        }
    }
}

static void effects_judge(struct noise *noise, int blocks, FILE *go,
                          struct tally tallies[2])
{
    struct run run;
    for (int i = 0; i < RUNS; i++) {
        run_make(noise, blocks, &run);
        for (int twin = 0; twin < 2; twin++) {
            struct run shifted = run_shifted(&run, tallies[twin].effect);
            tallies[twin].again += run_judge(&shifted, twin == 1).verdict;
            go_write(twin == 1 ? go : NULL, noise->kind, i, &shifted);
        }
    }
}

static void kind_judge(enum kind kind, int blocks, FILE *go_null, FILE *go_effect)
{
    struct noise noise = {.kind = kind};
    struct tally tallies[2] = {{0}};
    mb_rng_init(&noise.rng, mb_rng_derive(20261123, kind_names[kind]) + (uint64_t)blocks);
    nulls_judge(&noise, blocks, go_null, tallies);
    effects_judge(&noise, blocks, go_effect, tallies);
    printf("%-15s %6d", kind_names[kind], blocks);
    for (int twin = 1; twin >= 0; twin--) {
        const struct tally *tally = &tallies[twin];
        printf(" | %6.1f%% %6.1f%% %6.1f%% %6.1f%%", 100.0 * tally->alarms / RUNS,
               100.0 * expm1(tally->effect), 100.0 * tally->found / RUNS,
               100.0 * tally->again / RUNS);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    static const int sizes[] = {6, 12};
    bool go = argc == 4 && strcmp(argv[1], "--go") == 0;
    FILE *go_null = go ? fopen(argv[2], "w") : NULL;
    FILE *go_effect = go ? fopen(argv[3], "w") : NULL;
    if (argc != 1 && (go_null == NULL || go_effect == NULL)) {
        (void)fprintf(stderr, "usage: calibration [--go NULL_FILE EFFECT_FILE]\n");
        return 2;
    }
    printf("%-15s %6s | %-31s | %-31s\n", "", "", "with an A/A twin", "without");
    printf("%-15s %6s | %7s %7s %7s %7s | %7s %7s %7s %7s\n", "noise", "blocks", "false",
           "effect", "found", "again", "false", "effect", "found", "again");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int kind = 0; kind < KINDS; kind++) {
            kind_judge((enum kind)kind, sizes[i], go_null, go_effect);
        }
    }
    bool written = !go || (fclose(go_null) == 0 && fclose(go_effect) == 0);
    return written ? 0 : 1;
}
