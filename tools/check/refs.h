// Rules about what a spec refers to: names are given once and lead somewhere, files and
// environment variables exist, secrets stay outside. Functions of the rule table.
#ifndef MB_CHECK_REFS_H
#define MB_CHECK_REFS_H

#include "check/run.h"

void mb_refs_inline_secrets(struct mb_check *check); // MB113
void mb_refs_controls(struct mb_check *check);       // MB117
void mb_refs_variant_names(struct mb_check *check);  // MB120
void mb_refs_workload_names(struct mb_check *check); // MB121
void mb_refs_variants(struct mb_check *check);       // MB122
void mb_refs_metrics(struct mb_check *check);        // MB123
void mb_refs_adapters(struct mb_check *check);       // MB127
void mb_refs_files(struct mb_check *check);          // MB128
void mb_refs_variables(struct mb_check *check);      // MB129
void mb_refs_file_digests(struct mb_check *check);   // MB142

// In arena: a hint for a text that is no metric.
const char *mb_refs_metric_hint(struct mb_arena *arena, const char *text);

// The name or path of a variant's adapter, however it is written; NULL when there is
// none.
const struct mb_node *mb_refs_adapter(const struct mb_node *variant);

#endif
