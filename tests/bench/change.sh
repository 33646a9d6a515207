#!/bin/sh
# usage: change.sh [--series N] [--seed N] [--corpus DIR] [--tuning-only]
# How often the detectors of stats/change.h find a step and how often they raise a false
# alarm, beside Apache Otava where PYTHON (python3) has it, and how fast they are. Under
# two minutes with Otava. Series and what is held back: change.c and change.py.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
[ -f "$build/libmeshbench.a" ] || make -s "$build/libmeshbench.a" BUILD="$build"
mkdir -p "$build/bench"
${CC:-cc} -std=c11 -D_GNU_SOURCE -Itools -O2 tests/bench/change.c "$build/libmeshbench.a" \
    -lm -o "$build/bench/change"
nice "${PYTHON:-python3}" tests/bench/change.py "$build/bench/change" "$@"
printf '\n### Speed\n\n'
for detector in default otava; do
    echo "- $detector: $("$build/bench/change" speed $detector 1000 1000)"
    echo "- $detector: $("$build/bench/change" speed $detector 10 5000)"
    echo "- $detector: $("$build/bench/change" speed $detector 1 3000 --grow)"
    echo "- $detector: $("$build/bench/change" speed $detector 1 1000000)"
done
