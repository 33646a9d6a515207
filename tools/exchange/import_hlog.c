// Logs of HdrHistogram's interval log writer (.hlog, formats 1.0 to 1.3): a histogram for
// each interval and tag. The intervals of a tag make one run. jHiccup writes nanoseconds;
// of other writers a file does not say the unit: --unit does.
//
// https://github.com/HdrHistogram/HdrHistogram, HistogramLogReader.java
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum { TAGS_MAX = 1000 };
static const double YEAR_S = 31536000; // later starts are seconds since 1970

struct tag {
    const char *name; // "" for lines without one
    struct mb_hdr hdr;
    double first_s; // of its intervals
    double last_s;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct tag *tags;
    size_t count;
    size_t capacity;
    double start_s; // "#[StartTime:"; below 0: none
    double base_s;  // "#[BaseTime:", which the stamps count from
    bool jhiccup;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool columns = strstr(head, "\"Interval_Compressed_Histogram\"") != NULL;
    bool payload = strstr(head, ",HIST") != NULL;
    if (strstr(head, "#[Histogram log format version") != NULL || (columns && payload)) {
        return 100;
    }
    return payload ? 70 : 0;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "%s", what);
}

// --- a line ---

static void comment_read(struct reading *reading, const char *line)
{
    const char *start = mb_import_text_after(line, "#[StartTime:");
    const char *base = mb_import_text_after(line, "#[BaseTime:");
    if (start != NULL) {
        (void)mb_import_text_field(&start, &reading->start_s);
    } else if (base != NULL) {
        (void)mb_import_text_field(&base, &reading->base_s);
    } else if (strstr(line, "jHiccup") != NULL) {
        reading->jhiccup = true;
    }
}

static struct tag *tag_find(struct reading *reading, const char *name, size_t size)
{
    for (size_t i = 0; i < reading->count; i++) {
        struct tag *tag = &reading->tags[i];
        if (strlen(tag->name) == size && strncmp(tag->name, name, size) == 0) {
            return tag;
        }
    }
    return NULL;
}

// Histograms that resize themselves differ in the highest value only: their buckets are
// the same as far as they go. Exchanges *into for one that holds both.
static bool widen(struct mb_hdr *into, const struct mb_hdr *hdr)
{
    struct mb_hdr wide;
    struct mb_err ignored = {0};
    int32_t position = 0;
    int64_t low;
    int64_t high;
    int64_t n;
    int64_t highest = into->highest > hdr->highest ? into->highest : hdr->highest;
    if (into->lowest != hdr->lowest || into->digits != hdr->digits ||
        mb_hdr_init_with(&wide, into->lowest, highest, into->digits, &ignored) != MB_OK) {
        return false;
    }
    while (mb_hdr_next(into, &position, &low, &high, &n)) {
        mb_hdr_record_count(&wide, low, n);
    }
    for (position = 0; mb_hdr_next(hdr, &position, &low, &high, &n);) {
        mb_hdr_record_count(&wide, low, n);
    }
    mb_hdr_release(into);
    *into = wide;
    return true;
}

// Takes the histogram over, or adds it to those of the tag.
static enum mb_status histogram_add(struct reading *reading, struct tag *tag,
                                    const char *text, size_t size)
{
    struct mb_hdr hdr;
    struct mb_err own = {0};
    if (mb_hdr_decode_base64(&hdr, text, size, &own) != MB_OK) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "its histogram cannot be read: %s", own.message);
    }
    if (tag->hdr.counts == NULL) {
        tag->hdr = hdr;
        return MB_OK;
    }
    bool merged = mb_hdr_merge(&tag->hdr, &hdr, &own) == MB_OK || widen(&tag->hdr, &hdr);
    mb_hdr_release(&hdr);
    return merged ? MB_OK
                  : fault(reading, "its histogram has another configuration than those "
                                   "before it, with which it cannot be merged");
}

// The tag of this name, which may be a new one; NULL: there are too many.
static struct tag *tag_take(struct reading *reading, const char *name, size_t size)
{
    struct tag *tag = tag_find(reading, name, size);
    if (tag != NULL || reading->count == TAGS_MAX) {
        return tag;
    }
    reading->tags = mb_arena_grow(reading->import->arena, reading->tags, reading->count,
                                  &reading->capacity, sizeof *reading->tags);
    tag = &reading->tags[reading->count++];
    *tag = (struct tag){.name = mb_arena_copy_bytes(reading->import->arena, name, size),
                        .first_s = INFINITY,
                        .last_s = -INFINITY};
    return tag;
}

