// Percentile spectra of HdrHistogram (.hgrm, as text or CSV): values, percentiles and how
// many values are at or below each. A file does not say the unit: --unit does.
#include <string.h>

#include "exchange/import_spectrum.h"
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

static enum mb_status lines_read(struct mb_import_spectrum *spectrum,
                                 struct mb_input *input, struct mb_err *err)
{
    const char *line = NULL;
    size_t size;
    bool begun = false;
    enum mb_status status;
    do {
        status = mb_input_line(input, MB_IMPORT_LINE_MAX, &line, &size, err);
        if (status != MB_OK || line == NULL || is_blank(line)) {
            continue;
        }
        bool heading = line[0] != '#' && strstr(line, "TotalCount") != NULL;
        if (heading && begun) {
            return mb_err_at(err, MB_INVALID, mb_input_name(input),
                             mb_input_line_number(input), 0,
                             "a second spectrum begins here: one file holds one");
        }
        begun = begun || heading;
        if (begun && !heading && !mb_import_spectrum_line(spectrum, line)) {
            return mb_err_at(
                err, MB_INVALID, mb_input_name(input), mb_input_line_number(input), 0,
                "not a line of a spectrum, or one that goes back: '%.60s'", line);
        }
    } while (status == MB_OK && line != NULL);
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct mb_import_spectrum spectrum =
        mb_import_spectrum_begin(import->arena, (double)import->unit_ns);
    struct mb_import_run *run = NULL;
    if (import->unit_ns == 0) {
        mb_err_hint(err, "--unit ns, us, ms or s says it");
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "the spectrum does not say the unit of its values");
    }
    enum mb_status status = lines_read(&spectrum, input, err);
    if (status == MB_OK) {
        status = mb_import_run_add(import, input, &run, err);
    }
    if (status == MB_OK) {
        run->part.dist[MB_DIST_RESPONSE] = mb_import_spectrum_dist(&spectrum);
        run->part.counts.completed = spectrum.total;
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
