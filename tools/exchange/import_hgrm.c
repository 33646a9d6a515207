// Percentile spectra of HdrHistogram (.hgrm, as text or CSV): values, percentiles and how
// many values are at or below each. A file does not say the unit: --unit does.
#include <string.h>

#include "exchange/import_spectrum.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

static int detect(const char *head, size_t size)
{
    (void)size;
    const char *heading = strstr(head, "Value");
    if (heading == NULL || strstr(heading, "Percentile") == NULL ||
        strstr(heading, "TotalCount") == NULL) {
        return 0;
    }
    return strncmp(head, "\"Value\"", 7) == 0 ||
                   strspn(head, " \t\r\n") == (size_t)(heading - head)
               ? 90
               : 50;
}

// Nothing but blanks: between the heading and the lines.
static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

struct reading {
    struct mb_input *input;
    struct mb_import_spectrum spectrum;
    bool begun; // its heading was seen
    struct mb_err *err;
};

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    bool heading = line[0] != '#' && strstr(line, "TotalCount") != NULL;
    if (is_blank(line)) {
        return MB_OK;
    }
    if (heading && reading->begun) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "a second spectrum begins here: one file holds one");
    }
    reading->begun = reading->begun || heading;
    if (reading->begun && !heading &&
        !mb_import_spectrum_line(&reading->spectrum, line)) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "not a line of a spectrum, or one that goes back: '%.60s'",
                         line);
    }
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {
        .input = input,
        .spectrum = mb_import_spectrum_begin(import->arena, (double)import->unit_ns),
        .err = err,
    };
    struct mb_import_run *run = NULL;
    if (import->unit_ns == 0) {
        mb_err_hint(err, "--unit ns, us, ms or s says it");
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "the spectrum does not say the unit of its values");
    }
    enum mb_status status = mb_import_text_lines(input, line_read, &reading, err);
    if (status == MB_OK) {
        status = mb_import_run_add(import, input, &run, err);
    }
    if (status == MB_OK) {
        run->part.dist[MB_DIST_RESPONSE] = mb_import_spectrum_dist(&reading.spectrum);
        run->part.counts.completed = reading.spectrum.total;
    }
    return status;
}

const struct mb_importer mb_importer_hgrm = {
    .name = "hgrm",
    .title = "HdrHistogram's percentile spectra (.hgrm, CSV)",
    .tool = "hdrhistogram",
    .detect = detect,
    .read = read,
    .unknown =
        "a spectrum holds values only: neither their unit, nor what was asked, nor "
        "how, nor when, nor what failed",
};
