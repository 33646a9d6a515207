#!/bin/sh
# What `export` writes, read by the tools that it is for: fortio's own report (in chromium, where that
# is), benchstat, Otava, promtool, prometheus, and the Python packages hdrhistogram and protobuf.
# Numbers that they give back are those of `show`. A tool that is missing is named and left out.
# usage: tests/live/export-peers.sh [RESULT]   (from anywhere; the fixture by default)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v python3 >/dev/null || {
    echo "SKIPPED export-peers: no python3"
    exit 77
}
PATH=${BUILD:-$root/build}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$root/tests/live/export_peers.py" "${1:-$root/fixtures/results/small.json}" "$work"
