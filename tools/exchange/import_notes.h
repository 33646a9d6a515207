// What an import has to say about itself: notes of the importers, and what follows from
// the assembled result. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_NOTES_H
#define MB_EXCHANGE_IMPORT_NOTES_H

#include "exchange/import.h"

// Fills result->findings, in arena: one for each code and reason, however many trials it
// is true of.
void mb_import_notes_to_findings(struct mb_import *import,
                                 const struct mb_import_file *files, size_t file_count,
                                 struct mb_result *result);

#endif
