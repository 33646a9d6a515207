// What ghz's importers share. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_GHZ_H
#define MB_EXCHANGE_IMPORT_GHZ_H

#include "model/part.h"

// The kind of error that a status of gRPC other than "OK" is.
enum mb_error_kind mb_import_ghz_kind(const char *status);

#endif
