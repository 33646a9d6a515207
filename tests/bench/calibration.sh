#!/usr/bin/env bash
# usage: calibration.sh
# Builds and runs calibration.c, then lets benchstat (golang.org/x/perf/cmd/benchstat, where
# it is on PATH) judge the same null runs: how many of 1,000 it calls a change.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
make -s BUILD="$build" build
dir=$build/bench
mkdir -p "$dir"
# shellcheck disable=SC2046  # flags, word by word
cc -std=c11 -D_GNU_SOURCE -Itools -O2 tests/bench/calibration.c "$build/libmeshbench.a" \
    $(pkg-config --libs yaml-0.1 jansson libcrypto zlib) -lm -pthread -o "$dir/calibration"
"$dir/calibration" --go "$dir/null.txt"
if ! command -v benchstat >/dev/null; then
    echo "SKIPPED benchstat: not on PATH"
    exit 0
fi
for side in A B; do
    sed -n "s/^$side //p" "$dir/null.txt" >"$dir/null-$side.txt"
done
benchstat -format csv "$dir/null-A.txt" "$dir/null-B.txt" 2>/dev/null |
    awk -F, '/^Noise\/kind=/ {
        match($1, /kind=[^\/]*\/blocks=[0-9]*/)
        key = substr($1, RSTART, RLENGTH)
        count[key]++
        if ($6 != "~") alarms[key]++
    }
    END { for (key in count) printf "benchstat %-36s %5.1f%% of %d null runs are a change\n", key, 100 * alarms[key] / count[key], count[key] }' |
    sort
