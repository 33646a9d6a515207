#include "stats/edivisive.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "stats/special.h"

// The statistic of a split of z[start..kappa) at tau, with n = tau - start and
// m = kappa - tau, is Matteson and James (2014), formula 6 with alpha = 1:
//   Q = mn / (m + n) * (2 / mn * between - within_left / C(n, 2) - within_right / C(m,
//   2))
// Rows and columns of the matrices below: row i is tau = start + 1 + i, column j is
// kappa = start + 2 + j, both relative to the window.
struct matrix {
    double *cells;
    size_t side;
};

struct candidate {
    size_t index; // in the window
    double q;
};

// Ascending indexes without duplicates.
struct points {
    size_t *items;
    size_t count;
    size_t room;
};

struct mb_edivisive {
    struct mb_edivisive_options options;
    double first_pass;
    // Of one window
    struct matrix distance;    // |z[i] - z[j]|
    struct matrix across;      // [i][j]: sum of the distances of i to i+1..j+1
    struct matrix below;       // sums of `across` from the last row up
    double *whole_share;       // coefficients of the sum between the sides, by column
    struct matrix left_share;  // coefficients of the sum within the left side
    struct matrix right_share; // and the right one
    double *column;            // sum of the distances of j+1 to all before it
    double *prefix;            // its running sum in the interval searched
    double *rows;              // running sum of the rows of `across`
    size_t *bounds;            // intervals of the window: bounds[k]..bounds[k + 1]
    struct candidate *candidates;
    // Of the series
    size_t next;        // where the first window starts that is not done
    struct points done; // weak points of the windows that are
    struct points weak; // those of all windows
};

static struct matrix matrix_new(size_t side)
{
    return (struct matrix){mb_mem_alloc(side * side, sizeof(double)), side};
}

static double *row_of(const struct matrix *matrix, size_t row)
{
    return matrix->cells + row * matrix->side;
}

// Splits of an interval depend on the offsets only: worked out once.
static void fill_shares(struct mb_edivisive *finder)
{
    size_t side = finder->left_share.side;
    for (size_t j = 0; j < side; j++) {
        finder->whole_share[j] = 2.0 / (double)(j + 2);
    }
    for (size_t i = 0; i < side; i++) {
        for (size_t j = i; j < side; j++) {
            double left = (double)(i + 1);
            double right = (double)(j + 1 - i);
            double both = (double)(j + 2);
            if (i > 0) {
                row_of(&finder->left_share, i)[j] = 2.0 * right / (both * (left - 1.0));
            }
            if (j > i) {
                row_of(&finder->right_share, i)[j] = 2.0 * left / (both * (right - 1.0));
            }
        }
    }
}

struct mb_edivisive *mb_edivisive_new(const struct mb_edivisive_options *options)
{
    struct mb_edivisive *finder = mb_mem_alloc(1, sizeof(*finder));
    finder->options = *options;
    double p = options->p_value;
    finder->first_pass = p < 0.05 ? p * 10.0 : p < 0.5 ? p * 2.0 : p;
    size_t window = options->window;
    finder->distance = matrix_new(window);
    finder->across = matrix_new(window);
    finder->below = matrix_new(window);
    finder->whole_share = mb_mem_alloc(window, sizeof(double));
    finder->left_share = matrix_new(window);
    finder->right_share = matrix_new(window);
    finder->column = mb_mem_alloc(window, sizeof(double));
    finder->prefix = mb_mem_alloc(window, sizeof(double));
    finder->rows = mb_mem_alloc(window, sizeof(double));
    finder->bounds = mb_mem_alloc(window + 1, sizeof(size_t));
    finder->candidates = mb_mem_alloc(window, sizeof(struct candidate));
    fill_shares(finder);
    return finder;
}

void mb_edivisive_free(struct mb_edivisive *finder)
{
    if (!finder) {
        return;
    }
    mb_mem_free(finder->distance.cells);
    mb_mem_free(finder->across.cells);
    mb_mem_free(finder->below.cells);
    mb_mem_free(finder->whole_share);
    mb_mem_free(finder->left_share.cells);
    mb_mem_free(finder->right_share.cells);
    mb_mem_free(finder->column);
    mb_mem_free(finder->prefix);
    mb_mem_free(finder->rows);
    mb_mem_free(finder->bounds);
    mb_mem_free(finder->candidates);
    mb_mem_free(finder->done.items);
    mb_mem_free(finder->weak.items);
    mb_mem_free(finder);
}

