// JUnit XML, in the dialect that Jenkins, GitLab and GitHub actions read: a case for each
// trial, and one for each gate in each cell.
#include "base/text.h"
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

struct test {
    const char *class;
    const char *name;
    const char *type;    // of a failure
    const char *message; // of a failure, or why it was skipped
    double seconds;      // below 0: not known
    enum mb_export_outcome outcome;
};

// A trial without a good request measured nothing; one that was cut off is incomplete.
static struct test trial_test(struct mb_export *export, const struct mb_export_run *run)
{
    struct mb_export_counts counts = mb_export_counts_take(&export->scratch, run);
    struct test test = {.class = "meshbench.trial",
                        .name = run->title,
                        .seconds = (double)run->trial->window_ns / MB_UNITS_NS_PER_S,
                        .message = run->trial->reason != NULL ? run->trial->reason : "",
                        .outcome = MB_EXPORT_PASSED};
    if (run->trial->status == MB_TRIAL_DISCARDED) {
        test.outcome = MB_EXPORT_UNDECIDED;
    } else if (run->trial->status == MB_TRIAL_PARTIAL) {
        test.outcome = MB_EXPORT_FAILED;
        test.type = "partial";
    } else if (counts.counts.ok == 0) {
        test.outcome = MB_EXPORT_FAILED;
        test.type = "errors";
        test.message = "no request succeeded";
    }
    return test;
}

static struct test gate_test(struct mb_export *export, const struct mb_export_gate *gate)
{
    const char *point = mb_point_title(&export->scratch, &gate->cell->point);
    return (struct test){.class = "meshbench.gate",
                         .name = mb_arena_print(&export->scratch, "'%s', %s, %s",
                                                gate->cell->variant, point, gate->name),
                         .type = "gate",
                         .message = gate->message,
                         .seconds = -1,
                         .outcome = gate->outcome};
}

static void test_print(const struct test *test, struct mb_buf *out)
{
    mb_buf_print(out, "    <testcase classname=\"%s\" name=\"", test->class);
    mb_text_show_xml(test->name, "", out);
    mb_buf_append_char(out, '"');
    if (test->seconds >= 0) {
        mb_buf_print(out, " time=\"%.3f\"", test->seconds);
    }
    if (test->outcome == MB_EXPORT_PASSED) {
        mb_buf_append_string(out, "/>\n");
        return;
    }
    mb_buf_append_string(out, ">\n      ");
    if (test->outcome == MB_EXPORT_FAILED) {
        mb_buf_print(out, "<failure type=\"%s\" message=\"", test->type);
    } else {
        mb_buf_append_string(out, "<skipped message=\"");
    }
    mb_text_show_xml(test->message, "", out);
    mb_buf_append_string(out, "\"/>\n    </testcase>\n");
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    (void)err;
    struct mb_buf tests = {0};
    size_t all = count + export->gate_count;
    size_t failed = 0;
    size_t skipped = 0;
    for (size_t i = 0; i < all; i++) {
        struct test test = i < count ? trial_test(export, &runs[i])
                                     : gate_test(export, &export->gates[i - count]);
        failed += test.outcome == MB_EXPORT_FAILED;
        skipped += test.outcome == MB_EXPORT_UNDECIDED;
        test_print(&test, &tests);
    }
    mb_buf_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    mb_buf_print(out, "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", all,
                 failed);
    mb_buf_append_string(out, "  <testsuite name=\"meshbench ");
    mb_text_show_xml(export->result->spec_name != NULL ? export->result->spec_name
                                                       : "result",
                     "", out);
    mb_buf_print(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
                 all, failed, skipped);
    mb_buf_append(out, mb_buf_string(&tests), tests.size);
    mb_buf_append_string(out, "  </testsuite>\n</testsuites>\n");
    mb_buf_release(&tests);
    return MB_OK;
}

const struct mb_exporter mb_exporter_junit = {
    .name = "junit",
    .title = "JUnit XML: a case for each trial, and for each gate in each cell",
    .extension = ".xml",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_TRIALS,
    .discarded = true,
    .gates = true,
    .latency = MB_DIST_RESPONSE,
    .lost = "JUnit has outcomes and no numbers; discarded trials and undecided gates are "
            "skipped tests",
    .write = write,
};
