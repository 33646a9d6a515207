#!/bin/sh
# usage: load-errors.sh [scenario...]
# Loads servers that misbehave in every way we know of and checks that each failure is
# counted by its kind, once, and that all counts add up and equal the servers' own.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
MESHBENCH=${MESHBENCH:-$root/build/meshbench} exec python3 "$root/tests/live/load_errors.py" "$@"
