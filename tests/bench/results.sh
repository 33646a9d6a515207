#!/bin/sh
# usage: results.sh
# Times `meshbench compare` of 1,000 result files with histograms. See results.py for what
# the environment can change.
exec python3 "$(dirname "$0")/results.py"
