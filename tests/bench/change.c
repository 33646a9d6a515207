// Series with steps that are known, and our detectors on any series. Run by change.sh.
//   change generate PART SERIES SEED   prints series, a line each:
//       NAME STEPS (INDEX SIZE).. COUNT VALUE..
//   change detect DETECTOR [P_VALUE]   reads such lines, prints NAME INDEX..; points at
//       which only the noise changed are left out. CPU time goes to stderr.
//   change speed DETECTOR SERIES COUNT CPU time of all series; --grow: value by value
// PART tuned: the noise on which the default detector was tuned. other: noise that is
// made otherwise, on which later changes were tuned as well. held: its parameters are
// drawn at random from ranges that were fixed before the first run and never tuned on.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/change.h"
#include "stats/special.h"

enum { COUNT_MAX = 1000000, STEPS_MAX = 3, NAME_MAX_BYTES = 64 };

static const double SLOW_PHI = 0.95;

static const char *const kinds[] = {"log-normal", "autocorrelated", "outliers", "rounded",
                                    "drifting"};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

// What a series is made of; deviations and heights are shares of the level.
struct noise {
    double deviation;
    double phi;     // from value to value
    double outlier; // share of values that are outliers
    double quantum; // 0: not rounded
    double wave;    // height of a sine
    double period;
    double trend; // over the whole series
    double bend;  // of the trend, in the middle
    double slow;  // share of the variance that wanders slowly
    double burst; // that an outlier is followed by another
    bool laplace; // not normal
};

struct step {
    size_t index;
    double size;
};

static double normal(struct mb_rng *rng)
{
    return mb_special_normal_quantile(mb_rng_unit(rng));
}

static double between(struct mb_rng *rng, double low, double high)
{
    return low + (high - low) * mb_rng_unit(rng);
}

static double sign(struct mb_rng *rng)
{
    return mb_rng_below(rng, 2) ? 1.0 : -1.0;
}

// Of variance 1.
static double laplace(struct mb_rng *rng)
{
    return sign(rng) * log(mb_rng_unit(rng)) * M_SQRT1_2;
}

static struct noise noise_tuned(size_t kind, struct mb_rng *rng)
{
    static const struct noise tuned[KINDS] = {
        {.deviation = 0.03},
        {.deviation = 0.03, .phi = 0.6},
        {.deviation = 0.02, .outlier = 0.04},
        {.deviation = 0.02, .quantum = 0.04},
        {.deviation = 0.02, .wave = 0.02, .trend = 0.1},
    };
    struct noise noise = tuned[kind];
    noise.period = between(rng, 5.0, 60.0);
    noise.trend *= sign(rng);
    return noise;
}

static struct noise noise_held(size_t kind, struct mb_rng *rng)
{
    struct noise noise = {.deviation = between(rng, 0.01, 0.06), .period = 1.0};
    switch (kind) {
    case 1:
        noise.phi = between(rng, 0.2, 0.85);
        break;
    case 2:
        noise.outlier = between(rng, 0.01, 0.08);
        break;
    case 3:
        noise.quantum = noise.deviation * between(rng, 0.5, 3.0);
        break;
    case 4:
        noise.wave = noise.deviation * between(rng, 0.5, 2.0);
        noise.period = between(rng, 4.0, 100.0);
        noise.trend = sign(rng) * between(rng, 0.0, 0.2);
        break;
    default:
        break;
    }
    return noise;
}

// Heavier tails, a level that wanders beside what is autocorrelated, outliers in bursts,
// any rounding, weeks and a trend that bends.
static struct noise noise_other(size_t kind, struct mb_rng *rng)
{
    struct noise noise = {.deviation = 0.01 * pow(5.0, mb_rng_unit(rng)), .period = 1.0};
    switch (kind) {
    case 0:
        noise.laplace = true;
        break;
    case 1:
        noise.slow = between(rng, 0.1, 0.5);
        noise.phi = between(rng, 0.0, 0.4);
        break;
    case 2:
        noise.outlier = between(rng, 0.01, 0.06);
        noise.burst = 0.3;
        break;
    case 3:
        noise.quantum = noise.deviation * pow(8.0, mb_rng_unit(rng) - 0.5);
        break;
    case 4:
        noise.wave = noise.deviation * between(rng, 0.5, 1.5);
        noise.period = mb_rng_below(rng, 2) ? 7.0 : 28.0;
        noise.trend = between(rng, -0.15, 0.15);
        noise.bend = between(rng, -0.15, 0.15);
        break;
    default:
        break;
    }
    return noise;
}

