#include "exchange/import_samples.h"

#include <string.h>

#include "base/mem.h"
#include "base/units.h"

void mb_import_samples_init(struct mb_import_samples *samples, struct mb_arena *arena)
{
    *samples = (struct mb_import_samples){.arena = arena, .first_ns = -1, .last_ns = -1};
}

static void hdr_free(struct mb_hdr **hdr)
{
    if (*hdr != NULL) {
        mb_hdr_release(*hdr);
        mb_mem_free(*hdr);
        *hdr = NULL;
    }
}

void mb_import_samples_release(struct mb_import_samples *samples)
{
    hdr_free(&samples->ok);
    hdr_free(&samples->failed);
    hdr_free(&samples->connect);
}

static void hdr_record(struct mb_hdr **hdr, int64_t value_ns)
{
    if (value_ns < 0) {
        return;
    }
    if (*hdr == NULL) {
        *hdr = mb_mem_alloc(1, sizeof **hdr);
        mb_hdr_init(*hdr);
    }
    mb_hdr_record(*hdr, value_ns);
}

// Ascending; there are few different ones.
static void status_count(struct mb_import_samples *samples, int status)
{
    size_t at = samples->status_count;
    while (at > 0 && samples->statuses[at - 1].status > status) {
        at--;
    }
    if (at > 0 && samples->statuses[at - 1].status == status) {
        samples->statuses[at - 1].n++;
        return;
    }
    samples->statuses =
        mb_arena_grow(samples->arena, samples->statuses, samples->status_count,
                      &samples->status_capacity, sizeof *samples->statuses);
    memmove(samples->statuses + at + 1, samples->statuses + at,
            (samples->status_count - at) * sizeof *samples->statuses);
    samples->statuses[at] = (struct mb_status_count){.status = status, .n = 1};
    samples->status_count++;
}

static void bytes_add(int64_t *sum, int64_t bytes)
{
    *sum = *sum < 0 || bytes < 0 || bytes > MB_UNITS_SAFE_MAX - *sum ? -1 : *sum + bytes;
}

static void span_widen(int64_t *first_ns, int64_t *last_ns, int64_t start_ns,
                       int64_t end_ns)
{
    if (*first_ns < 0 || start_ns < *first_ns) {
        *first_ns = start_ns;
    }
    if (end_ns > *last_ns) {
        *last_ns = end_ns;
    }
}

static void window_extend(struct mb_import_samples *samples,
                          const struct mb_import_sample *sample)
{
    int64_t took_ns = sample->latency_ns > 0 ? sample->latency_ns : 0;
    if (sample->start_ns < 0 || took_ns > INT64_MAX - sample->start_ns) {
        return;
    }
    span_widen(&samples->first_ns, &samples->last_ns, sample->start_ns,
               sample->start_ns + took_ns);
}

void mb_import_samples_add(struct mb_import_samples *samples,
                           const struct mb_import_sample *sample)
{
    samples->requests++;
    if (sample->ok) {
        samples->good++;
        hdr_record(&samples->ok, sample->latency_ns);
    } else {
        samples->errors_by_kind[sample->kind]++;
        // How long a request was waited for in vain is no time that it took.
        bool late = sample->kind == MB_ERROR_TIMEOUT;
        hdr_record(&samples->failed, late ? -1 : sample->latency_ns);
    }
    if (sample->status > 0) {
        samples->answered++;
        status_count(samples, sample->status);
    }
    hdr_record(&samples->connect, sample->connect_ns);
    bytes_add(&samples->bytes_sent, sample->bytes_sent);
    bytes_add(&samples->bytes_received, sample->bytes_received);
    window_extend(samples, sample);
}

void mb_import_samples_connect(struct mb_import_samples *samples, int64_t connect_ns)
{
    hdr_record(&samples->connect, connect_ns);
}

void mb_import_samples_span(const struct mb_import_samples *samples, int64_t *first_ns,
                            int64_t *last_ns)
{
    if (samples->first_ns >= 0) {
        span_widen(first_ns, last_ns, samples->first_ns, samples->last_ns);
    }
}

// Takes the histogram over. Some requests of a log may lack their latency: then the
// distribution is not that of all of them.
static struct mb_dist dist_take(struct mb_hdr **hdr, const char *reason)
{
    if (*hdr == NULL) {
        return mb_dist_absent(reason);
    }
    struct mb_dist dist = {
        .type = MB_DIST_HDR,
        .n = (*hdr)->count,
        .sum = (*hdr)->sum <= MB_UNITS_SAFE_MAX ? (*hdr)->sum : -1,
        .min = (*hdr)->min,
        .max = (*hdr)->max,
        .hdr = *hdr,
    };
    *hdr = NULL;
    return dist;
}

static void counts_put(const struct mb_import_samples *samples, struct mb_counts *counts)
{
    int64_t wrong = samples->errors_by_kind[MB_ERROR_STATUS];
    counts->intended = samples->requests;
    counts->ok = samples->good;
    counts->completed = samples->good + wrong;
    counts->unfinished = 0;
    memcpy(counts->errors_by_kind, samples->errors_by_kind,
           sizeof counts->errors_by_kind);
    // Every answer has a status, or there is no saying which lacks one.
    if (samples->answered == counts->completed) {
        counts->statuses = samples->statuses;
        counts->status_count = samples->status_count;
    }
    counts->bytes_sent = samples->requests > 0 ? samples->bytes_sent : -1;
    counts->bytes_received = samples->requests > 0 ? samples->bytes_received : -1;
}

void mb_import_samples_put(struct mb_import_samples *samples, struct mb_import *import,
                           struct mb_import_run *run, bool intended)
{
    counts_put(samples, &run->part.counts);
    if (run->window_ns < 0 && samples->first_ns >= 0) {
        run->window_ns = samples->last_ns - samples->first_ns;
    }
    struct mb_dist latency = dist_take(&samples->ok, "no request succeeded");
    if (latency.type == MB_DIST_HDR && latency.n != samples->good) {
        run->part.counts.ok = -1;
    }
    if (intended) {
        run->part.co_handling = MB_CO_INTENDED;
        run->part.dist[MB_DIST_RESPONSE] = latency;
    } else {
        mb_import_run_latency(import, run, latency);
    }
    run->part.dist[MB_DIST_ERROR_RESPONSE] =
        dist_take(&samples->failed, "no request failed");
    run->part.dist[MB_DIST_CONNECT] =
        dist_take(&samples->connect, "the source does not have it");
}

void mb_import_samples_answers_only(struct mb_counts *counts)
{
    counts->intended = -1;
    counts->unfinished = -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (i != MB_ERROR_STATUS) {
            counts->errors_by_kind[i] = -1;
        }
    }
}
