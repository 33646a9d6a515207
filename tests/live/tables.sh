#!/bin/sh
# Published figures, as results of one trial each: A/A pairs raise no verdict, and stale, below-noise, confounded
# and saturated figures are named for what they are. Needs the tables of the corpus ($MB_CORPUS, else ../shared/corpus).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
tables=${MB_CORPUS:-$root/../shared/corpus}/tables
[ -f "$tables/istio_tools_benchmark_2020.csv" ] || {
    echo "SKIPPED tables: no published tables in $tables (MB_CORPUS)"
    exit 77
}
PATH=${BUILD:-$root/build}:$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
python3 "$root/tests/live/tables.py" "$tables" "$folder"
