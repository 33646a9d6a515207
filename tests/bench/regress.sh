#!/bin/sh
# usage: regress.sh [ROUNDS]
# How fast `meshbench regress` is:
#   1. on a CSV file with 10 series of 5,000 points, from start to end, beside the function of Apache
#      Otava that computes change points (without its start, its reading and its printing): ROUNDS (10)
#      of each, in turns. Otava comes from PyPI into a folder of its own that is removed; OTAVA_PYTHON
#      names a Python that has it.
#   2. on a store with SERIES (10,000) series of POINTS (1,000) points.
# Prints medians and the ratio; fails when ours is less than 30 times as fast (both detectors), or when
# the store takes more than 10 s. Timings want an idle machine.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BUILD:-$root/build}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${OTAVA_PYTHON:-}
if [ -z "$python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" --quiet install apache-otava==0.8.0
    python=$work/venv/bin/python
fi
meshbench store add --store "$work/history.db" "$root/fixtures/results/small.json" >/dev/null
python3 "$root/tests/bench/store_fill.py" "$work/history.db" "${SERIES:-10000}" "${POINTS:-1000}"
"$python" "$root/tests/bench/regress.py" "$work" "${1:-10}"
