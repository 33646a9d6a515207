// What h2load writes with --log-file: a line for each request that ended, with its start
// (us since 1970), its status (-1: the stream failed) and how long it took from the
// actual sending (us), tabs between; "more columns may be added later". The log leaves
// out what never ended, and runs are appended to it without a mark.
#include <string.h>

#include "base/units.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum { LOGGED_STATUS_MAX = 999, SCORE = 85 };
static const int64_t START_LEAST_US = INT64_C(1000000000000000); // in 2001

// A whole number, and the tab behind it.
static bool number_take(const char **at, int64_t min, int64_t max, int64_t *value)
{
    char digits[24];
    size_t size = strcspn(*at, "\t\r\n");
    struct mb_err ignored = {0};
    if (size >= sizeof digits) {
        return false;
    }
    memcpy(digits, *at, size);
    digits[size] = '\0';
    if (mb_units_parse_int(digits, min, max, value, &ignored) != MB_OK) {
        return false;
    }
    *at += size + ((*at)[size] == '\t');
    return true;
}

// "1795488100467535	503	40"
static bool row_read(const char *line, struct mb_import_sample *sample)
{
    int64_t start_us;
    int64_t status;
    int64_t took_us;
    if (!number_take(&line, START_LEAST_US, MB_UNITS_SAFE_MAX, &start_us) ||
        !number_take(&line, -1, LOGGED_STATUS_MAX, &status) ||
        !number_take(&line, 0, MB_UNITS_SAFE_MAX / MB_UNITS_NS_PER_US, &took_us)) {
        return false;
    }
    bool answered = status > 0;
    *sample = (struct mb_import_sample){
        .start_ns = start_us * MB_UNITS_NS_PER_US,
        .latency_ns = took_us * MB_UNITS_NS_PER_US,
        .connect_ns = -1,
        .status = answered ? (int)status : 0,
        .ok = answered && status < MB_IMPORT_STATUS_WRONG,
        .kind = answered ? MB_ERROR_STATUS : MB_ERROR_OTHER,
        .bytes_sent = -1,
        .bytes_received = -1,
    };
    return true;
}

// By the first two lines: sixteen digits, a status and a time are no other tool's.
static int detect(const char *head, size_t size)
{
    (void)size;
    struct mb_import_sample ignored;
    const char *second = strchr(head, '\n');
    if (!row_read(head, &ignored)) {
        return 0;
    }
    return second == NULL || second[1] == '\0' || row_read(second + 1, &ignored) ? SCORE
                                                                                 : 0;
}

struct rows {
    struct mb_input *input;
    struct mb_import_samples samples;
    struct mb_err *err;
};

static enum mb_status row_line(void *state, const char *line)
{
    struct rows *rows = state;
    struct mb_import_sample sample;
    if (row_read(line, &sample)) {
        mb_import_samples_add(&rows->samples, &sample);
    } else if (line[0] != '\0') {
        return mb_err_at(rows->err, MB_INVALID, mb_input_name(rows->input),
                         mb_input_line_number(rows->input), 0,
                         "not a row of h2load's log: '%.60s'", line);
    }
    return MB_OK;
}

static enum mb_status run_fill(struct mb_import *import, struct mb_input *input,
                               struct mb_import_samples *samples, struct mb_err *err)
{
    struct mb_import_run *run;
    enum mb_status status = mb_import_run_add(import, input, &run, err);
    if (status != MB_OK) {
        return status;
    }
    run->start_unix_ns = samples->first_ns;
    mb_import_samples_put(samples, import, run, false);
    // What timed out, or was lost with its connection, is not in it.
    run->part.counts.intended = -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (i != MB_ERROR_STATUS && i != MB_ERROR_OTHER) {
            run->part.counts.errors_by_kind[i] = -1;
        }
    }
    mb_import_note_add(import, MB_IMPORT_DROPPED,
                       "h2load's log leaves out the requests that never ended");
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct rows rows = {.input = input, .err = err};
    mb_import_samples_init(&rows.samples, import->arena);
    enum mb_status status = mb_import_text_lines(input, row_line, &rows, err);
    if (status == MB_OK && rows.samples.requests > 0) {
        status = run_fill(import, input, &rows.samples, err);
    }
    mb_import_samples_release(&rows.samples);
    return status;
}

const struct mb_importer mb_importer_h2load_log = {
    .name = "h2load-log",
    .title = "h2load's log of requests (--log-file)",
    .tool = "h2load",
    .detect = detect,
    .read = read,
    .unknown = "h2load's log does not say how many connections there were, whether a "
               "rate held the requests back, or where another run was appended",
};
