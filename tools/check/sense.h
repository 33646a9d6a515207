// Rules about values of a spec that make no sense together. Functions of the rule table.
#ifndef MB_CHECK_SENSE_H
#define MB_CHECK_SENSE_H

#include "check/run.h"

void mb_sense_ranges(struct mb_check *check);      // MB105, beyond the schema
void mb_sense_rate_unused(struct mb_check *check); // MB124
void mb_sense_url(struct mb_check *check);         // MB125
void mb_sense_body(struct mb_check *check);        // MB126
void mb_sense_points(struct mb_check *check);      // MB130
void mb_sense_threads(struct mb_check *check);     // MB131
void mb_sense_timeout(struct mb_check *check);     // MB132
void mb_sense_until(struct mb_check *check);       // MB133
void mb_sense_trials(struct mb_check *check);      // MB134
void mb_sense_baseline(struct mb_check *check);    // MB138
void mb_sense_aa_name(struct mb_check *check);     // MB139
void mb_sense_division(struct mb_check *check);    // MB140
void mb_sense_port(struct mb_check *check);        // MB141

#endif
