// Keys of Service Mesh Performance documents: its protos name them start_time, their JSON
// form startTime, and tools wrote other spellings. Exchange floor.
#ifndef MB_EXCHANGE_SMP_NAMES_H
#define MB_EXCHANGE_SMP_NAMES_H

#include "format/node.h"

// The value of a key, whatever its spelling: "start_time", "startTime", "StartTime". The
// first of several; NULL when there is none.
struct mb_node *mb_smp_find(const struct mb_node *map, const char *name);

// True for a key that is spelt so.
bool mb_smp_is(const struct mb_node *key, const char *name);

// True for a test's configuration (PerformanceTestConfig, also below "test").
bool mb_smp_is_config(const struct mb_node *root);

#endif
