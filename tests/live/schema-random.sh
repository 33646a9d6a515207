#!/bin/sh
# Random schemas over every keyword that the engine checks, and random values: its verdict
# against that of the PyPI package `jsonschema`.
# usage: tests/live/schema-random.sh [SCHEMAS] [SEED]   (from anywhere; needs build/libmeshbench.a)
set -eu
cd "$(dirname "$0")/../.."
python3 -c 'import jsonschema' 2>/dev/null || {
    echo "SKIPPED schema-random: python3 has no package 'jsonschema' (pip install jsonschema)"
    exit 0
}
build=${BUILD:-build}
[ -f "$build/libmeshbench.a" ] || make "$build/libmeshbench.a" BUILD="$build"
mkdir -p "$build/live"
# shellcheck disable=SC2046,SC2086  # flags are words
${CC:-cc} -std=c11 -O1 -D_GNU_SOURCE -Itools ${SAN:-} -o "$build/live/schema_random" tests/live/schema_random.c \
    "$build/libmeshbench.a" $(pkg-config --libs yaml-0.1 libcrypto zlib) -lm
exec python3 tests/live/schema_random.py "$build/live/schema_random" "${1:-2000}" "${2:-1}"
