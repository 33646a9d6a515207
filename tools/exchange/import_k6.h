// The forms of k6's results, each with its reader: import_k6.c chooses. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_K6_H
#define MB_EXCHANGE_IMPORT_K6_H

#include "exchange/import.h"
#include "exchange/import_text.h"

// The fact of an open load: iterations that were due and found no virtual user free.
#define MB_IMPORT_K6_DROPPED "dropped_iterations"

// The latencies of a summary, which has its statistics in any order.
struct mb_import_k6_trend {
    struct mb_import_quantiles quantiles;
    int64_t mean_ns; // -1 each: not said
    int64_t min_ns;
    int64_t max_ns;
};

void mb_import_k6_trend_init(struct mb_import_k6_trend *trend);

// Something was said.
bool mb_import_k6_trend_some(const struct mb_import_k6_trend *trend);

// Which statistic a name is, "p(99.9)", "p99.9", "med", "avg", "min" or "max": takes its
// value. False: it is none of them ("count").
bool mb_import_k6_trend_take(struct mb_import_k6_trend *trend, struct mb_arena *arena,
                             const char *name, int64_t value_ns);

// What a summary says of its requests.
struct mb_import_k6_summary {
    struct mb_import_k6_trend all;
    struct mb_import_k6_trend good; // those whose answer was expected; where it is said
    int64_t requests;               // -1 each: not known
    int64_t failed;
    int64_t dropped; // iterations that were due and never began; 0 where it does not say
};

// Fills the counts, and the latencies: those of the good requests where k6 keeps them
// apart, of all otherwise. Needs the load model in the point. MB_INVALID, without a
// place, when more failed than there were or a higher percentile is less than a lower
// one.
MB_MUST_USE enum mb_status mb_import_k6_summary_put(struct mb_import *import,
                                                    struct mb_import_run *run,
                                                    struct mb_import_k6_summary *summary,
                                                    struct mb_err *err);

// Says, where iterations were dropped, that their requests are in no figure.
void mb_import_k6_dropped(struct mb_import *import, struct mb_import_run *run,
                          int64_t iterations);

// The start of the summary that k6 prints at its end.
bool mb_import_k6_is_text(const char *head);

MB_MUST_USE enum mb_status mb_import_k6_text(struct mb_import *import,
                                             struct mb_input *input, struct mb_err *err);

// Measurement by measurement, as `--out json` and `--out csv` write them.
bool mb_import_k6_is_points(const char *head);
bool mb_import_k6_is_csv(const char *head);
MB_MUST_USE enum mb_status
mb_import_k6_points(struct mb_import *import, struct mb_input *input, struct mb_err *err);
MB_MUST_USE enum mb_status mb_import_k6_csv(struct mb_import *import,
                                            struct mb_input *input, struct mb_err *err);

#endif
