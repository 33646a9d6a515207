// The importers, for the table in import.c. Exchange floor.
#ifndef MB_EXCHANGE_IMPORTERS_H
#define MB_EXCHANGE_IMPORTERS_H

#include "exchange/import.h"

extern const struct mb_importer mb_importer_ab;
extern const struct mb_importer mb_importer_autocannon;
extern const struct mb_importer mb_importer_bombardier;
extern const struct mb_importer mb_importer_csv;
extern const struct mb_importer mb_importer_fortio;
extern const struct mb_importer mb_importer_fortio_text;
extern const struct mb_importer mb_importer_gatling;
extern const struct mb_importer mb_importer_gatling_stats;
extern const struct mb_importer mb_importer_ghz;
extern const struct mb_importer mb_importer_ghz_text;
extern const struct mb_importer mb_importer_gobench;
extern const struct mb_importer mb_importer_h2load;
extern const struct mb_importer mb_importer_h2load_log;
extern const struct mb_importer mb_importer_hey;
extern const struct mb_importer mb_importer_hgrm;
extern const struct mb_importer mb_importer_hlog;
extern const struct mb_importer mb_importer_hyperfine;
extern const struct mb_importer mb_importer_istio;
extern const struct mb_importer mb_importer_jtl;
extern const struct mb_importer mb_importer_k6;
extern const struct mb_importer mb_importer_locust;
extern const struct mb_importer mb_importer_locust_csv;
extern const struct mb_importer mb_importer_locust_text;
extern const struct mb_importer mb_importer_meshery;
extern const struct mb_importer mb_importer_nighthawk;
extern const struct mb_importer mb_importer_nighthawk_text;
extern const struct mb_importer mb_importer_oha;
extern const struct mb_importer mb_importer_siege;
extern const struct mb_importer mb_importer_smp;
extern const struct mb_importer mb_importer_vegeta;
extern const struct mb_importer mb_importer_wrk;

#endif
