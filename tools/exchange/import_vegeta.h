// The forms of vegeta's results, each with its reader: import_vegeta.c chooses. Exchange
// floor.
#ifndef MB_EXCHANGE_IMPORT_VEGETA_H
#define MB_EXCHANGE_IMPORT_VEGETA_H

#include "exchange/import_report.h"

// A report, as text or JSON, whose figures are collected before they are put into a run.
struct mb_import_vegeta {
    struct mb_import_report report;
    int64_t requests;    // -1: not said yet
    int64_t unanswered;  // "0:535": no answer came
    unsigned kinds;      // bit by enum mb_error_kind: what the messages of those tell
    int64_t duration_ns; // -1: not said
    int64_t wait_ns;     // from the last request to the last answer, where it is apart
};

MB_MUST_USE enum mb_status mb_import_vegeta_begin(struct mb_import_vegeta *vegeta);

// "200:665". False: it is no status.
bool mb_import_vegeta_status(struct mb_import_vegeta *vegeta, int64_t status, int64_t n);

// "[50, 90, 95, 99]". False: it is no percentile, or not above the one before it.
bool mb_import_vegeta_quantile(struct mb_import_report *report, double percent,
                               int64_t value_ns);

// A line of the set of errors, which does not say how often each came.
void mb_import_vegeta_error(struct mb_import_vegeta *vegeta, const char *message);

// Fills the run. MB_INVALID with the line of its beginning when requests and statuses
// contradict each other.
MB_MUST_USE enum mb_status mb_import_vegeta_end(struct mb_import_vegeta *vegeta);

// `vegeta report -type=json`.
MB_MUST_USE enum mb_status mb_import_vegeta_json(struct mb_import *import,
                                                 struct mb_input *input,
                                                 struct mb_err *err);

// `vegeta report -type=hist[...]` and `-type=hdrplot`.
bool mb_import_vegeta_is_table(const char *head);
MB_MUST_USE enum mb_status mb_import_vegeta_table(struct mb_import *import,
                                                  struct mb_input *input,
                                                  struct mb_err *err);

// `vegeta encode`: request by request.
bool mb_import_vegeta_is_csv(const char *head);
bool mb_import_vegeta_is_lines(const char *head);
MB_MUST_USE enum mb_status mb_import_vegeta_csv(struct mb_import *import,
                                                struct mb_input *input,
                                                struct mb_err *err);
MB_MUST_USE enum mb_status mb_import_vegeta_lines(struct mb_import *import,
                                                  struct mb_input *input,
                                                  struct mb_err *err);

#endif