// "Tag=A,0.127,1.007,2.769,HISTFAAA...": start, length, largest value, histogram.
static enum mb_status interval_read(struct reading *reading, const char *line)
{
    const char *at = line;
    const char *name = "";
    size_t size = 0;
    double start_s;
    double length_s;
    double largest;
    if (mb_import_text_word(&at, "Tag=")) {
        name = at;
        size = strcspn(at, ",");
        at += size + (at[size] == ',');
    }
    if (!mb_import_text_field(&at, &start_s) || !mb_import_text_word(&at, ",") ||
        !mb_import_text_field(&at, &length_s) || !mb_import_text_word(&at, ",") ||
        !mb_import_text_field(&at, &largest) || !mb_import_text_word(&at, ",")) {
        return fault(reading, "not a line of an interval: start, length, largest value, "
                              "histogram");
    }
    struct tag *tag = tag_take(reading, name, size);
    if (tag == NULL) {
        return fault(reading, "it begins more than 1000 different tags");
    }
    enum mb_status status = histogram_add(reading, tag, at, strcspn(at, " \t\r"));
    if (status == MB_OK) {
        tag->first_s = fmin(tag->first_s, start_s);
        tag->last_s = fmax(tag->last_s, start_s + length_s);
    }
    return status;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    if (line[0] == '\0' || line[0] == '"') {
        return MB_OK;
    }
    if (line[0] == '#') {
        comment_read(reading, line);
        return MB_OK;
    }
    return interval_read(reading, line);
}

// --- the runs ---

// In another unit than ns the buckets are what can be kept.
static struct mb_dist dist_take(const struct reading *reading, struct tag *tag,
                                int64_t unit_ns)
{
    struct mb_hdr *hdr = &tag->hdr;
    if (hdr->count == 0) {
        return mb_dist_absent("its histograms are empty");
    }
    struct mb_dist dist = {.type = MB_DIST_HDR, .n = hdr->count, .sum = -1};
    if (unit_ns == 1) {
        dist.min = hdr->min;
        dist.max = mb_hdr_highest_equivalent(hdr, hdr->max);
        dist.hdr = mb_mem_alloc(1, sizeof *dist.hdr);
        *dist.hdr = *hdr;
        *hdr = (struct mb_hdr){0};
        return dist;
    }
    int32_t position = 0;
    size_t capacity = 0;
    int64_t low;
    int64_t high;
    int64_t n;
    dist.type = MB_DIST_BUCKETS;
    while (mb_hdr_next(hdr, &position, &low, &high, &n)) {
        dist.buckets = mb_arena_grow(reading->import->arena, dist.buckets, dist.count,
                                     &capacity, sizeof *dist.buckets);
        dist.buckets[dist.count++] = (struct mb_dist_bucket){
            .low = low * unit_ns, .high = (high + 1) * unit_ns - 1, .n = n};
    }
    assert(dist.count > 0); // since the histogram holds values
    dist.min = dist.buckets[0].low;
    dist.max = dist.buckets[dist.count - 1].high;
    return dist;
}

// Stamps count from the base, else from the start when they are too small to be dates.
static int64_t start_unix_ns(const struct reading *reading, const struct tag *tag)
{
    double start_s = tag->first_s + reading->base_s;
    int64_t start_ns = 0;
    if (start_s < YEAR_S && reading->start_s > 0) {
        start_s += reading->start_s;
    }
    if (start_s < YEAR_S ||
        !mb_import_text_scale(start_s, MB_UNITS_NS_PER_S, &start_ns)) {
        // Over 2^53 ns, as all dates are: whole microseconds are what a double keeps.
        return start_s >= YEAR_S && start_s < 9e9 ? llround(start_s * 1e6) * 1000 : 0;
    }
    return start_ns;
}

static enum mb_status tag_put(struct reading *reading, struct tag *tag, int64_t unit_ns)
{
    struct mb_import_run *run = NULL;
    if (tag->hdr.count > 0 && mb_hdr_highest_equivalent(&tag->hdr, tag->hdr.max) >
                                  MB_UNITS_SAFE_MAX / unit_ns) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input), 0, 0,
                         "its largest value is out of range in this unit");
    }
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->name = tag->name[0] != '\0' ? tag->name : NULL;
    run->start_unix_ns = start_unix_ns(reading, tag);
    (void)mb_import_text_scale(tag->last_s - tag->first_s, MB_UNITS_NS_PER_S,
                               &run->window_ns);
    run->part.dist[MB_DIST_RESPONSE] = dist_take(reading, tag, unit_ns);
    run->part.counts.completed = run->part.dist[MB_DIST_RESPONSE].n;
    return MB_OK;
}

static enum mb_status tags_put(struct reading *reading)
{
    int64_t unit_ns = reading->import->unit_ns;
    if (unit_ns == 0 && reading->jhiccup) {
        unit_ns = 1;
    }
    if (unit_ns == 0 && reading->count > 0) {
        mb_err_hint(reading->err, "--unit ns, us or ms says it");
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input), 0, 0,
                         "the log does not say the unit of its values");
    }
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        status = tag_put(reading, &reading->tags[i], unit_ns);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {
        .import = import, .input = input, .err = err, .start_s = -1};
    enum mb_status status = mb_import_text_lines(input, line_read, &reading, err);
    if (status == MB_OK) {
        status = tags_put(&reading);
    }
    for (size_t i = 0; i < reading.count; i++) {
        mb_hdr_release(&reading.tags[i].hdr);
    }
    return status;
}

const struct mb_importer mb_importer_hlog = {
    .name = "hlog",
    .title = "HdrHistogram's interval logs (.hlog)",
    .tool = "hdrhistogram",
    .detect = detect,
    .read = read,
    .unknown = "a histogram log holds values only: neither what was asked, nor how, nor "
               "what failed; the unit only when jHiccup wrote it",
};
