// Histories: series of one value for each result (or row of a CSV file), the places where
// their level moved, and whether that is for the worse. Compare floor: may include base,
// format, stats, model.
//
// Change points are looked for within segments: a new environment begins a new one, since
// levels of different machines are not comparable. Overheads against the baseline of the
// same run go across. Nothing here prints; writers in report/ print what stands here.
#ifndef MB_COMPARE_HISTORY_H
#define MB_COMPARE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/input.h"
#include "model/derive.h"
#include "model/result.h"
#include "model/series.h"
#include "stats/change.h"

#define MB_HISTORY_NO_TIME INT64_MIN

enum {
    MB_HISTORY_MAX_POINTS = 10000000, // of a CSV file, over all series
    MB_HISTORY_SPARK = 64,            // values of a small picture of a series, at most
    MB_HISTORY_SLACK = 3 // points by which a change point may move as values are added
};

// What points belong to: a result or a row of a CSV file. In the order of the history.
struct mb_history_row {
    int64_t time_unix_ns;    // MB_HISTORY_NO_TIME: not known
    const char *time;        // as it was given; NULL: there is only time_unix_ns
    const char *environment; // digest or name; NULL: not known
    const char *result;      // digest; NULL: not a result
    const char *name;        // of the result's file; NULL: not known
    const char *page;        // where the result lies beside a page; NULL: nowhere
    const char **attributes; // one for each name in the history; NULL: does not have it
};

struct mb_history {
    const char *source; // as the user named it
    const char **attribute_names;
    size_t attribute_count;
    size_t attribute_capacity;
    struct mb_history_row *rows;
    size_t row_count;
    const char **notes; // what a reader has to know about the input
    size_t note_count;
    size_t note_capacity;
};

enum mb_history_scale {
    MB_HISTORY_PLAIN,  // a number of a CSV file
    MB_HISTORY_METRIC, // in `unit`
    MB_HISTORY_RATIO   // an overhead: value over baseline, 1.2 is +20%
};

struct mb_history_series {
    const char *name;     // "istio-mtls · steady · 16 connections · 100 rps · p99"
    const char *metric;   // "response_time.p99"; of a CSV file: the column
    const char *id;       // mb_series_id; NULL: of a CSV file
    const char *group;    // what series are gathered by: the variant; NULL: of a CSV file
    const char *baseline; // overheads: what against; else NULL
    enum mb_history_scale scale;
    enum mb_metric_unit unit;
    bool higher_is_better;
    size_t count;
    const double *values;        // NaN: missing
    const uint32_t *rows;        // ascending; NULL: point i is row i
    const char *const *versions; // of the variant's mesh; NULL: none are known
};

struct mb_history_series_list {
    struct mb_history_series *items;
    size_t count;
    size_t capacity;
};

enum mb_history_direction { MB_HISTORY_BETTER, MB_HISTORY_WORSE };

struct mb_history_change {
    size_t index; // first point of the new level
    size_t from;  // of the level before
    size_t to;    // one past the new level
    size_t row;   // of `index`
    const char *version;
    double before; // levels; of noise: standard deviations or the like
    double after;
    double change; // share of the old level: (after - before) / |before|; NaN: that is 0
    double p_value;
    enum mb_history_direction direction; // of noise: WORSE is more of it
    bool reported;                       // by an earlier call
    const char *acknowledged;            // what people say about it; NULL: nothing
};

struct mb_history_segment {
    size_t from;
    size_t to;
    size_t row; // of `from`
    const char *environment;
};

// The latest value against those before it at the same level.
struct mb_history_latest {
    bool judged; // there were enough values
    size_t index;
    size_t row;
    size_t count; // values that it is set against
    double value;
    double reference; // their mean
    double change;
    double p_value; // that a value of that level is so far off
    double p_adjusted;
    bool outlier; // p_adjusted is below the threshold, and the change large enough
    enum mb_history_direction direction;
};

// A series and what was found in it.
struct mb_history_judged {
    struct mb_history_series series; // without arrays unless they were to be kept
    struct mb_history_segment *segments;
    size_t segment_count;
    struct mb_history_change *changes; // of the level
    size_t change_count;
    struct mb_history_change *noise; // of the spread
    size_t noise_count;
    struct mb_history_latest latest;
    float *spark; // means over equal parts of the series; NaN: no value there
    size_t spark_count;
};

// What is known about the change at a row already.
struct mb_history_mark {
    const char *series; // id; "" is every series
    size_t row;
    const char *acknowledged; // the annotation; NULL: it was only reported
    bool up;                  // of a report: the level rose
};

struct mb_history_options {
    struct mb_change_options change;
    size_t since_row;     // changes at earlier rows are left out
    size_t latest_window; // values that the latest is set against; 0: it is not judged
    bool keep_values;     // of the series in which something was found
    const struct mb_history_mark *marks; // ordered by series
    size_t mark_count;
};

