#!/usr/bin/env bash
# Scripts pass shellcheck, are executable, and say how they are used.
set -u
bad=0
scripts=$(find tools tests .ci -type f \( -name '*.sh' -o -path '.ci/run' \) | grep -v '^tests/fuzz/corpus/' | sort)
for script in $scripts; do
    [ -x "$script" ] || { echo "$script: not executable"; bad=1; }
    sed -n 2p "$script" | grep -q '^# ' || { echo "$script: its second line does not say what it is for"; bad=1; }
done
if ! command -v shellcheck >/dev/null 2>&1; then
    [ $bad -eq 0 ] || exit 1
    echo "shellcheck is not installed"
    exit 77
fi
# shellcheck disable=SC2086  # names without blanks
shellcheck -S info $scripts || bad=1
exit $bad
