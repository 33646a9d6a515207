#!/bin/sh
# usage: duel.sh
# Duels between builds that differ by 3% and between identical ones, 20 each, beside a noisy
# neighbour. See duel.py for what the environment can change.
exec python3 "$(dirname "$0")/duel.py"
