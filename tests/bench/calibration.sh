#!/usr/bin/env bash
# usage: calibration.sh      (a few seconds of CPU)
# Builds and runs calibration.c, and lets benchstat (golang.org/x/perf/cmd/benchstat, where
# it is on PATH) judge the same runs. Last two columns: the share that it calls a change of
# the runs without an effect, and of those with the effect that the tool states as
# detectable with a twin (those of "again").
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
make -s BUILD="$build" build
dir=$build/bench
mkdir -p "$dir"
# shellcheck disable=SC2046  # flags, word by word
cc -std=c11 -D_GNU_SOURCE -Itools -O2 tests/bench/calibration.c "$build/libmeshbench.a" \
    $(pkg-config --libs yaml-0.1 libcrypto zlib) -lm -pthread -o "$dir/calibration"
nice "$dir/calibration" --go "$dir/null.txt" "$dir/effect.txt" >"$dir/table.txt"
if ! command -v benchstat >/dev/null; then
    cat "$dir/table.txt"
    echo "SKIPPED benchstat: not on PATH"
    exit 0
fi
for runs in null effect; do
    for side in A B; do
        sed -n "s/^$side //p" "$dir/$runs.txt" >"$dir/$runs-$side.txt"
    done
    nice benchstat -format csv "$dir/$runs-A.txt" "$dir/$runs-B.txt" \
        >"$dir/$runs.csv" 2>/dev/null
done
awk -F, '
    FILENAME ~ /csv$/ && /^Noise\/kind=/ {
        split($1, part, /[=\/]/)
        key = part[3] " " part[5] (FILENAME ~ /null/ ? " null" : " effect")
        count[key]++
        changes[key] += $6 != "~"
    }
    function share(key) {
        return count[key] ? 100 * changes[key] / count[key] : "nan"
    }
    FILENAME ~ /table/ {
        split($0, word, " ")
        key = word[1] " " word[2]
        if (FNR == 1) print $0 " | benchstat"
        else if (FNR == 2) print $0 " |   false   found"
        else printf "%s | %6.1f%% %6.1f%%\n", $0, share(key " null"), share(key " effect")
    }' "$dir/null.csv" "$dir/effect.csv" "$dir/table.txt"