static size_t steps_draw(struct mb_rng *rng, size_t count, struct step *steps)
{
    static const double sizes[] = {0.02, 0.05, 0.1, 0.2};
    size_t gap = count > 100 ? 20 : 10;
    size_t wanted = count > 100 ? 1 + mb_rng_below(rng, STEPS_MAX) : 1;
    size_t drawn = 0;
    while (drawn < wanted) {
        size_t index = gap + mb_rng_below(rng, count - gap - gap / 2);
        bool free_place = true;
        for (size_t i = 0; i < drawn; i++) {
            size_t other = steps[i].index;
            free_place &= index > other ? index - other >= gap : other - index >= gap;
        }
        if (free_place) {
            steps[drawn] = (struct step){index, sizes[mb_rng_below(rng, 4)] * sign(rng)};
            drawn++;
        }
    }
    return drawn;
}

static void values_draw(struct mb_rng *rng, const struct noise *noise, size_t count,
                        double *values)
{
    double state = normal(rng);
    double phase = between(rng, 0.0, 2.0 * M_PI);
    double slow = 0.0;
    bool outlier = false;
    for (size_t i = 0; i < count; i++) {
        double mixed = sqrt(1.0 - noise->slow) * state + sqrt(noise->slow) * slow;
        double value = exp(noise->deviation * mixed);
        double chance = outlier ? fmax(noise->burst, noise->outlier) : noise->outlier;
        outlier = mb_rng_unit(rng) < chance;
        if (outlier) {
            // Pareto of shape 2.5: mostly some 10 to 40% too much, at times several fold.
            value *= 0.6 + 0.5 * pow(mb_rng_unit(rng), -0.4);
        }
        value *= 1.0 + noise->wave * sin(2.0 * M_PI * (double)i / noise->period + phase);
        double trend = noise->trend * (double)i / (double)count;
        double bend = noise->bend * fmax(0.0, 2.0 * (double)i / (double)count - 1.0);
        values[i] = value * (1.0 + trend + bend);
        double fresh = noise->laplace ? laplace(rng) : normal(rng);
        state = noise->phi * state + sqrt(1.0 - noise->phi * noise->phi) * fresh;
        if (noise->slow > 0.0) {
            slow = SLOW_PHI * slow + sqrt(1.0 - SLOW_PHI * SLOW_PHI) * normal(rng);
        }
    }
}

static struct noise noise_draw(const char *part, size_t kind, struct mb_rng *rng)
{
    if (strcmp(part, "tuned") == 0) {
        return noise_tuned(kind, rng);
    }
    return strcmp(part, "other") == 0 ? noise_other(kind, rng) : noise_held(kind, rng);
}

static void series_print(const char *part, size_t kind, size_t number, uint64_t seed)
{
    static const size_t counts[] = {60, 200, 500};
    char label[NAME_MAX_BYTES];
    (void)snprintf(label, sizeof(label), "%s-%s-%zu", part, kinds[kind], number);
    struct mb_rng rng;
    mb_rng_init(&rng, mb_rng_derive(seed, label));
    size_t count = counts[mb_rng_below(&rng, 3)];
    struct noise noise = noise_draw(part, kind, &rng);
    struct step steps[STEPS_MAX];
    double values[500];
    values_draw(&rng, &noise, count, values);
    // Every second series holds noise only.
    size_t step_count = number % 2 ? steps_draw(&rng, count, steps) : 0;
    printf("%s %zu", label, step_count);
    for (size_t i = 0; i < step_count; i++) {
        double factor =
            steps[i].size > 0.0 ? 1.0 + steps[i].size : 1.0 / (1.0 - steps[i].size);
        for (size_t k = steps[i].index; k < count; k++) {
            values[k] *= factor;
        }
        printf(" %zu %g", steps[i].index, steps[i].size);
    }
    printf(" %zu", count);
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (noise.quantum > 0.0) {
            value = round(value / noise.quantum) * noise.quantum;
        }
        printf(" %.7g", 100.0 * value);
    }
    printf("\n");
}

