#include "model/generator.h"

#include <inttypes.h>
#include <string.h>

#define MS_NS INT64_C(1000000)
#define SECOND_NS INT64_C(1000000000)
#define OPEN (1U << MB_LOAD_OPEN)
#define CLOSED (1U << MB_LOAD_CLOSED)
#define PACED (1U << MB_LOAD_PACED)

static const int64_t MICRO = 1000000;
static const int64_t INTERVAL_PRECISION = 100000;

// fortio -nocatchup and hey -q make paced load as spec/load-models.md has it. h2load
// --rps does not: it catches up on what it missed. wrk waits for the body of a HEAD's
// answer.
const struct mb_generator mb_generators[] = {
    {.name = "fortio", .program = "fortio", .models = CLOSED | PACED, .close = true},
    {.name = "h2load",
     .program = "h2load",
     .models = CLOSED,
     .duration_unit_ns = MS_NS,
     .timeout_unit_ns = MS_NS},
    {.name = "hey",
     .program = "hey",
     .models = CLOSED | PACED,
     .head = true,
     .close = true,
     .whole_interval = true,
     .timeout_unit_ns = SECOND_NS},
    {.name = "k6",
     .program = "k6",
     .models = OPEN | CLOSED,
     .head = true,
     .close = true,
     .whole_rate = true},
    {.name = "meshbench", .models = OPEN | CLOSED | PACED, .head = true, .close = true},
    {.name = "nighthawk",
     .program = "nighthawk_client",
     .models = OPEN,
     .head = true,
     .no_body = true,
     .close = true,
     .whole_rate = true,
     .duration_unit_ns = SECOND_NS,
     .threads_divide = true,
     .rate_divides = true},
    {.name = "vegeta",
     .program = "vegeta",
     .models = OPEN,
     .head = true,
     .close = true,
     .whole_rate = true},
    {.name = "wrk",
     .program = "wrk",
     .models = CLOSED,
     .duration_unit_ns = SECOND_NS,
     .timeout_unit_ns = SECOND_NS,
     .threads_divide = true},
    {.name = "wrk2",
     .program = "wrk2",
     .models = OPEN,
     .whole_rate = true,
     .duration_unit_ns = SECOND_NS,
     .timeout_unit_ns = SECOND_NS,
     .threads_divide = true},
    {.name = NULL},
};

const struct mb_generator *mb_generator_find(const char *name)
{
    for (size_t i = 0; mb_generators[i].name != NULL; i++) {
        if (strcmp(mb_generators[i].name, name) == 0) {
            return &mb_generators[i];
        }
    }
    return NULL;
}

const char *mb_generator_names(struct mb_arena *arena)
{
    const char *names = "";
    for (size_t i = 0; mb_generators[i].name != NULL; i++) {
        names = mb_arena_print(arena, "%s%s%s", names, i > 0 ? ", " : "",
                               mb_generators[i].name);
    }
    return names;
}

// --- what it cannot do ---

static bool refuse(struct mb_generator_refusal *refusal, const char *key,
                   const char *message, const char *hint)
{
    *refusal =
        (struct mb_generator_refusal){.key = key, .message = message, .hint = hint};
    return true;
}

static const char *models_list(struct mb_arena *arena, unsigned models)
{
    const char *list = "";
    for (enum mb_load_model model = MB_LOAD_OPEN; model < MB_LOAD_UNKNOWN; model++) {
        if ((models & 1U << model) != 0) {
            list = mb_arena_print(arena, "%s%s%s", list, list[0] != '\0' ? " or " : "",
                                  mb_load_model_name(model));
        }
    }
    return list;
}

static bool model_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                         const struct mb_workload *workload,
                         struct mb_generator_refusal *refusal)
{
    const char *name = generator->name;
    if ((generator->models & 1U << workload->load_model) == 0) {
        return refuse(refusal, "load_model",
                      mb_arena_print(arena, "%s makes no %s load", name,
                                     mb_load_model_name(workload->load_model)),
                      mb_arena_print(arena, "it makes %s load",
                                     models_list(arena, generator->models)));
    }
    if (workload->load_model == MB_LOAD_OPEN &&
        workload->arrivals != MB_ARRIVALS_CONSTANT) {
        return refuse(refusal, "arrivals",
                      mb_arena_print(arena, "%s makes no %s arrivals", name,
                                     mb_arrivals_name(workload->arrivals)),
                      "it makes constant ones");
    }
    return false;
}

int64_t mb_generator_interval_us(int64_t connections, int64_t rate_micro_rps)
{
    int64_t pico = connections * MICRO * MICRO; // up to 1e17
    return (pico + rate_micro_rps / 2) / rate_micro_rps;
}

