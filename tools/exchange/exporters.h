// The exporters, each in its own file. Exchange floor.
#ifndef MB_EXCHANGE_EXPORTERS_H
#define MB_EXCHANGE_EXPORTERS_H

#include "exchange/export.h"

extern const struct mb_exporter mb_exporter_csv;
extern const struct mb_exporter mb_exporter_csv_wide;
extern const struct mb_exporter mb_exporter_fortio;
extern const struct mb_exporter mb_exporter_gobench;
extern const struct mb_exporter mb_exporter_hgrm;
extern const struct mb_exporter mb_exporter_hlog;
extern const struct mb_exporter mb_exporter_junit;
extern const struct mb_exporter mb_exporter_meshery;
extern const struct mb_exporter mb_exporter_openmetrics;
extern const struct mb_exporter mb_exporter_otava;
extern const struct mb_exporter mb_exporter_smp;

#endif