enum { MB_HISTORY_LATEST_MIN = 5 }; // values that the latest can be judged against
#define MB_HISTORY_LATEST_P 0.001   // unless the options say another

// What judges series, one after another; a thread has one of its own.
struct mb_history_judge {
    struct mb_arena *arena;           // borrowed; holds what is found
    const struct mb_history *history; // borrowed
    const struct mb_history_options *options;
    struct mb_change_point *points; // reused from series to series
    size_t capacity;
};
void mb_history_judge_release(struct mb_history_judge *judge);

// Judges one series. What is found is in arena and borrows the history's rows and the
// texts of the series, not its arrays. latest.p_adjusted and latest.outlier are filled in
// by mb_history_latest_decide.
void mb_history_judge_series(struct mb_history_judge *judge,
                             const struct mb_history_series *series,
                             struct mb_history_judged *judged);

// Decides about the latest values of all series together (Holm's correction).
void mb_history_latest_decide(struct mb_history_judged *judged, size_t count,
                              const struct mb_change_options *options);

// Orders by the size of the largest change that was found: those that got worse first,
// then those that got better, then those in which only the noise changed, then the rest
// by name.
void mb_history_sort(struct mb_history_judged *judged, size_t count);

// The change that a series is ordered by: the largest that is not acknowledged, worse
// before better; NULL: none.
const struct mb_history_change *mb_history_worst(const struct mb_history_judged *judged);

// True when the level, the noise or the latest value moved.
bool mb_history_moved(const struct mb_history_judged *judged);

// What makes a gate fail; together as a set of bits.
enum {
    MB_HISTORY_FAIL_WORSE = 1,
    MB_HISTORY_FAIL_BETTER = 2,
    MB_HISTORY_FAIL_NOISE = 4 // it got noisier
};

// True when a change, or anything about a series, fails the gate. What was acknowledged,
// or reported by an earlier call, does not.
bool mb_history_change_fails(const struct mb_history_change *change, bool noise,
                             int fail_on);
bool mb_history_fails(const struct mb_history_judged *judged, int fail_on);

// First row at or after a moment ("2026-11-01", "2026-11-01T03:00:00Z"), or the first
// that has this text as result (or the beginning of its digest, eight characters or more)
// or as an attribute. False when there is none.
bool mb_history_find(const struct mb_history *history, const char *text, size_t *row);

// --- sources

// What a CSV file's columns are. Lists end with NULL. Fields may be NULL where nothing is
// named.
struct mb_history_columns {
    char delimiter; // 0: found out
    const char *time;
    const char *environment;
    const char *const *attributes;
    const char *const *metrics; // NULL: every other column whose first value is a number
    const char *const *higher_is_better; // columns; all other ones are lower is better
};

// Reads a CSV file with a header line; the order of rows is the order of the history. An
// empty cell, and "nan", "NA", "null" and "-" in one, is a missing value. MB_USAGE names
// a column that is not there, with the nearest one as the hint; MB_INVALID has file and
// line of a row that is too short, or of a cell that is no number or no time. In arena.
MB_MUST_USE enum mb_status
mb_history_read_csv(struct mb_arena *arena, struct mb_input *input,
                    const struct mb_history_columns *columns, struct mb_history *history,
                    struct mb_history_series_list *series, struct mb_err *err);

// Results in the order of the history.
struct mb_history_result {
    const struct mb_result *result;
    const char *digest;
    const char *name;
};

struct mb_history_results {
    const struct mb_history_result *items;
    size_t count;
    const char *const *metrics; // as in mb_series_extract
    size_t metric_count;
};

// Adds a remark about the history as a whole. Borrowed.
void mb_history_note(struct mb_arena *arena, struct mb_history *history,
                     const char *note);

// Remarks how often the time goes back: the newest stands first, so that better is worse,
// or several histories were put together. `things` are what the rows were ("rows"), and
// `order` whose order it is ("of the file").
void mb_history_note_order(struct mb_arena *arena, struct mb_history *history,
                           const char *things, const char *order);

// Makes series of results; their labels are the attributes. In arena; strings are
// borrowed from the results.
void mb_history_of_results(struct mb_arena *arena,
                           const struct mb_history_results *results,
                           struct mb_history *history,
                           struct mb_history_series_list *series);

// A name's place among the attributes of a history, which it is added to where it is new.
size_t mb_history_attribute(struct mb_arena *arena, struct mb_history *history,
                            const char *name);

// Which of a series' two numbers its history is made of: overheads are followed as
// ratios, which survive a faster machine, where the metric has any.
enum mb_history_scale mb_history_scale(const struct mb_series_key *key,
                                       enum mb_metric_unit unit);

#endif
