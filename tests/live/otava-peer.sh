#!/bin/sh
# Change points of random series, and of the series of Otava's own tests, against the PyPI
# package `apache-otava` 0.8: every index must be the same.
# usage: tests/live/otava-peer.sh [SERIES] [SEED]   (PYTHON: one that has the package)
set -eu
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import otava' 2>/dev/null || {
    echo "SKIPPED otava-peer: $PYTHON has no package 'otava' (pip install apache-otava==0.8.0)"
    exit 77
}
build=${BUILD:-build}
[ -f "$build/libmeshbench.a" ] || make -s "$build/libmeshbench.a" BUILD="$build"
mkdir -p "$build/live"
# shellcheck disable=SC2086  # flags are words
${CC:-cc} -std=c11 -O1 -D_GNU_SOURCE -Itools ${SAN:-} -o "$build/live/change" tests/bench/change.c \
    "$build/libmeshbench.a" -lm
exec "$PYTHON" tests/live/otava_peer.py "$build/live/change" "${1:-200}" "${2:-1}"
