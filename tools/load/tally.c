#include "load/tally.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

static const int64_t second_ns = INT64_C(1000000000);

int64_t mb_tally_interval_ns(int64_t longest_ns)
{
    static const int64_t steps[] = {1, 2, 5};
    int64_t decade_ns = second_ns;
    for (;;) {
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            if (longest_ns / (steps[i] * decade_ns) < MB_TALLY_MAX_INTERVALS) {
                return steps[i] * decade_ns;
            }
        }
        decade_ns *= 10;
    }
}

void mb_tally_total_init(struct mb_tally_total *total, const struct mb_load_plan *plan,
                         int64_t timeout_ns)
{
    memset(total, 0, sizeof *total);
    (void)pthread_mutex_init(&total->lock, NULL);
    // Whatever counts has ended one time-out after the window.
    int64_t longest_ns = plan->duration_ns + timeout_ns;
    total->interval_ns = mb_tally_interval_ns(longest_ns);
    total->interval_count = (int)(longest_ns / total->interval_ns) + 1;
    mb_hdr_init(&total->response);
    if (plan->series) {
        total->series =
            mb_mem_alloc((size_t)total->interval_count, sizeof *total->series);
    }
}

void mb_tally_total_release(struct mb_tally_total *total)
{
    for (int i = 0; total->series != NULL && i < total->interval_count; i++) {
        mb_hdr_release(&total->series[i]);
    }
    mb_mem_free(total->series);
    mb_hdr_release(&total->response);
    (void)pthread_mutex_destroy(&total->lock);
}

void mb_tally_total_set_window(struct mb_tally_total *total, int64_t start_ns,
                               int64_t end_ns)
{
    total->start_ns = start_ns;
    total->end_ns = end_ns;
}

void mb_tally_total_progress(struct mb_tally_total *total,
                             struct mb_load_progress *progress)
{
    (void)pthread_mutex_lock(&total->lock);
    progress->completed = total->completed;
    progress->errors = total->errors;
    progress->p50_ns = mb_hdr_quantile(&total->response, 0.5);
    progress->p99_ns = mb_hdr_quantile(&total->response, 0.99);
    (void)pthread_mutex_unlock(&total->lock);
}

static bool is_recorded(enum mb_dist_metric metric)
{
    return metric != MB_DIST_RESPONSE && metric != MB_DIST_TLS;
}

void mb_tally_init(struct mb_tally *tally, struct mb_tally_total *total)
{
    memset(tally, 0, sizeof *tally);
    tally->total = total;
    mb_hdr_init(&tally->recent);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        if (is_recorded((enum mb_dist_metric)i)) {
            mb_hdr_init(&tally->dist[i]);
        }
    }
    tally->intervals =
        mb_mem_alloc((size_t)total->interval_count, sizeof *tally->intervals);
}

void mb_tally_release(struct mb_tally *tally)
{
    mb_hdr_release(&tally->recent);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        mb_hdr_release(&tally->dist[i]);
    }
    mb_mem_free(tally->intervals);
}

void mb_tally_begin(struct mb_tally *tally)
{
    tally->start_ns = tally->total->start_ns;
    tally->end_ns = tally->total->end_ns;
    tally->interval_ns = tally->total->interval_ns;
    tally->flush_ns = tally->start_ns + second_ns;
    tally->last_ns = tally->start_ns;
}

// Also for what ends late, which the last interval takes in.
static int interval_at(const struct mb_tally *tally, int64_t now_ns)
{
    int64_t index = (now_ns - tally->start_ns) / tally->interval_ns;
    int last = tally->total->interval_count - 1;
    return index < last ? (int)index : last;
}

void mb_tally_intend(struct mb_tally *tally, struct mb_tally_request *request,
                     int64_t intended_ns)
{
    *request = (struct mb_tally_request){
        .intended_ns = intended_ns, .due_ns = intended_ns, .interval = -1};
    if (intended_ns >= tally->start_ns && intended_ns < tally->end_ns) {
        request->interval = interval_at(tally, intended_ns);
        tally->counts.intended++;
        tally->intervals[request->interval].intended++;
    }
}

void mb_tally_send(struct mb_tally *tally, struct mb_tally_request *request,
                   int64_t ready_ns, int64_t now_ns)
{
    request->sent_ns = now_ns;
    request->sent = true;
    if (request->interval < 0) {
        return;
    }
    tally->counts.sent++;
    tally->intervals[request->interval].sent++;
    if (ready_ns > request->intended_ns) {
        mb_hdr_record(&tally->dist[MB_DIST_WAIT_FOR_CONNECTION],
                      ready_ns - request->intended_ns);
    } else {
        tally->no_waits++;
    }
    int64_t could_ns = ready_ns > request->due_ns ? ready_ns : request->due_ns;
    mb_hdr_record(&tally->dist[MB_DIST_DISPATCH_LAG], now_ns - could_ns);
}

