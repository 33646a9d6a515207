// Rules about how a result is put together: names and times of its trials, and what it
// says about its spec. Functions of the rule table.
#ifndef MB_CHECK_RECORD_H
#define MB_CHECK_RECORD_H

#include "check/run.h"

void mb_record_minor(struct mb_check *check);     // MB114
void mb_record_trial_ids(struct mb_check *check); // MB509
void mb_record_cells(struct mb_check *check);     // MB510
void mb_record_positions(struct mb_check *check); // MB511
void mb_record_times(struct mb_check *check);     // MB512
void mb_record_reason(struct mb_check *check);    // MB513
void mb_record_digest(struct mb_check *check);    // MB514
void mb_record_resources(struct mb_check *check); // MB515
void mb_record_aa(struct mb_check *check);        // MB516
void mb_record_names(struct mb_check *check);     // MB517
void mb_record_complete(struct mb_check *check);  // MB518
void mb_record_raw(struct mb_check *check);       // MB318
void mb_record_spec(struct mb_check *check);      // MB319
void mb_record_facts(struct mb_check *check);     // MB320
void mb_record_host(struct mb_check *check);      // MB321
void mb_record_findings(struct mb_check *check);  // MB4xx that a run noted itself
void mb_record_derived(struct mb_check *check);   // MB6xx

#endif
