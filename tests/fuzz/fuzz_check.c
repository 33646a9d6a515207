// Checks and their reports: any document of any kind. Findings have places inside the
// document, the level agrees with them, every format can be written, and nothing in the
// text of a report is a command to a terminal.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "report/findings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Larger inputs only slow fuzzing down.
enum { MAX_INPUT = 1 << 15 };

static void diag_check(const struct mb_diag *diag, enum mb_level level)
{
    if ((level < MB_LEVEL_PUBLISHABLE) != (diag->errors > 0)) {
        abort(); // every level was asked for
    }
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        bool placed = finding->line > 0 && finding->column > 0 && finding->length > 0;
        if (!placed || finding->message[0] == '\0' ||
            mb_rules_find(finding->code) == NULL) {
            abort();
        }
    }
}

static void report_write(struct mb_arena *arena, const struct mb_doc *doc,
                         const struct mb_diag *diag, enum mb_level level)
{
    struct mb_findings report;
    struct mb_buf out = {0};
    mb_findings_init(&report, arena, MB_LEVEL_PUBLISHABLE);
    mb_findings_add(&report, doc->name, doc, level, diag);
    mb_findings_text(&report, false, &out);
    for (size_t i = 0; i < out.size; i++) {
        unsigned char c = (unsigned char)out.data[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f) {
            abort();
        }
    }
    mb_buf_reset(&out);
    mb_findings_json(&report, &out);
    mb_findings_sarif(&report, "0", &out);
    mb_findings_junit(&report, &out);
    mb_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_doc doc;
    struct mb_err err = {0};
    if (size <= MAX_INPUT &&
        mb_doc_parse(&arena, "fuzz", (const char *)data, size, &doc, &err) == MB_OK) {
        struct mb_diag diag;
        mb_diag_init(&diag, &arena);
        enum mb_level level =
            mb_check_document(&arena, NULL, &doc, MB_LEVEL_PUBLISHABLE, &diag);
        diag_check(&diag, level);
        report_write(&arena, &doc, &diag, level);
    }
    mb_arena_release(&arena);
    return 0;
}