// Adds one histogram into one of fewer digits.
static void merge_coarse(struct mb_hdr *into, const struct mb_hdr *from)
{
    if (into->counts == NULL) {
        struct mb_err err = {0};
        enum mb_status status =
            mb_hdr_init_with(into, 1, MB_HDR_HIGHEST_NS, MB_TALLY_INTERVAL_DIGITS, &err);
        assert(status == MB_OK);
        (void)status;
    }
    int32_t position = 0;
    int64_t low = 0;
    int64_t high = 0;
    int64_t count = 0;
    while (mb_hdr_next(from, &position, &low, &high, &count)) {
        mb_hdr_record_count(into, low + (high - low) / 2, count);
    }
}

static void flush(struct mb_tally *tally)
{
    struct mb_tally_total *total = tally->total;
    struct mb_err err = {0};
    int64_t errors = mb_counts_errors(&tally->counts);
    (void)pthread_mutex_lock(&total->lock);
    total->completed += tally->counts.completed - tally->told_completed;
    total->errors += errors - tally->told_errors;
    enum mb_status status = mb_hdr_merge(&total->response, &tally->recent, &err);
    if (total->series != NULL && tally->recent.count > 0) {
        merge_coarse(&total->series[tally->flush_interval], &tally->recent);
    }
    (void)pthread_mutex_unlock(&total->lock);
    assert(status == MB_OK); // both have the fixed configuration
    (void)status;
    tally->told_completed = tally->counts.completed;
    tally->told_errors = errors;
    mb_hdr_reset(&tally->recent);
}

void mb_tally_tick(struct mb_tally *tally, int64_t now_ns)
{
    if (now_ns < tally->flush_ns) {
        return;
    }
    flush(tally);
    // On whole seconds since the start, which interval ends are among.
    int64_t seconds = (now_ns - tally->start_ns) / second_ns;
    tally->flush_ns = tally->start_ns + (seconds + 1) * second_ns;
    tally->flush_interval = interval_at(tally, now_ns);
}

static void end_request(struct mb_tally *tally, int64_t now_ns)
{
    mb_tally_tick(tally, now_ns);
    if (now_ns > tally->last_ns) {
        tally->last_ns = now_ns;
    }
}

void mb_tally_complete(struct mb_tally *tally, const struct mb_tally_request *request,
                       int status, bool ok, int64_t now_ns)
{
    if (request->interval < 0) {
        return;
    }
    end_request(tally, now_ns);
    struct mb_tally_interval *interval = &tally->intervals[tally->flush_interval];
    tally->statuses[status]++;
    tally->counts.completed++;
    interval->completed++;
    int64_t response_ns = now_ns - request->intended_ns;
    if (!ok) {
        tally->counts.errors_by_kind[MB_ERROR_STATUS]++;
        interval->errors++;
        mb_hdr_record(&tally->dist[MB_DIST_ERROR_RESPONSE], response_ns);
        return;
    }
    tally->counts.ok++;
    mb_hdr_record(&tally->recent, response_ns);
    mb_hdr_record(&tally->dist[MB_DIST_SERVICE], now_ns - request->sent_ns);
}

void mb_tally_fail(struct mb_tally *tally, const struct mb_tally_request *request,
                   enum mb_error_kind kind, int64_t now_ns)
{
    if (request->interval < 0) {
        return;
    }
    end_request(tally, now_ns);
    tally->counts.errors_by_kind[kind]++;
    tally->intervals[tally->flush_interval].errors++;
    if (kind != MB_ERROR_TIMEOUT && kind != MB_ERROR_TIMEOUT_UNSENT) {
        mb_hdr_record(&tally->dist[MB_DIST_ERROR_RESPONSE],
                      now_ns - request->intended_ns);
    }
}

void mb_tally_abandon(struct mb_tally *tally, const struct mb_tally_request *request)
{
    tally->counts.unfinished += request->interval >= 0;
}

void mb_tally_connect(struct mb_tally *tally, int64_t connect_ns)
{
    tally->counts.connections_opened++;
    mb_hdr_record(&tally->dist[MB_DIST_CONNECT], connect_ns);
}

void mb_tally_end(struct mb_tally *tally)
{
    mb_hdr_record_count(&tally->dist[MB_DIST_WAIT_FOR_CONNECTION], 0, tally->no_waits);
    tally->no_waits = 0;
    flush(tally);
}

