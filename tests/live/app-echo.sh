#!/bin/sh
# usage: app-echo.sh
# Talks to the sample server in ways that clients do and in ways that they should not.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
MESHBENCH=${MESHBENCH:-$root/build/meshbench} exec python3 "$root/tests/live/app_echo.py"
