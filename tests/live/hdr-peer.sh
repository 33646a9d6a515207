#!/bin/sh
# Random histograms, both directions, against the PyPI package `hdrhistogram`:
#   ours -> payload equal byte by byte, and read by the package
#   theirs -> read by us, values at the ranks of all percentiles equal
# usage: tests/live/hdr-peer.sh [ROUNDS] [SEED]   (from anywhere; needs build/libmeshbench.a)
set -eu
cd "$(dirname "$0")/../.."
python3 -c 'import hdrh' 2>/dev/null || {
    echo "SKIPPED hdr-peer: python3 has no package 'hdrhistogram' (pip install hdrhistogram)"
    exit 0
}
build=${BUILD:-build}
[ -f "$build/libmeshbench.a" ] || make "$build/libmeshbench.a" BUILD="$build"
mkdir -p "$build/live"
# shellcheck disable=SC2046,SC2086  # flags are words
${CC:-cc} -std=c11 -O1 -D_GNU_SOURCE -Itools ${SAN:-} -o "$build/live/hdr_peer" tests/live/hdr_peer.c \
    "$build/libmeshbench.a" $(pkg-config --libs libcrypto zlib) -lm
exec python3 tests/live/hdr_peer.py "$build/live/hdr_peer" "${1:-40}" "${2:-1}"
