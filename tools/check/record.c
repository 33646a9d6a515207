#include "check/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "format/emit.h"
#include "model/judge.h"

// A thing that has to be unique, with its place. Sorted, equal ones are neighbours: a
// result may hold as many trials as its reader allows, so nothing here is quadratic.
struct entry {
    const char *key;
    size_t cell;
    size_t trial;
    uint64_t number; // decides before the key does
};

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    int order = strcmp(a->key, b->key);
    if (order != 0) {
        return order;
    }
    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return (a->trial > b->trial) - (a->trial < b->trial);
}

static bool is_same(const struct entry *left, const struct entry *right)
{
    return left->number == right->number && strcmp(left->key, right->key) == 0;
}

static size_t trials_count(const struct mb_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        count += result->cells[i].trial_count;
    }
    return count;
}

// Fills in what has to be unique of a trial.
typedef void trial_key(const struct mb_trial *trial, struct entry *entry);

// Numbers that were seen, in a table that is at most half full; 0: no number.
struct numbers {
    uint64_t *seen;
    size_t room; // a power of two
    size_t looks;
};

// False when the number is there already, or when it takes suspiciously long to find out.
static bool number_add(struct numbers *numbers, uint64_t number)
{
    uint64_t mix = number * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(mix ^ mix >> 32) & (numbers->room - 1);
    uint64_t kept = number != 0 ? number : 1;
    while (numbers->seen[at] != 0) {
        if (numbers->seen[at] == kept || ++numbers->looks > 8 * numbers->room) {
            return false;
        }
        at = (at + 1) & (numbers->room - 1);
    }
    numbers->seen[at] = kept;
    return true;
}

// True when all trials differ in their numbers, as in nearly every result: then nothing
// has to be sorted. False tells nothing.
static bool numbers_differ(const struct mb_result *result, trial_key *key)
{
    struct numbers numbers = {.room = 2};
    bool differ = true;
    for (size_t count = trials_count(result); numbers.room < 2 * count;) {
        numbers.room *= 2;
    }
    numbers.seen = mb_mem_alloc(numbers.room, sizeof *numbers.seen);
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; differ && j < result->cells[i].trial_count; j++) {
            struct entry entry = {.key = ""};
            key(&result->cells[i].trials[j], &entry);
            differ = number_add(&numbers, entry.number);
        }
    }
    mb_mem_free(numbers.seen);
    return differ;
}

// All trials ordered by their keys; none where no two keys are the same.
static struct entry *trials_sorted(struct mb_check *check, trial_key *key, size_t *count)
{
    const struct mb_result *result = check->result;
    *count = 0;
    if (numbers_differ(result, key)) {
        return NULL;
    }
    struct entry *entries =
        mb_arena_alloc(check->arena, trials_count(result), sizeof *entries);
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            const struct mb_trial *trial = &result->cells[i].trials[j];
            struct entry *entry = &entries[(*count)++];
            *entry = (struct entry){.key = "", .cell = i, .trial = j};
            key(trial, entry);
        }
    }
    qsort(entries, *count, sizeof *entries, entry_compare);
    return entries;
}

// The hash (FNV-1a) saves comparing most of the names.
static void id_key(const struct mb_trial *trial, struct entry *entry)
{
    entry->key = trial->id;
    entry->number = UINT64_C(14695981039346656037);
    for (const char *at = trial->id; *at != '\0'; at++) {
        entry->number = (entry->number ^ (unsigned char)*at) * UINT64_C(1099511628211);
    }
}

// Keys below `pointer` that this build does not know. A known map that holds unknown keys
// stands among them with these only: it has fewer keys than in the document.
static void unknown_keys(struct mb_check *check, const struct mb_node *unknown,
                         const char *pointer)
{
    for (size_t i = 0; i < mb_node_count(unknown); i++) {
        const struct mb_node_entry *entry = &unknown->as.map.entries[i];
        const char *key = mb_node_text(entry->key, "");
        const char *at = mb_node_pointer_key(check->arena, pointer, key);
        if (entry->value->type == MB_NODE_MAP &&
            mb_node_count(mb_node_at(check->root, at)) > mb_node_count(entry->value)) {
            unknown_keys(check, entry->value, at);
        } else {
            mb_run_report_key(check, at, "it is kept when the file is written again",
                              "key '%s' is not known to this build and is not checked",
                              key);
        }
    }
}

