#!/bin/sh
# What `show --format json` says of a result against a second implementation in Python, which decodes the
# histograms with the PyPI package `hdrhistogram` and follows spec/measurements.md.
# usage: tests/live/show-peer.sh [RESULT]...   (from anywhere; the fixture by default)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python3 -c 'import hdrh' 2>/dev/null || {
    echo "SKIPPED show-peer: python3 has no package 'hdrhistogram' (pip install hdrhistogram)"
    exit 0
}
[ $# -gt 0 ] || set -- "$root/fixtures/results/small.json"
PATH=${BUILD:-$root/build}:$PATH
for result in "$@"; do
    meshbench show --format json "$result" | python3 "$root/tests/live/show_peer.py" "$result"
done
