#!/bin/sh
# usage: run.sh   (make bench)
# Measures load generators against each other: closed loop, 32 connections, one server,
# interleaved rounds. See run.py for what the environment can change.
exec python3 "$(dirname "$0")/run.py"