// A key that one trial has the others have too: the first of each kind says it.
static void unknown_below(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    bool cell_said = false;
    bool trial_said = false;
    bool part_said = false;
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        if (cell->unknown != NULL && !cell_said) {
            unknown_keys(check, cell->unknown, mb_run_at(check, "/cells/%zu", i));
            cell_said = true;
        }
        for (size_t j = 0; j < cell->trial_count; j++) {
            const struct mb_trial *trial = &cell->trials[j];
            const char *at = mb_run_at(check, "/cells/%zu/trials/%zu", i, j);
            if (trial->unknown != NULL && !trial_said) {
                unknown_keys(check, trial->unknown, at);
                trial_said = true;
            }
            for (size_t k = 0; k < trial->part_count && !part_said; k++) {
                unknown_keys(check, trial->parts[k].unknown,
                             mb_run_at(check, "%s/parts/%zu", at, k));
                part_said = trial->parts[k].unknown != NULL;
            }
        }
    }
}

void mb_record_minor(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    if (check->result->minor > MB_RESULT_MINOR) {
        mb_run_report(check, "/minor",
                      "what this build does not know is kept, but not checked",
                      "written by minor version %d, this build knows %d",
                      check->result->minor, (int)MB_RESULT_MINOR);
    }
    unknown_keys(check, check->result->unknown, "");
    unknown_below(check);
}

void mb_record_trial_ids(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    size_t count = 0;
    const struct entry *entries = trials_sorted(check, id_key, &count);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(entries[i].key, entries[i - 1].key) == 0) {
            mb_run_report(check,
                          mb_run_at(check, "/cells/%zu/trials/%zu/id", entries[i].cell,
                                    entries[i].trial),
                          NULL, "two trials are named '%s'", entries[i].key);
        }
    }
}

// A discarded trial has left its place to the one that was measured again.
static void position_key(const struct mb_trial *trial, struct entry *entry)
{
    if (trial->status == MB_TRIAL_DISCARDED) {
        id_key(trial, entry);
        return;
    }
    entry->number = (uint64_t)(uint32_t)trial->block << 32 | (uint32_t)trial->position;
}

// Imported trials may not know where they stood; they say position 0.
void mb_record_positions(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    size_t count = 0;
    const struct entry *entries = trials_sorted(check, position_key, &count);
    for (size_t i = 1; i < count; i++) {
        const struct mb_trial *trial =
            &check->result->cells[entries[i].cell].trials[entries[i].trial];
        if (trial->position > 0 && is_same(&entries[i], &entries[i - 1])) {
            mb_run_report(check,
                          mb_run_at(check, "/cells/%zu/trials/%zu/position",
                                    entries[i].cell, entries[i].trial),
                          NULL, "block %d has two trials in position %d", trial->block,
                          trial->position);
        }
    }
}

void mb_record_cells(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    size_t count = check->result->cell_count;
    struct entry *entries = mb_arena_alloc(check->arena, count, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        const char *key =
            mb_arena_print(check->arena, "'%s' at '%s', %s load", cell->variant,
                           mb_point_title(check->arena, &cell->point),
                           mb_load_model_name(cell->point.load_model));
        entries[i] = (struct entry){.key = key, .cell = i};
    }
    qsort(entries, count, sizeof *entries, entry_compare);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(entries[i].key, entries[i - 1].key) == 0) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu", entries[i].cell), NULL,
                          "%s is listed twice", entries[i].key);
        }
    }
}

void mb_record_times(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    if (result == NULL) {
        return;
    }
    if (result->finished_unix_ns < result->started_unix_ns) {
        mb_run_report(check, "/finished_at", NULL, "the run finished before it started");
        return;
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            int64_t start = result->cells[i].trials[j].start_unix_ns;
            bool known = start > 0 && result->started_unix_ns > 0;
            if (known &&
                (start < result->started_unix_ns || start > result->finished_unix_ns)) {
                mb_run_report(check,
                              mb_run_at(check, "/cells/%zu/trials/%zu/start", i, j),
                              "wall clocks that jump are worth knowing about",
                              "the trial started outside of the run");
            }
        }
    }
}

