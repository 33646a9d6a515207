#!/usr/bin/env bash
# usage: run-live.sh [NAME]...
# Runs the tests against real servers on 127.0.0.1: tests/live/NAME.sh (all by default). A
# test fails by its exit status; with 77, or when its first line starts with "SKIPPED", it
# is skipped and says why. A test that leaves a process behind has failed. Ends with
# "live: N passed, N failed, N skipped".
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

# The processes that a test started, directly or not: they carry its mark.
left_by() {
    local environ
    for environ in /proc/[0-9]*/environ; do
        if grep -qzx "MB_LIVE_TEST=$1" "$environ" 2>/dev/null; then
            basename "${environ%/environ}"
        fi
    done
}

for name in "$@"; do
    log=$build/live/$name.log
    start=$SECONDS
    mark=$$-$name
    MB_LIVE_TEST=$mark timeout --kill-after=10 "${LIVE_TIMEOUT:-900}" "tests/live/$name.sh" >"$log" 2>&1 </dev/null
    status=$?
    # What is taken down at our death needs a moment.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        left=$(left_by "$mark")
        [ -n "$left" ] || break
        sleep 0.5
    done
    for pid in $left; do
        echo "left running: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" >>"$log"
        kill -9 "$pid"
        status=99
    done
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