static void counts_add(struct mb_counts *into, const struct mb_counts *from)
{
    into->intended += from->intended;
    into->sent += from->sent;
    into->completed += from->completed;
    into->ok += from->ok;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        into->errors_by_kind[i] += from->errors_by_kind[i];
    }
    into->unfinished += from->unfinished;
    into->bytes_sent += from->bytes_sent;
    into->bytes_received += from->bytes_received;
    into->connections_opened += from->connections_opened;
}

static void statuses_collect(struct mb_arena *arena, const struct mb_tally *tallies,
                             int count, struct mb_counts *counts)
{
    size_t capacity = 0;
    for (int status = 0; status < MB_TALLY_STATUSES; status++) {
        int64_t n = 0;
        for (int i = 0; i < count; i++) {
            n += tallies[i].statuses[status];
        }
        if (n > 0) {
            counts->statuses =
                mb_arena_grow(arena, counts->statuses, counts->status_count, &capacity,
                              sizeof *counts->statuses);
            counts->statuses[counts->status_count++] =
                (struct mb_status_count){.status = status, .n = n};
        }
    }
}

// Moves a histogram into a distribution of its own.
static struct mb_dist dist_take(struct mb_hdr *hdr)
{
    struct mb_dist dist = {.type = MB_DIST_HDR};
    dist.hdr = mb_mem_alloc(1, sizeof *dist.hdr);
    *dist.hdr = *hdr;
    memset(hdr, 0, sizeof *hdr);
    dist.n = dist.hdr->count;
    dist.sum = dist.hdr->sum <= MB_UNITS_SAFE_MAX ? dist.hdr->sum : -1;
    dist.min = dist.n > 0 ? dist.hdr->min : -1;
    dist.max = dist.n > 0 ? dist.hdr->max : -1;
    return dist;
}

static struct mb_dist dist_collect(struct mb_tally *tallies, int count,
                                   enum mb_dist_metric metric)
{
    struct mb_hdr *into = &tallies[0].dist[metric];
    for (int i = 1; i < count; i++) {
        struct mb_err err = {0};
        enum mb_status status = mb_hdr_merge(into, &tallies[i].dist[metric], &err);
        assert(status == MB_OK); // all have the fixed configuration
        (void)status;
    }
    return dist_take(into);
}

// The intervals up to the end of the window, and on to the last in which anything ended.
static int intervals_used(const struct mb_tally_total *total,
                          const struct mb_tally *tallies, int count)
{
    int64_t window_ns = total->end_ns - total->start_ns;
    int used = (int)((window_ns + total->interval_ns - 1) / total->interval_ns);
    for (int i = 0; i < count; i++) {
        for (int k = used; k < total->interval_count; k++) {
            const struct mb_tally_interval *interval = &tallies[i].intervals[k];
            int64_t any = interval->intended + interval->completed + interval->errors;
            used = any > 0 ? k + 1 : used;
        }
    }
    return used;
}

static void series_collect(struct mb_arena *arena, struct mb_tally_total *total,
                           const struct mb_tally *tallies, int count,
                           struct mb_part *part)
{
    int used = intervals_used(total, tallies, count);
    part->interval_ns = total->interval_ns;
    part->interval_count = (size_t)used;
    part->intervals = mb_arena_alloc(arena, (size_t)used, sizeof *part->intervals);
    struct mb_hdr empty;
    mb_hdr_init(&empty);
    for (int k = 0; k < used; k++) {
        struct mb_interval *into = &part->intervals[k];
        for (int i = 0; i < count; i++) {
            into->intended += tallies[i].intervals[k].intended;
            into->sent += tallies[i].intervals[k].sent;
            into->completed += tallies[i].intervals[k].completed;
            into->errors += tallies[i].intervals[k].errors;
        }
        merge_coarse(&total->series[k], &empty);
        into->response = dist_take(&total->series[k]);
    }
    mb_hdr_release(&empty);
}

void mb_tally_to_part(struct mb_arena *arena, struct mb_tally_total *total,
                      struct mb_tally *tallies, int count, struct mb_part *part)
{
    int64_t last_ns = total->end_ns;
    for (int i = 0; i < count; i++) {
        counts_add(&part->counts, &tallies[i].counts);
        last_ns = tallies[i].last_ns > last_ns ? tallies[i].last_ns : last_ns;
    }
    part->window_ns = total->end_ns - total->start_ns;
    part->elapsed_ns = last_ns - total->start_ns;
    statuses_collect(arena, tallies, count, &part->counts);
    part->dist = mb_dist_list(arena, "no TLS");
    part->dist[MB_DIST_RESPONSE] = dist_take(&total->response);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        if (i != MB_DIST_RESPONSE && i != MB_DIST_TLS) {
            part->dist[i] = dist_collect(tallies, count, (enum mb_dist_metric)i);
        }
    }
    if (total->series != NULL) {
        series_collect(arena, total, tallies, count, part);
    }
}