void mb_record_reason(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            const struct mb_trial *trial = &result->cells[i].trials[j];
            if (trial->status != MB_TRIAL_COMPLETE && trial->reason == NULL) {
                mb_run_report(
                    check, mb_run_at(check, "/cells/%zu/trials/%zu/reason", i, j), NULL,
                    "the trial is not complete, and 'reason' does not say why");
            }
        }
    }
}

void mb_record_digest(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    if (result == NULL || result->spec_text == NULL || result->spec_digest == NULL) {
        return;
    }
    const struct mb_node *text = mb_node_at(check->root, "/spec/text");
    char digest[MB_DIGEST_TEXT];
    mb_digest_text(result->spec_text,
                   text != NULL ? text->as.string.size : strlen(result->spec_text),
                   digest);
    if (strcmp(digest, result->spec_digest) != 0) {
        mb_run_report(check, "/spec/sha256",
                      mb_arena_print(check->arena, "the text's SHA-256 is %s", digest),
                      "the digest is not that of the spec's text");
    }
}

static const char *resource_fault(const struct mb_resource *resource)
{
    if (resource->cpu_start_ns >= 0 && resource->cpu_end_ns >= 0 &&
        resource->cpu_end_ns < resource->cpu_start_ns) {
        return "its CPU counter goes backwards";
    }
    if (resource->rss_max_bytes >= 0 &&
        (resource->rss_max_bytes < resource->rss_start_bytes ||
         resource->rss_max_bytes < resource->rss_end_bytes)) {
        return "its largest memory is below that of its start or end";
    }
    for (size_t i = 1; i < resource->sample_count; i++) {
        if (resource->samples[i].at_ns < resource->samples[i - 1].at_ns) {
            return "its samples are out of order";
        }
    }
    return NULL;
}

void mb_record_resources(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            const struct mb_trial *trial = &result->cells[i].trials[j];
            for (size_t k = 0; k < trial->resource_count; k++) {
                const char *fault = resource_fault(&trial->resources[k]);
                if (fault != NULL) {
                    mb_run_report(
                        check,
                        mb_run_at(check, "/cells/%zu/trials/%zu/resources/%zu", i, j, k),
                        NULL, "the resources of '%s' contradict themselves: %s",
                        mb_role_name(trial->resources[k].role), fault);
                }
            }
        }
    }
}

// Names of the variants that have cells, ordered.
static struct entry *variants_sorted(struct mb_check *check, size_t *count)
{
    *count = check->result->cell_count;
    struct entry *entries = mb_arena_alloc(check->arena, *count, sizeof *entries);
    for (size_t i = 0; i < *count; i++) {
        entries[i] = (struct entry){.key = check->result->cells[i].variant};
    }
    qsort(entries, *count, sizeof *entries, entry_compare);
    return entries;
}

void mb_record_aa(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    size_t count = 0;
    const struct entry *variants = variants_sorted(check, &count);
    for (size_t i = 0; i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        if (cell->aa_of == NULL) {
            continue;
        }
        struct entry wanted = {.key = cell->aa_of};
        if (strcmp(cell->aa_of, cell->variant) == 0 ||
            bsearch(&wanted, variants, count, sizeof *variants, entry_compare) == NULL) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu/aa_of", i), NULL,
                          "'%s' is not another variant of this result", cell->aa_of);
        }
    }
}

// True when a list of the resolved spec has an item of that name.
static bool has_name(const struct mb_node *list, const char *name)
{
    for (size_t i = 0; mb_run_item(list, i) != NULL; i++) {
        const struct mb_node *item = mb_node_find(mb_run_item(list, i), "name");
        if (strcmp(mb_node_text(item, ""), name) == 0) {
            return true;
        }
    }
    return false;
}

void mb_record_names(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    if (check->result == NULL || variants == NULL || workloads == NULL) {
        return;
    }
    for (size_t i = 0; i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        const char *variant = cell->aa_of != NULL ? cell->aa_of : cell->variant;
        if (!has_name(variants, variant)) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu/variant", i), NULL,
                          "'%s' is not a variant of the spec in this result", variant);
        }
        if (!has_name(workloads, cell->point.workload)) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu/point/workload", i), NULL,
                          "'%s' is not a workload of the spec in this result",
                          cell->point.workload);
        }
    }
}

