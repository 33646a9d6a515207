// Rules of the level 'disclosed': what readers need to judge a number (spec/levels.md).
// Functions of the rule table.
#ifndef MB_CHECK_DISCLOSURE_H
#define MB_CHECK_DISCLOSURE_H

#include "check/run.h"

void mb_disclosure_orchestrator(struct mb_check *check);         // MB301
void mb_disclosure_nodes(struct mb_check *check);                // MB302
void mb_disclosure_node_cpus(struct mb_check *check);            // MB303
void mb_disclosure_node_memory(struct mb_check *check);          // MB304
void mb_disclosure_network(struct mb_check *check);              // MB305
void mb_disclosure_node_kernel(struct mb_check *check);          // MB306
void mb_disclosure_cni(struct mb_check *check);                  // MB307
void mb_disclosure_orchestrator_version(struct mb_check *check); // MB308
void mb_disclosure_application(struct mb_check *check);          // MB309
void mb_disclosure_mesh_version(struct mb_check *check);         // MB310
void mb_disclosure_mesh_config(struct mb_check *check);          // MB311
void mb_disclosure_mesh_features(struct mb_check *check);        // MB312
void mb_disclosure_baseline(struct mb_check *check);             // MB313
void mb_disclosure_warmup(struct mb_check *check);               // MB314
void mb_disclosure_timeout(struct mb_check *check);              // MB315
void mb_disclosure_keepalive(struct mb_check *check);            // MB316
void mb_disclosure_outliers(struct mb_check *check);             // MB317

#endif
