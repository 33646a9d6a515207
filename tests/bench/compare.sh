#!/bin/sh
# usage: compare.sh
# Times `meshbench compare` of two results of 10,000 cells of 10 trials beside benchstat on
# the same numbers, interleaved. See compare.py for what the environment can change.
exec python3 "$(dirname "$0")/compare.py"