// NumPy's pairwise summation: eight running sums in blocks of at most 128. The order
// decides the last bit, and the last bit decides whether two constant segments differ.
static double pairwise_sum(const double *values, size_t count)
{
    if (count < 8) {
        double sum = -0.0;
        for (size_t i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum;
    }
    if (count > 128) {
        size_t half = count / 2;
        half -= half % 8;
        return pairwise_sum(values, half) + pairwise_sum(values + half, count - half);
    }
    double r[8];
    memcpy(r, values, sizeof(r));
    size_t i = 8;
    for (; i + 8 <= count; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            r[k] += values[i + k];
        }
    }
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

// Sum of squared deviations, added in the same order as above.
static double squares_sum(const double *values, size_t count, double mean)
{
    if (count > 128) {
        size_t half = count / 2;
        half -= half % 8;
        return squares_sum(values, half, mean) +
               squares_sum(values + half, count - half, mean);
    }
    double squares[128];
    for (size_t i = 0; i < count; i++) {
        double deviation = values[i] - mean;
        squares[i] = deviation * deviation;
    }
    return pairwise_sum(squares, count);
}

// Otava divides by n and hands the result to a t-test that expects n - 1: part of what it
// answers, so it is done here too.
static double variance_of(const double *values, size_t count, double mean)
{
    double sd = count < 2 ? 0.0 : sqrt(squares_sum(values, count, mean) / (double)count);
    return sd * sd;
}

struct mb_edivisive_test mb_edivisive_compare(const double *values, size_t from,
                                              size_t index, size_t to)
{
    double left = (double)(index - from);
    double right = (double)(to - index);
    struct mb_edivisive_test test = {
        .before = pairwise_sum(values + from, index - from) / left,
        .after = pairwise_sum(values + index, to - index) / right,
        .p_value = 1.0};
    if (to - from <= 2) {
        return test;
    }
    double before = variance_of(values + from, index - from, test.before);
    double after = variance_of(values + index, to - index, test.after);
    double df = left + right - 2.0;
    double pooled = ((left - 1.0) * before + (right - 1.0) * after) / df;
    double t = (test.before - test.after) / sqrt(pooled * (1.0 / left + 1.0 / right));
    test.p_value = mb_special_t_two_sided(t, df);
    return test;
}

static void measure_window(struct mb_edivisive *finder, const double *z, size_t count)
{
    memset(finder->column, 0, count * sizeof(double));
    for (size_t i = 0; i < count; i++) {
        double *distance = row_of(&finder->distance, i);
        double *across = row_of(&finder->across, i);
        for (size_t j = i + 1; j < count; j++) {
            distance[j] = fabs(z[i] - z[j]);
            finder->column[j - 1] += distance[j];
        }
        double sum = 0.0;
        for (size_t j = i; j + 1 < count; j++) {
            sum += distance[j + 1];
            across[j] = sum;
        }
    }
}

// Of the columns of the interval: distances to what comes before them in the interval.
static void measure_prefix(struct mb_edivisive *finder, size_t start, size_t side)
{
    memset(finder->prefix, 0, side * sizeof(double));
    for (size_t i = 0; i < start; i++) {
        const double *distance = row_of(&finder->distance, i) + start + 1;
        for (size_t j = 0; j < side; j++) {
            finder->prefix[j] += distance[j];
        }
    }
    double sum = 0.0;
    for (size_t j = 0; j < side; j++) {
        sum += finder->column[start + j] - finder->prefix[j];
        finder->prefix[j] = sum;
    }
}

// The best split of window[start..end), which holds at least two values.
static struct candidate search_interval(struct mb_edivisive *finder, size_t start,
                                        size_t end)
{
    size_t side = end - start - 1;
    measure_prefix(finder, start, side);
    for (size_t i = side - 1; i > 0; i--) {
        const double *across = row_of(&finder->across, start + i) + start;
        const double *after = row_of(&finder->below, i + 1 < side ? i + 1 : i);
        double *below = row_of(&finder->below, i);
        below[i] = across[i];
        for (size_t j = i + 1; j < side; j++) {
            below[j] = after[j] + across[j];
        }
    }
    struct candidate best = {start + 1, -INFINITY};
    memset(finder->rows, 0, side * sizeof(double));
    for (size_t i = 0; i < side; i++) {
        const double *across = row_of(&finder->across, start + i) + start;
        const double *below = row_of(&finder->below, i + 1 < side ? i + 1 : i);
        const double *left_share = row_of(&finder->left_share, i);
        const double *right_share = row_of(&finder->right_share, i);
        double within_left = i > 0 ? finder->prefix[i - 1] : 0.0;
        for (size_t j = i; j < side; j++) {
            finder->rows[j] += across[j];
            double between = finder->whole_share[j] * (finder->rows[j] - within_left);
            double within_right = j > i ? right_share[j] * below[j] : 0.0;
            double q = between - left_share[j] * within_left - within_right;
            if (q > best.q) {
                best = (struct candidate){start + i + 1, q};
            }
        }
    }
    return best;
}

// Splits a window as long as its best candidate is significant. Returns how many
// intervals there are then; their bounds are in finder->bounds.
static size_t search_window(struct mb_edivisive *finder, const double *z, size_t count)
{
    size_t *bounds = finder->bounds;
    struct candidate *candidates = finder->candidates;
    bounds[0] = 0;
    bounds[1] = count;
    size_t intervals = 1;
    if (count < 2) {
        return intervals;
    }
    measure_window(finder, z, count);
    candidates[0] = search_interval(finder, 0, count);
    for (;;) {
        size_t best = intervals;
        for (size_t k = 0; k < intervals; k++) {
            if (bounds[k + 1] - bounds[k] > 1 &&
                (best == intervals || candidates[k].q > candidates[best].q)) {
                best = k;
            }
        }
        if (best == intervals) {
            return intervals;
        }
        size_t index = candidates[best].index;
        struct mb_edivisive_test test =
            mb_edivisive_compare(z, bounds[best], index, bounds[best + 1]);
        if (!(test.p_value <= finder->first_pass)) {
            return intervals;
        }
        size_t behind = intervals - best;
        memmove(bounds + best + 2, bounds + best + 1, behind * sizeof(*bounds));
        memmove(candidates + best + 1, candidates + best, behind * sizeof(*candidates));
        bounds[best + 1] = index;
        intervals++;
        for (size_t k = best; k < best + 2; k++) {
            if (bounds[k + 1] - bounds[k] > 1) {
                candidates[k] = search_interval(finder, bounds[k], bounds[k + 1]);
            }
        }
    }
}

static void points_reserve(struct points *points, size_t room)
{
    if (room > points->room) {
        points->room = room < 16 ? 16 : room * 2;
        points->items = mb_mem_resize(points->items, points->room, sizeof(size_t));
    }
}

// Adds a point to the ascending list unless it is there: windows overlap by half.
static void points_add(struct points *points, size_t index)
{
    points_reserve(points, points->count + 1);
    size_t place = points->count;
    while (place > 0 && points->items[place - 1] > index) {
        place--;
    }
    if (place > 0 && points->items[place - 1] == index) {
        return;
    }
    memmove(points->items + place + 1, points->items + place,
            (points->count - place) * sizeof(size_t));
    points->items[place] = index;
    points->count++;
}

// Searches the window at `start`; returns where the next one starts.
static size_t search_at(struct mb_edivisive *finder, const double *values, size_t start,
                        size_t length, struct points *points)
{
    size_t intervals = search_window(finder, values + start, length);
    size_t last = 0;
    for (size_t k = 1; k < intervals; k++) {
        last = start + finder->bounds[k];
        points_add(points, last);
    }
    size_t step = start + finder->options.window / 2;
    return last > step ? last : step;
}

// Brings finder->weak up to date.
static void find_weak(struct mb_edivisive *finder, const double *values, size_t count)
{
    size_t window = finder->options.window;
    while (finder->next + window <= count) {
        finder->next = search_at(finder, values, finder->next, window, &finder->done);
    }
    points_reserve(&finder->weak, finder->done.count);
    finder->weak.count = finder->done.count;
    if (finder->done.count) {
        memcpy(finder->weak.items, finder->done.items,
               finder->done.count * sizeof(size_t));
    }
    size_t start = finder->next;
    while (start < count) {
        start = search_at(finder, values, start, count - start, &finder->weak);
    }
}

// The largest of many keys, the first of equals; one key changes in O(log n).
struct tournament {
    double *keys;
    size_t *winners; // a heap-shaped tree; its leaves are the numbers of the keys
    size_t leaves;
};

static void tournament_init(struct tournament *tree, size_t count)
{
    tree->leaves = 1;
    while (tree->leaves < count) {
        tree->leaves *= 2;
    }
    tree->keys = mb_mem_alloc(tree->leaves, sizeof(double));
    tree->winners = mb_mem_alloc(tree->leaves * 2, sizeof(size_t));
    for (size_t i = 0; i < tree->leaves; i++) {
        tree->keys[i] = -INFINITY;
        tree->winners[tree->leaves + i] = i;
    }
    for (size_t node = tree->leaves - 1; node > 0; node--) {
        tree->winners[node] = tree->winners[node * 2];
    }
}

static void tournament_release(struct tournament *tree)
{
    mb_mem_free(tree->keys);
    mb_mem_free(tree->winners);
}

static void tournament_set(struct tournament *tree, size_t item, double key)
{
    tree->keys[item] = key;
    for (size_t node = (tree->leaves + item) / 2; node > 0; node /= 2) {
        size_t left = tree->winners[node * 2];
        size_t right = tree->winners[node * 2 + 1];
        tree->winners[node] = tree->keys[right] > tree->keys[left] ? right : left;
    }
}

static size_t tournament_best(const struct tournament *tree)
{
    return tree->winners[1];
}

// The merge: weak points as a list with holes, and who is weakest in either sense.
struct merge {
    const double *values;
    size_t count;
    const size_t *weak;
    size_t weak_count;
    size_t *next;                // of each point; weak_count: none
    size_t *previous;            // the same
    double *p_values;            // NaN as computed
    struct tournament p_value;   // largest first
    struct tournament smallness; // minus the magnitude
};

// max(|after / before - 1|, |before / after - 1|), a division by zero counting as 0.
static double magnitude_of(const struct mb_edivisive_test *test)
{
    double forward = test->before == 0.0 ? 0.0 : fabs(test->after / test->before - 1.0);
    double backward = test->after == 0.0 ? 0.0 : fabs(test->before / test->after - 1.0);
    return fmin(fmax(forward, backward), 1e300);
}

static void merge_test(struct merge *merge, size_t point)
{
    size_t none = merge->weak_count;
    if (point == none) {
        return;
    }
    size_t previous = merge->previous[point];
    size_t next = merge->next[point];
    struct mb_edivisive_test test = mb_edivisive_compare(
        merge->values, previous == none ? 0 : merge->weak[previous], merge->weak[point],
        next == none ? merge->count : merge->weak[next]);
    merge->p_values[point] = test.p_value;
    tournament_set(&merge->p_value, point, isnan(test.p_value) ? -1.0 : test.p_value);
    tournament_set(&merge->smallness, point, -magnitude_of(&test));
}

// Takes a point out and tests again the two behind it. Otava means the two beside it, and
// takes these; the one before keeps the test that it had.
static void merge_remove(struct merge *merge, size_t point, size_t *first)
{
    size_t none = merge->weak_count;
    size_t previous = merge->previous[point];
    size_t next = merge->next[point];
    if (previous == none) {
        *first = next;
    } else {
        merge->next[previous] = next;
    }
    if (next != none) {
        merge->previous[next] = previous;
    }
    tournament_set(&merge->p_value, point, -INFINITY);
    tournament_set(&merge->smallness, point, -INFINITY);
    merge_test(merge, next);
    merge_test(merge, next == none ? none : merge->next[next]);
}

// Takes the weakest out until none is weak. Returns the first of those left.
static size_t merge_run(struct merge *merge, const struct mb_edivisive_options *options)
{
    size_t none = merge->weak_count;
    size_t first = 0;
    for (size_t i = 0; i < none; i++) {
        merge->previous[i] = i > 0 ? i - 1 : none;
        merge->next[i] = i + 1;
    }
    for (size_t i = 0; i < none; i++) {
        merge_test(merge, i);
    }
    while (first != none) {
        // Python's max() keeps a first NaN and passes over any other.
        size_t weakest =
            isnan(merge->p_values[first]) ? first : tournament_best(&merge->p_value);
        if (merge->p_values[weakest] < options->p_value) {
            weakest = tournament_best(&merge->smallness);
            if (-merge->smallness.keys[weakest] > options->min_magnitude) {
                return first;
            }
        }
        merge_remove(merge, weakest, &first);
    }
    return first;
}

size_t mb_edivisive_find(struct mb_edivisive *finder, const double *values, size_t count,
                         size_t *indexes)
{
    find_weak(finder, values, count);
    size_t none = finder->weak.count;
    if (none == 0) {
        return 0;
    }
    struct merge merge = {.values = values,
                          .count = count,
                          .weak = finder->weak.items,
                          .weak_count = none,
                          .next = mb_mem_alloc(none, sizeof(size_t)),
                          .previous = mb_mem_alloc(none, sizeof(size_t)),
                          .p_values = mb_mem_alloc(none, sizeof(double))};
    tournament_init(&merge.p_value, none);
    tournament_init(&merge.smallness, none);
    size_t found = 0;
    for (size_t i = merge_run(&merge, &finder->options); i != none; i = merge.next[i]) {
        indexes[found] = finder->weak.items[i];
        found++;
    }
    mb_mem_free(merge.next);
    mb_mem_free(merge.previous);
    mb_mem_free(merge.p_values);
    tournament_release(&merge.p_value);
    tournament_release(&merge.smallness);
    return found;
}
