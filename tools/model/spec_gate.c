// Gates: limits in a spec, and the same in one line of text.
#include <string.h>

#include "model/derive.h"
#include "model/spec.h"
#include "model/spec_read.h"

static enum mb_unit limit_unit(enum mb_metric_unit unit)
{
    switch (unit) {
    case MB_METRIC_RPS:
        return MB_UNIT_RATE;
    case MB_METRIC_RATIO:
        return MB_UNIT_SHARE;
    case MB_METRIC_BYTES:
        return MB_UNIT_SIZE;
    case MB_METRIC_NS:
    case MB_METRIC_NS_PER_REQUEST:
        break;
    }
    return MB_UNIT_DURATION;
}

enum mb_status mb_spec_gate_limit(const char *text, struct mb_gate *gate,
                                  struct mb_err *err)
{
    struct mb_metric metric;
    if (!mb_metric_parse(gate->metric, &metric)) {
        return mb_err_set(err, MB_INVALID, "'%s' is not a metric", gate->metric);
    }
    bool negative = text[0] == '-';
    text += negative || text[0] == '+'; // quantities have no sign of their own
    enum mb_unit unit = limit_unit(metric.unit);
    size_t size = strlen(text);
    if (unit != MB_UNIT_SHARE && size > 0 && text[size - 1] == '%') {
        gate->relative = true;
        unit = MB_UNIT_SHARE;
        if (gate->versus == NULL) {
            return mb_err_set(err, MB_INVALID,
                              "'%s' is a share of another variant: 'versus' is missing",
                              text);
        }
    }
    enum mb_status status = mb_units_parse(unit, text, &gate->limit, err);
    gate->limit = negative ? -gate->limit : gate->limit;
    return status;
}

// In arena: the text between two places, without blanks around it.
static const char *piece(struct mb_arena *arena, const char *from, const char *to)
{
    while (from < to && *from == ' ') {
        from++;
    }
    while (to > from && to[-1] == ' ') {
        to--;
    }
    return mb_arena_copy_bytes(arena, from, (size_t)(to - from));
}

static enum mb_status refuse(const char *text, const char *why, struct mb_err *err)
{
    enum mb_status status =
        mb_err_set(err, MB_USAGE, "'%s' is not a gate: %s", text, why);
    mb_err_hint(err, "[VARIANT:]METRIC<=LIMIT[ versus VARIANT], or >=; for example "
                     "'response_time.p99<=20ms', 'istio:response_time.p99<=+5ms versus "
                     "baseline'");
    return status;
}

enum mb_status mb_spec_gate_parse(struct mb_arena *arena, const char *text,
                                  struct mb_gate *gate, struct mb_err *err)
{
    static const char versus[] = " versus ";
    *gate = (struct mb_gate){0};
    const char *sign = strstr(text, "<=");
    gate->at_most = sign != NULL;
    sign = sign != NULL ? sign : strstr(text, ">=");
    if (sign == NULL) {
        return refuse(text, "it has neither '<=' nor '>='", err);
    }
    const char *end = text + strlen(text);
    const char *other = strstr(sign, versus);
    if (other != NULL) {
        gate->versus = piece(arena, other + sizeof versus - 1, end);
        end = other;
    }
    const char *colon = memchr(text, ':', (size_t)(sign - text));
    if (colon != NULL) {
        gate->variant = piece(arena, text, colon);
        text = colon + 1;
    }
    gate->metric = piece(arena, text, sign);
    const char *limit = piece(arena, sign + 2, end);
    if ((limit[0] == '+' || limit[0] == '-') && gate->versus == NULL) {
        return refuse(limit, "it is a difference, and 'versus VARIANT' is missing", err);
    }
    enum mb_status status = mb_spec_gate_limit(limit, gate, err);
    return status == MB_INVALID ? MB_USAGE : status;
}
