// The Otava-compatible detector: data/edivisive.txt, made by data/make_edivisive.py with
// Apache Otava 0.8, and the golden lists of its own tests on the series of the corpus.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats/edivisive.h"

enum { VALUES_MAX = 512, LINE_MAX_BYTES = 8192 };

static const char *const DATA = "tests/unit/stats/data/edivisive.txt";

struct series {
    struct mb_edivisive_options options;
    double values[VALUES_MAX];
    size_t count;
    size_t expected[VALUES_MAX];
    size_t expected_count;
};

static double number_next(void)
{
    const char *word = strtok(NULL, " \n");
    assert_non_null(word);
    return strtod(word, NULL);
}

static void series_parse(struct series *series)
{
    series->options.window = (size_t)number_next();
    series->options.p_value = number_next();
    series->options.min_magnitude = number_next();
    series->count = (size_t)number_next();
    assert_true(series->count <= VALUES_MAX);
    for (size_t i = 0; i < series->count; i++) {
        series->values[i] = number_next();
    }
    assert_string_equal(strtok(NULL, " \n"), "=");
    series->expected_count = 0;
    for (const char *word = strtok(NULL, " \n"); word; word = strtok(NULL, " \n")) {
        series->expected[series->expected_count] = (size_t)strtod(word, NULL);
        series->expected_count++;
    }
}

static void points_check(const char *name, const struct series *series,
                         const size_t *found, size_t count)
{
    for (size_t i = 0; i < count || i < series->expected_count; i++) {
        if (i >= count || i >= series->expected_count ||
            found[i] != series->expected[i]) {
            fail_msg("%s: point %zu: got %zd of %zu, expected %zd of %zu", name, i,
                     i < count ? (ssize_t)found[i] : -1, count,
                     i < series->expected_count ? (ssize_t)series->expected[i] : -1,
                     series->expected_count);
        }
    }
}

// At once, and again value by value: asking in between must change nothing.
static void series_check(const char *name, const struct series *series)
{
    size_t found[VALUES_MAX];
    struct mb_edivisive *finder = mb_edivisive_new(&series->options);
    size_t count = mb_edivisive_find(finder, series->values, series->count, found);
    mb_edivisive_free(finder);
    points_check(name, series, found, count);
    finder = mb_edivisive_new(&series->options);
    count = 0;
    for (size_t i = 1; i <= series->count; i++) {
        count = mb_edivisive_find(finder, series->values, i, found);
    }
    mb_edivisive_free(finder);
    points_check(name, series, found, count);
}

static void agrees_with_otava(void **state)
{
    (void)state;
    FILE *file = fopen(DATA, "r");
    assert_non_null(file);
    char line[LINE_MAX_BYTES];
    size_t series_count = 0;
    size_t point_count = 0;
    while (fgets(line, sizeof(line), file)) {
        if (line[0] == '#') {
            continue;
        }
        static struct series series;
        const char *name = strtok(line, " ");
        series_parse(&series);
        series_check(name, &series);
        series_count++;
        point_count += series.expected_count;
    }
    (void)fclose(file);
    assert_int_equal(series_count, 200);
    assert_true(point_count > 300);
}

static bool series_of_corpus(struct series *series)
{
    const char *root = getenv("MB_CORPUS");
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/tables/otava_tigerbeetle_series.csv",
                   root ? root : "../shared/corpus");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("SKIPPED: no corpus (%s); set MB_CORPUS\n", path);
        return false;
    }
    char line[LINE_MAX_BYTES];
    series->count = 0;
    while (fgets(line, sizeof(line), file)) {
        const char *comma = strchr(line, ',');
        if (line[0] >= '0' && line[0] <= '9' && comma && series->count < VALUES_MAX) {
            series->values[series->count] = strtod(comma + 1, NULL);
            series->count++;
        }
    }
    (void)fclose(file);
    return true;
}

static void agrees_with_goldens(void **state)
{
    (void)state;
    // Indexes as in apache/otava tests/tigerbeetle_test.py.
    static const struct {
        const char *name;
        struct mb_edivisive_options options;
        const char *indexes;
    } cases[] = {
        {"p 0.01, 5%", {30, 0.01, 0.05}, "15 71"},
        {"p 0.05, 5%", {30, 0.05, 0.05}, "15 71"},
        {"p 0.1, 5%", {30, 0.1, 0.05}, "10 11 15 71 363"},
        {"p 0.2, 5%", {30, 0.2, 0.05}, "10 11 15 71"},
        {"p 0.2",
         {30, 0.2, 0.0},
         "3 6 7 10 11 13 15 16 28 29 35 37 39 41 44 48 49 56 58 61 65 66 69 71 74 76 82 "
         "95 108 117 125 126 129 131 136 137 142 148 165 169 187 190 192 197 200 212 220 "
         "241 243 246 247 249 250 260 265 266 268 278 282 288 305 306 325 330 337 338 "
         "340 347 349 363"},
        {"p 0.1",
         {30, 0.1, 0.0},
         "3 6 10 11 15 16 28 29 35 37 39 41 44 48 49 61 71 95 117 131 142 148 165 169 "
         "192 206 212 260 265 268 278 282 288 305 363"},
        {"p 0.01", {30, 0.01, 0.0}, "15 26 61 71 95 117 131 142 148 165 169 192 212 260"},
        {"p 0.001", {30, 0.001, 0.0}, "15 61 71 95 117 131 142 148 192 212 260"},
        {"p 0.0001", {30, 0.0001, 0.0}, "71 95 117 131 142 148 192 212"},
        {"p 0.00001", {30, 0.00001, 0.0}, "71 95 131 192 212"},
    };
    static struct series series;
    if (!series_of_corpus(&series)) {
        skip();
    }
    assert_int_equal(series.count, 365);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char indexes[512];
        (void)snprintf(indexes, sizeof(indexes), "%s", cases[i].indexes);
        series.options = cases[i].options;
        series.expected_count = 0;
        for (const char *word = strtok(indexes, " "); word; word = strtok(NULL, " ")) {
            series.expected[series.expected_count] = (size_t)strtod(word, NULL);
            series.expected_count++;
        }
        series_check(cases[i].name, &series);
    }
}

static void tests_constants(void **state)
{
    (void)state;
    const double values[] = {2.0, 2.0, 2.0, 3.0, 3.0, 3.0};
    struct mb_edivisive_test step = mb_edivisive_compare(values, 0, 3, 6);
    assert_true(step.before == 2.0 && step.after == 3.0 && step.p_value == 0.0);
    struct mb_edivisive_test same = mb_edivisive_compare(values, 0, 1, 3);
    assert_true(same.before == same.after && same.p_value != same.p_value);
    struct mb_edivisive_test two = mb_edivisive_compare(values, 2, 3, 4);
    assert_true(two.p_value == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_otava),
        cmocka_unit_test(agrees_with_goldens),
        cmocka_unit_test(tests_constants),
    };
    return cmocka_run_group_tests_name("stats/edivisive", tests, NULL, NULL);
}
