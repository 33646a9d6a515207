#!/bin/sh
# usage: truth-stall.sh   see truth.py for what the environment can change
exec python3 "$(dirname "$0")/truth.py" stall
