// JUnit form of a comparison, in the dialect that Jenkins, GitLab and GitHub actions
// read.
#include "report/compare.h"

#include "report/effect.h"
#include "report/escape.h"

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED, OUTCOMES };

static bool tested(const struct mb_comparison *effect)
{
    return effect->primary && !effect->aa;
}

static enum outcome effect_outcome(const struct mb_comparison *effect)
{
    switch (effect->verdict) {
    case MB_COMPARE_WORSE:
        return OUTCOME_FAILED;
    case MB_COMPARE_BETTER:
    case MB_COMPARE_SAME:
        return OUTCOME_PASSED;
    case MB_COMPARE_INCONCLUSIVE:
    case MB_COMPARE_INCOMPARABLE:
        return OUTCOME_SKIPPED;
    }
    return OUTCOME_SKIPPED;
}

static enum outcome gate_outcome(const struct mb_compare_gate *gate)
{
    switch (gate->state) {
    case MB_COMPARE_GATE_PASSED:
        return OUTCOME_PASSED;
    case MB_COMPARE_GATE_FAILED:
        return OUTCOME_FAILED;
    case MB_COMPARE_GATE_UNDECIDED:
        return OUTCOME_SKIPPED;
    }
    return OUTCOME_SKIPPED;
}

struct test {
    const char *class;
    const char *name;
    const char *type;    // of a failure
    const char *message; // of a failure, or why it was skipped
    enum outcome outcome;
};

static void test_print(const struct test *test, struct mb_buf *out)
{
    mb_buf_print(out, "    <testcase classname=\"%s\" name=\"", test->class);
    mb_escape_xml(out, test->name);
    if (test->outcome == OUTCOME_PASSED) {
        mb_buf_append_string(out, "\"/>\n");
        return;
    }
    mb_buf_append_string(out, "\">\n      ");
    if (test->outcome == OUTCOME_FAILED) {
        mb_buf_print(out, "<failure type=\"%s\" message=\"", test->type);
    } else {
        mb_buf_append_string(out, "<skipped message=\"");
    }
    mb_escape_xml(out, test->message);
    mb_buf_append_string(out, "\"/>\n    </testcase>\n");
}

static void effect_print(struct mb_arena *arena, const struct mb_compare_report *report,
                         const struct mb_comparison *effect, struct mb_buf *out)
{
    char text[MB_EFFECT_TEXT];
    struct mb_effect_scale scale = mb_effect_scale(effect);
    mb_effect_size_text(effect, &scale, text, sizeof text);
    const char *unit = scale.relative ? "" : mb_arena_print(arena, " (%s)", scale.unit);
    const char *found = mb_arena_print(arena, "%s%s, against '%s'", text, unit,
                                       mb_effect_baseline_label(report, effect));
    const char *variant = effect->cell->variant;
    if (effect->design != MB_COMPARE_VARIANT) {
        variant = mb_arena_print(arena, "%s, %s", variant,
                                 mb_effect_label(arena, report, effect));
    }
    enum outcome outcome = effect_outcome(effect);
    test_print(
        &(const struct test){
            .class = "meshbench.compare",
            .name = mb_arena_print(arena, "%s, %s, %s", variant, effect->metric.name,
                                   mb_point_title(arena, &effect->cell->point)),
            .type = "worse",
            .message = outcome == OUTCOME_SKIPPED && effect->reason_count > 0
                           ? effect->reasons[0]
                           : found,
            .outcome = outcome},
        out);
}

static void gate_print(struct mb_arena *arena, const struct mb_compare_gate *gate,
                       struct mb_buf *out)
{
    char text[MB_EFFECT_TEXT];
    mb_effect_gate_text(gate, text, sizeof text);
    test_print(
        &(const struct test){
            .class = "meshbench.gate",
            .name = mb_arena_print(arena, "%s, %s%s%s, %s", gate->cell->variant,
                                   gate->metric, gate->against != NULL ? " against " : "",
                                   gate->against != NULL ? gate->against : "",
                                   mb_point_title(arena, &gate->cell->point)),
            .type = "gate",
            .message = gate->reason != NULL ? gate->reason : text,
            .outcome = gate_outcome(gate)},
        out);
}

void mb_report_compare_junit(struct mb_arena *arena,
                             const struct mb_compare_report *report, struct mb_buf *out)
{
    size_t counts[OUTCOMES] = {0};
    size_t tests = report->gate_count;
    for (size_t i = 0; i < report->gate_count; i++) {
        counts[gate_outcome(&report->gates[i])]++;
    }
    for (size_t i = 0; i < report->count; i++) {
        if (tested(&report->comparisons[i])) {
            counts[effect_outcome(&report->comparisons[i])]++;
            tests++;
        }
    }
    mb_buf_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    mb_buf_print(out, "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", tests,
                 counts[OUTCOME_FAILED]);
    mb_buf_print(out,
                 "  <testsuite name=\"meshbench compare\" tests=\"%zu\" failures=\"%zu\" "
                 "errors=\"0\" skipped=\"%zu\">\n",
                 tests, counts[OUTCOME_FAILED], counts[OUTCOME_SKIPPED]);
    for (size_t i = 0; i < report->count; i++) {
        if (tested(&report->comparisons[i])) {
            effect_print(arena, report, &report->comparisons[i], out);
        }
    }
    for (size_t i = 0; i < report->gate_count; i++) {
        gate_print(arena, &report->gates[i], out);
    }
    if (report->note_count > 0) {
        mb_buf_append_string(out, "    <system-out>");
        for (size_t i = 0; i < report->note_count; i++) {
            mb_buf_print(out, "%s: ", report->notes[i].code);
            mb_escape_xml(out, report->notes[i].message);
            mb_buf_append_char(out, '\n');
        }
        mb_buf_append_string(out, "</system-out>\n");
    }
    mb_buf_append_string(out, "  </testsuite>\n</testsuites>\n");
}
