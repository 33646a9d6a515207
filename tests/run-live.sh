#!/usr/bin/env bash
# usage: run-live.sh [NAME]...
# Runs the tests against real servers on 127.0.0.1: tests/live/NAME.sh (all by default). A
# test fails by its exit status; with 77, or when its first line starts with "SKIPPED", it
# is skipped and says why. Ends with "live: N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 3
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
export BUILD=$build LC_ALL=C
export PATH="$build:$PATH:/usr/sbin"
if [ $# -eq 0 ]; then
    for script in tests/live/*.sh; do
        name=${script##*/}
        set -- "$@" "${name%.sh}"
    done
fi
mkdir -p "$build/live"
passed=0 failed=0 skipped=0
for name in "$@"; do
    log=$build/live/$name.log
    start=$SECONDS
    timeout --kill-after=10 "${LIVE_TIMEOUT:-900}" "tests/live/$name.sh" >"$log" 2>&1 </dev/null
    status=$?
    if [ $status -eq 77 ] || { [ $status -eq 0 ] && grep -qE -m1 '^SKIPPED' "$log"; }; then
        skipped=$((skipped + 1))
        echo "skip: $name: $(grep -E '^(SKIPPED|skip)' "$log" | head -n 1 | sed -E 's/^(SKIPPED|skip):? *//')"
    elif [ $status -eq 0 ]; then
        passed=$((passed + 1))
        echo "$name: passed in $((SECONDS - start)) s"
    else
        failed=$((failed + 1))
        echo "--- $name (status $status)"
        tail -n 40 "$log"
    fi
done
echo "live: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