// Up to the precision in which people write rates.
static bool is_whole_interval(int64_t connections, int64_t rate_micro_rps)
{
    int64_t interval_us = mb_generator_interval_us(connections, rate_micro_rps);
    int64_t pico = connections * MICRO * MICRO;
    int64_t off = interval_us * rate_micro_rps - pico;
    return interval_us > 0 && (off < 0 ? -off : off) <= pico / INTERVAL_PRECISION;
}

static bool rate_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                        const struct mb_workload *workload, int64_t rate_micro_rps,
                        struct mb_generator_refusal *refusal)
{
    if (rate_micro_rps < 0) {
        return false;
    }
    if (generator->whole_rate && rate_micro_rps % MICRO != 0) {
        return refuse(refusal, "rate",
                      mb_arena_print(arena,
                                     "%s makes no fractions of a request per second",
                                     generator->name),
                      "round the rate");
    }
    if (generator->rate_divides && rate_micro_rps / MICRO % workload->threads != 0) {
        return refuse(refusal, "rate",
                      mb_arena_print(arena,
                                     "%s gives each thread as many requests, and %" PRId64
                                     " per second over %d threads do not come out even",
                                     generator->name, rate_micro_rps / MICRO,
                                     workload->threads),
                      "choose a multiple of the threads");
    }
    for (size_t i = 0; generator->whole_interval && i < workload->connection_count; i++) {
        int64_t connections = workload->connections[i];
        if (!is_whole_interval(connections, rate_micro_rps)) {
            int64_t interval_us = mb_generator_interval_us(connections, rate_micro_rps);
            int64_t near_us = interval_us > 0 ? interval_us : 1;
            return refuse(
                refusal, "rate",
                mb_arena_print(arena,
                               "%s paces each of its %" PRId64
                               " connections in whole microseconds, and this rate is "
                               "none of those",
                               generator->name, connections),
                mb_arena_print(arena, "near it is %.6grps, every %" PRId64 "us",
                               (double)connections * (double)MICRO / (double)near_us,
                               near_us));
        }
    }
    return false;
}

static bool load_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                        const struct mb_workload *workload,
                        struct mb_generator_refusal *refusal)
{
    for (size_t i = 0; i < workload->rate_count; i++) {
        if (rate_refuse(arena, generator, workload, workload->rates_micro_rps[i],
                        refusal)) {
            return true;
        }
    }
    for (size_t i = 0; generator->threads_divide && i < workload->connection_count; i++) {
        if (workload->connections[i] % workload->threads != 0) {
            return refuse(refusal, "connections",
                          mb_arena_print(arena,
                                         "%s gives each thread as many connections, and "
                                         "%" PRId64
                                         " over %d threads do not come out even",
                                         generator->name, workload->connections[i],
                                         workload->threads),
                          "choose a multiple of the threads");
        }
    }
    return false;
}

static bool request_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                           const struct mb_request *request,
                           struct mb_generator_refusal *refusal)
{
    const char *name = generator->name;
    if (request->expect_count > 0) {
        return refuse(
            refusal, "request/expect_status",
            mb_arena_print(arena, "%s cannot be told which statuses are good", name),
            "leave 'expect_status' out: then 200 to 399 are");
    }
    if (!request->keepalive && !generator->close) {
        return refuse(refusal, "request/keepalive",
                      mb_arena_print(arena, "%s cannot do without keep-alive", name),
                      NULL);
    }
    if (strcmp(request->method, "HEAD") == 0 && !generator->head) {
        return refuse(
            refusal, "request/method",
            mb_arena_print(arena, "%s cannot do HEAD: it waits for a body", name), NULL);
    }
    if (request->body != NULL && generator->no_body) {
        return refuse(refusal, "request/body",
                      mb_arena_print(arena, "%s cannot be given a body", name), NULL);
    }
    return false;
}

static bool times_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                         const struct mb_workload *workload,
                         struct mb_generator_refusal *refusal)
{
    const struct {
        const char *key;
        int64_t unit_ns;
        int64_t ns;
    } times[] = {
        {"duration", generator->duration_unit_ns, workload->duration_ns},
        {"warmup", generator->duration_unit_ns, workload->warmup_ns},
        {"request/timeout", generator->timeout_unit_ns, workload->request.timeout_ns},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (times[i].unit_ns > 0 && times[i].ns % times[i].unit_ns != 0) {
            return refuse(
                refusal, times[i].key,
                mb_arena_print(arena, "%s counts '%s' in whole %s", generator->name,
                               times[i].key,
                               times[i].unit_ns == SECOND_NS ? "seconds" : "ms"),
                "round it");
        }
    }
    return false;
}

bool mb_generator_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                         const struct mb_workload *workload,
                         struct mb_generator_refusal *refusal)
{
    return generator->program != NULL &&
           (model_refuse(arena, generator, workload, refusal) ||
            load_refuse(arena, generator, workload, refusal) ||
            request_refuse(arena, generator, &workload->request, refusal) ||
            times_refuse(arena, generator, workload, refusal));
}
