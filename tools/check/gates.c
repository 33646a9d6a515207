#include "check/gates.h"

#include <string.h>

#include "model/derive.h"

struct limit {
    const struct mb_node *gate;
    const char *key;    // "at_most" or "at_least"
    const char *text;   // as written
    const char *bare;   // without its sign
    const char *metric; // name
    enum mb_metric_unit unit;
    bool versus;
};

// The limit of the index-th gate; false when the gate is not whole enough to judge.
static bool limit_read(const struct mb_check *check, size_t index, struct limit *limit)
{
    const struct mb_node *gate = mb_run_item(mb_run_list(check, "gates"), index);
    struct mb_metric metric;
    limit->gate = gate;
    limit->key = mb_node_find(gate, "at_most") != NULL ? "at_most" : "at_least";
    limit->text = mb_node_text(mb_node_find(gate, limit->key), NULL);
    limit->metric = mb_node_text(mb_node_find(gate, "metric"), NULL);
    limit->versus = mb_node_find(gate, "versus") != NULL;
    if (limit->text == NULL || limit->metric == NULL ||
        !mb_metric_parse(limit->metric, &metric)) {
        return false;
    }
    limit->unit = metric.unit;
    limit->bare = limit->text + strspn(limit->text, "+-");
    return true;
}

struct unit_word {
    enum mb_unit unit;
    const char *word; // with an example
};

static struct unit_word unit_of(enum mb_metric_unit unit)
{
    switch (unit) {
    case MB_METRIC_RPS:
        return (struct unit_word){MB_UNIT_RATE, "a rate such as 900rps"};
    case MB_METRIC_RATIO:
        return (struct unit_word){MB_UNIT_SHARE, "a share such as 0.1%"};
    case MB_METRIC_BYTES:
        return (struct unit_word){MB_UNIT_SIZE, "a size such as 64Mi"};
    case MB_METRIC_NS:
    case MB_METRIC_NS_PER_REQUEST:
        break;
    }
    return (struct unit_word){MB_UNIT_DURATION, "a duration such as 5ms"};
}

void mb_gates_unit(struct mb_check *check)
{
    for (size_t i = 0; i < mb_node_count(mb_run_list(check, "gates")); i++) {
        struct limit limit;
        if (!limit_read(check, i, &limit)) {
            continue;
        }
        struct unit_word unit = unit_of(limit.unit);
        bool share = strchr(limit.bare, '%') != NULL;
        if (share && unit.unit != MB_UNIT_SHARE && !limit.versus) {
            mb_run_report(check, mb_run_spec_at(check, "/gates/%zu/%s", i, limit.key),
                          "add 'versus: VARIANT', or give the limit in the metric's unit",
                          "'%s' is a share of another variant, but there is no 'versus'",
                          limit.text);
            continue;
        }
        int64_t value = 0;
        struct mb_err err = {0};
        if (!share && mb_units_parse(unit.unit, limit.bare, &value, &err) != MB_OK) {
            mb_run_report(check, mb_run_spec_at(check, "/gates/%zu/%s", i, limit.key),
                          NULL, "'%s' is not a limit for '%s': it takes %s", limit.text,
                          limit.metric, unit.word);
        }
    }
}

void mb_gates_sign(struct mb_check *check)
{
    for (size_t i = 0; i < mb_node_count(mb_run_list(check, "gates")); i++) {
        struct limit limit;
        if (limit_read(check, i, &limit) && limit.bare != limit.text && !limit.versus) {
            mb_run_report(check, mb_run_spec_at(check, "/gates/%zu/%s", i, limit.key),
                          "add 'versus: VARIANT', or drop the sign",
                          "'%s' is a difference, but there is no 'versus' to subtract",
                          limit.text);
        }
    }
}

void mb_gates_self(struct mb_check *check)
{
    const struct mb_node *gates = mb_run_list(check, "gates");
    for (size_t i = 0; i < mb_node_count(gates); i++) {
        const struct mb_node *gate = mb_run_item(gates, i);
        const char *versus = mb_node_text(mb_node_find(gate, "versus"), NULL);
        const char *variant = mb_node_text(mb_node_find(gate, "variant"), "");
        if (versus != NULL && strcmp(versus, variant) == 0) {
            mb_run_report(check, mb_run_spec_at(check, "/gates/%zu/versus", i),
                          "the noise floor comes from 'trials: {aa: VARIANT}'",
                          "the gate compares '%s' with itself", versus);
        }
    }
}
