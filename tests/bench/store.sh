#!/usr/bin/env bash
# usage: store.sh [SERIES] [RESULTS]      (10000 series of 1000 points: 3 minutes, 500 MB)
# How long it takes to read all points of a store into arrays, with one thread and with two,
# and how long regress takes for all of it.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
series=${1:-10000}
results=${2:-1000}
make -s BUILD="$build" build
dir=$build/bench
store=$dir/store.db
mkdir -p "$dir"
# shellcheck disable=SC2046  # flags, word by word
cc -std=c11 -D_GNU_SOURCE -Itools -O2 tests/bench/store_read.c "$build/libmeshbench.a" \
    $(pkg-config --libs yaml-0.1 libcrypto zlib sqlite3) -lm -pthread -o "$dir/store_read"
rm -f "$store"
"$build/meshbench" store add fixtures/results/small.json --store "$store" >/dev/null
python3 tests/bench/store_fill.py "$store" "$series" "$results"
echo "$(du -m "$store" | cut -f1) MB"
for round in 1 2 3; do
    echo "round $round"
    for threads in 1 2; do
        "$dir/store_read" "$store" "$threads"
    done
done
start=$(date +%s.%N)
"$build/meshbench" regress --store "$store" >"$dir/regress.txt"
echo "regress: $(awk -v s="$start" -v e="$(date +%s.%N)" 'BEGIN { printf "%.1f", e - s }') s"
rm -f "$store"
