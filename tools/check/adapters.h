// Rules about adapter files, and about the parameters that a spec gives to an adapter.
// Functions of the rule table.
#ifndef MB_CHECK_ADAPTERS_H
#define MB_CHECK_ADAPTERS_H

#include "check/run.h"

void mb_adapters_spec_parameters(struct mb_check *check); // MB143
void mb_adapters_parameter_names(struct mb_check *check); // MB201
void mb_adapters_variables(struct mb_check *check);       // MB202
void mb_adapters_references(struct mb_check *check);      // MB203
void mb_adapters_defaults(struct mb_check *check);        // MB204
void mb_adapters_patterns(struct mb_check *check);        // MB205
void mb_adapters_paths(struct mb_check *check);           // MB206
void mb_adapters_unused(struct mb_check *check);          // MB207

#endif