void mb_record_complete(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    if (result == NULL || !result->complete) {
        return;
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            if (result->cells[i].trials[j].status == MB_TRIAL_PARTIAL) {
                mb_run_report(
                    check, "/complete", NULL,
                    "the result says that it is complete, but trial '%s' is not",
                    result->cells[i].trials[j].id);
                return;
            }
        }
    }
}

void mb_record_raw(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            const struct mb_trial *trial = &result->cells[i].trials[j];
            for (size_t k = 0; k < trial->part_count; k++) {
                enum mb_dist_type type = trial->parts[k].dist[MB_DIST_RESPONSE].type;
                if (type != MB_DIST_HDR && type != MB_DIST_BUCKETS) {
                    mb_run_report(
                        check,
                        mb_run_at(check, "/cells/%zu/trials/%zu/parts/%zu/dist/response",
                                  i, j, k),
                        "quantiles alone never merge and give no others",
                        "response times without a histogram: level 'disclosed' "
                        "needs the raw distribution");
                    return;
                }
            }
        }
    }
}

void mb_record_spec(struct mb_check *check)
{
    if (check->result != NULL && check->result->spec_resolved == NULL) {
        mb_run_report(check, "/spec/resolved",
                      "'meshbench run' keeps the spec in the result",
                      "the result does not hold its spec: needed for level 'disclosed'");
    }
}

// A value as people write it.
static const char *value_text(struct mb_arena *arena, const struct mb_node *value)
{
    struct mb_buf text = {0};
    mb_emit_json_compact(value, &text);
    const char *copy =
        mb_node_text(value, mb_arena_copy_string(arena, mb_buf_string(&text)));
    mb_buf_release(&text);
    return copy;
}

void mb_record_facts(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        if (mb_judge_contradicts(fact)) {
            mb_run_report(check, mb_run_at(check, "/facts/%zu", i),
                          "correct the spec, or say why with an x- key",
                          "'%s' was declared as '%s' and captured as '%s'", fact->path,
                          value_text(check->arena, fact->declared),
                          value_text(check->arena, fact->captured));
        }
    }
}

// True when a fact of that name, about a host or a node, has a value or is withheld.
static bool has_fact(const struct mb_result *result, const char *name)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        const char *dot = strrchr(fact->path, '.');
        bool known = fact->declared != NULL || fact->captured != NULL || fact->redacted;
        if (known && dot != NULL && strncmp(fact->path, "environment.", 12) == 0 &&
            strcmp(dot + 1, name) == 0) {
            return true;
        }
    }
    return false;
}

void mb_record_host(struct mb_check *check)
{
    static const char *const names[][2] = {{"cpus", "cpus"},
                                           {"memory_bytes", "memory"},
                                           {"kernel", "kernel"},
                                           {"cpu_model", "instance"}};
    const char *missing = "";
    for (size_t i = 0; check->result != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (!has_fact(check->result, names[i][0]) &&
            !has_fact(check->result, names[i][1])) {
            missing = mb_arena_print(check->arena, "%s%s'%s'", missing,
                                     missing[0] != '\0' ? ", " : "", names[i][0]);
        }
    }
    if (missing[0] != '\0') {
        mb_run_report(check, "/facts", "'meshbench env' prints what can be captured",
                      "not known of the machine: %s: needed for level 'disclosed'",
                      missing);
    }
}

// What the run noted itself and nobody can recompute: repeated here, so that a reader of
// the check sees it.
void mb_record_findings(struct mb_check *check)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->finding_count; i++) {
        const struct mb_finding *finding = &result->findings[i];
        if (strcmp(finding->code, check->rule->code) == 0) {
            mb_run_report(check, mb_run_at(check, "/findings/%zu", i), finding->hint,
                          "%s", finding->message);
        }
    }
}

void mb_record_derived(struct mb_check *check)
{
    for (size_t i = 0; check->derived != NULL && i < check->derived->count; i++) {
        const struct mb_finding *finding = &check->derived->items[i];
        if (strcmp(finding->code, check->rule->code) == 0) {
            mb_run_report(check, finding->pointer, finding->hint, "%s", finding->message);
        }
    }
}
