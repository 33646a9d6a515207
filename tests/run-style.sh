#!/usr/bin/env bash
# usage: run-style.sh [NAME]...
# Runs the checks tests/style/NAME.sh (all by default). A check prints what it finds and
# exits with 1; with 77 it is skipped, and its last line says why. Ends with
# "style: N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 3
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
export BUILD=$build LC_ALL=C
if [ $# -eq 0 ]; then
    for script in tests/style/*.sh; do
        name=${script##*/}
        set -- "$@" "${name%.sh}"
    done
fi
passed=0 failed=0 skipped=0
for name in "$@"; do
    output=$("tests/style/$name.sh" 2>&1)
    case $? in
    0) passed=$((passed + 1)) ;;
    77)
        skipped=$((skipped + 1))
        echo "skip: $name: ${output##*$'\n'}"
        ;;
    *)
        failed=$((failed + 1))
        echo "--- $name"
        head -n 60 <<<"$output"
        ;;
    esac
done
echo "style: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
