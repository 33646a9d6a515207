// The forms of k6's results, each with its reader: import_k6.c chooses. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_K6_H
#define MB_EXCHANGE_IMPORT_K6_H

#include "exchange/import.h"

// The start of the summary that k6 prints at its end.
bool mb_import_k6_is_text(const char *head);

MB_MUST_USE enum mb_status mb_import_k6_text(struct mb_import *import,
                                             struct mb_input *input, struct mb_err *err);

// Measurement by measurement, as `--out json` and `--out csv` write them.
bool mb_import_k6_is_points(const char *head);
bool mb_import_k6_is_csv(const char *head);
MB_MUST_USE enum mb_status
mb_import_k6_points(struct mb_import *import, struct mb_input *input, struct mb_err *err);
MB_MUST_USE enum mb_status mb_import_k6_csv(struct mb_import *import,
                                            struct mb_input *input, struct mb_err *err);

#endif
