#!/bin/sh
# usage: verdict-peer.sh [ROUNDS] [SEED]
# Asks the PyPI package `jsonschema` for its verdict on every fixture, and on ROUNDS (200)
# random changes of the good ones: it has to be the one of the tool's structural stage.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python3 -c 'import jsonschema, referencing, yaml' 2>/dev/null || {
    echo "SKIPPED verdict-peer: python3 lacks jsonschema, referencing or yaml (pip install jsonschema pyyaml)"
    exit 0
}
MESHBENCH=${MESHBENCH:-$root/build/meshbench} exec python3 "$root/tests/live/verdict_peer.py" "$root" "$@"
