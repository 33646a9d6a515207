// CSV form of a comparison: the JSON form's numbers, one row for each comparison.
#include "report/compare.h"

#include "format/emit.h"
#include "report/escape.h"

struct column {
    const char *title;
    const char *pointer; // into a comparison of the JSON form
};

static const struct column columns[] = {
    {"effect", "/effect"},
    {"workload", "/point/workload"},
    {"load_model", "/point/load_model"},
    {"connections", "/point/connections"},
    {"rate_rps", "/point/rate_rps"},
    {"baseline", "/baseline"},
    {"variant", "/variant"},
    {"metric", "/metric"},
    {"unit", "/unit"},
    {"primary", "/primary"},
    {"aa", "/aa"},
    {"baseline_value", "/baseline_value"},
    {"value", "/value"},
    {"difference", "/difference"},
    {"difference_low", "/difference_low"},
    {"difference_high", "/difference_high"},
    {"added", "/added"},
    {"added_low", "/added_low"},
    {"added_high", "/added_high"},
    {"ratio", "/ratio"},
    {"ratio_low", "/ratio_low"},
    {"ratio_high", "/ratio_high"},
    {"confidence", "/confidence"},
    {"n", "/n"},
    {"method", "/method"},
    {"p_value", "/p_value"},
    {"p_adjusted", "/p_adjusted"},
    {"p_rank", "/p_rank"},
    {"shift_ratio", "/shift_ratio"},
    {"shift_difference", "/shift_difference"},
    {"margin", "/margin"},
    {"noise_floor_ratio", "/noise_floor_ratio"},
    {"detectable_ratio", "/detectable_ratio"},
    {"detectable_difference", "/detectable_difference"},
    {"verdict", "/verdict"},
    {"blocks_needed", "/blocks_needed"},
    {"reason", "/reasons/0"},
    {"baseline_result", "/baseline_result"},
    {"result", "/result"},
    {"group", "/group"},
    {"notes", "/notes"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

// Unknown is an empty field.
static void field_print(const struct mb_node *node, struct mb_buf *out)
{
    if (node == NULL || node->type == MB_NODE_NULL) {
        return;
    }
    if (node->type == MB_NODE_STRING) {
        mb_escape_csv(out, node->as.string.data);
    } else {
        mb_emit_json_compact(node, out);
    }
}

void mb_report_compare_csv(struct mb_arena *arena, const struct mb_compare_report *report,
                           struct mb_buf *out)
{
    const struct mb_node *comparisons =
        mb_node_find(mb_report_compare_node(arena, report), "comparisons");
    for (size_t i = 0; i < COLUMNS; i++) {
        mb_buf_print(out, "%s%s", i > 0 ? "," : "", columns[i].title);
    }
    mb_buf_append_string(out, "\r\n");
    for (size_t row = 0; row < mb_node_count(comparisons); row++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            mb_buf_append_string(out, i > 0 ? "," : "");
            field_print(mb_node_at(comparisons->as.list.items[row], columns[i].pointer),
                        out);
        }
        mb_buf_append_string(out, "\r\n");
    }
}