static double cpu_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool number_read(double *number)
{
    return scanf("%lf", number) == 1;
}

// A line without its steps, which detectors must not see. Returns false at the end.
static bool series_read(char *name, double **values, size_t *count)
{
    double number = 0.0;
    if (scanf("%63s", name) != 1 || !number_read(&number)) {
        return false;
    }
    for (size_t left = (size_t)number * 2; left > 0; left--) {
        double skipped = 0.0;
        if (!number_read(&skipped)) {
            return false;
        }
    }
    if (!number_read(&number) || !(number >= 0.0 && number <= COUNT_MAX)) {
        return false;
    }
    *count = (size_t)number;
    *values = mb_mem_resize(*values, *count + 1, sizeof(double));
    for (size_t i = 0; i < *count; i++) {
        if (!number_read(&(*values)[i])) {
            return false;
        }
    }
    return true;
}

static void detect(const struct mb_change_options *options)
{
    char name[NAME_MAX_BYTES];
    double *values = NULL;
    size_t count = 0;
    double used = 0.0;
    while (series_read(name, &values, &count)) {
        struct mb_change_point *points = mb_mem_alloc(count + 1, sizeof(*points));
        double start = cpu_seconds();
        size_t found = mb_change_find(values, count, options, points);
        used += cpu_seconds() - start;
        printf("%s", name);
        for (size_t i = 0; i < found; i++) {
            if (!points[i].spread) {
                printf(" %zu", points[i].index);
            }
        }
        printf("\n");
        mb_mem_free(points);
    }
    mb_mem_free(values);
    (void)fprintf(stderr, "%.4f\n", used);
}

// Log-normal noise of 3%, a step of 10% in the middle.
static void speed(const struct mb_change_options *options, size_t series, size_t count,
                  bool grow)
{
    double *values = mb_mem_alloc(count, sizeof(double));
    struct mb_change_point *points = mb_mem_alloc(count + 1, sizeof(*points));
    double used = 0.0;
    size_t found = 0;
    for (size_t s = 0; s < series; s++) {
        struct mb_rng rng;
        mb_rng_init(&rng, s);
        for (size_t i = 0; i < count; i++) {
            values[i] = exp(0.03 * normal(&rng)) * (i < count / 2 ? 100.0 : 110.0);
        }
        double start = cpu_seconds();
        if (grow) {
            struct mb_change_state *state = mb_change_state_new(options);
            const struct mb_change_point *now = NULL;
            for (size_t i = 0; i < count; i++) {
                mb_change_state_append(state, values[i]);
                found += mb_change_state_points(state, &now);
            }
            mb_change_state_free(state);
        } else {
            found += mb_change_find(values, count, options, points);
        }
        used += cpu_seconds() - start;
    }
    printf("%zu series of %zu%s: %.4f s CPU, %.3f us for each value (%zu points)\n",
           series, count, grow ? ", value by value" : "", used,
           used * 1e6 / (double)(series * count), found);
    mb_mem_free(values);
    mb_mem_free(points);
}

static size_t number_of(const char *text)
{
    return (size_t)strtoull(text, NULL, 10);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "generate") == 0) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            for (size_t i = 0; i < number_of(argv[3]); i++) {
                series_print(argv[2], kind, i, number_of(argv[4]));
            }
        }
        return 0;
    }
    if (argc < 3) {
        (void)fprintf(stderr, "usage: change generate PART SERIES SEED | detect DETECTOR "
                              "[P_VALUE] | speed DETECTOR SERIES COUNT [--grow]\n");
        return 2;
    }
    struct mb_change_options options = {
        .detector = strcmp(argv[2], "otava") == 0 ? MB_CHANGE_OTAVA : MB_CHANGE_DEFAULT};
    if (argc >= 5 && strcmp(argv[1], "speed") == 0) {
        speed(&options, number_of(argv[3]), number_of(argv[4]), argc > 5);
        return 0;
    }
    if (argc == 4) {
        options.p_value = strtod(argv[3], NULL);
    }
    detect(&options);
    return 0;
}
