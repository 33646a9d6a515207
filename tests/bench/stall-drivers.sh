#!/bin/sh
# usage: stall-drivers.sh   see stall_drivers.py for what the environment can change
# The stall test through every load generator that `run` drives: what each says about a
# server that stalls, held against the server's own log, as a table in Markdown.
command -v taskset >/dev/null || { echo "stall-drivers: no taskset (apt-get install util-linux)"; exit 77; }
exec python3 "$(dirname "$0")/stall_drivers.py"
