#!/bin/sh
# The structural verdict of `meshbench validate` against the PyPI package `jsonschema` on
# some thousand specs, each broken in one place; and every constraint of the schema of
# specs is broken by at least one of them.
# usage: tests/live/schema-peer.sh   (from anywhere; needs build/meshbench; half a minute)
set -eu
cd "$(dirname "$0")/../.."
python3 -c 'import jsonschema, referencing' 2>/dev/null || {
    echo "SKIPPED schema-peer: python3 has no package 'jsonschema' (pip install jsonschema)"
    exit 0
}
build=${BUILD:-build}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 tests/live/schema_peer.py "$build/meshbench" "$folder"
