#!/usr/bin/env bash
# usage: run-unit.sh PROGRAM...
# Runs cmocka programs, two at a time, prints the output of those that fail and the reason
# of every skip (the line "skip..." or "SKIPPED..." that a test prints before skip()). Ends
# with "unit: N passed, N failed, N skipped".
set -u
build=${BUILD:-build}
logs=$build/unit-logs
mkdir -p "$logs"
export LC_ALL=C TZ=UTC CMOCKA_MESSAGE_OUTPUT=STDOUT
# A test that hangs is a failure, not a stuck build.
limit=${UNIT_TIMEOUT:-300}

run_one() {
    local program=$1 log
    log=$logs/$(tr / _ <<<"${program#"$build"/unit/}").log
    timeout --kill-after=5 "$limit" "$program" >"$log" 2>&1 </dev/null
    echo "status $?" >>"$log"
}
export -f run_one
export logs limit build
# shellcheck disable=SC2016  # for the inner shell
printf '%s\0' "$@" | xargs -0 -r -n 1 -P 2 bash -c 'run_one "$1"' run_one

passed=0 failed=0 skipped=0
for program in "$@"; do
    name=${program#"$build"/unit/}
    log=$logs/$(tr / _ <<<"$name").log
    read -r p f s < <(awk '
        /^\[       OK \]/ { p++ }
        /^\[  FAILED  \]/ && !summary { f++ }
        /^\[  SKIPPED \]/ && !summary { s++ }
        /^\[==========\] [0-9]+ test\(s\) run/ { summary = 1 }
        END { print p + 0, f + 0, s + 0 }' "$log")
    status=$(sed -n 's/^status //p' "$log" | tail -n 1)
    # Killed, crashed, or left before cmocka could count.
    if [ "$status" != 0 ] && [ "$f" -eq 0 ]; then
        f=1
    elif [ "$status" = 0 ] && [ $((p + f + s)) -eq 0 ]; then
        echo "$name: no test ran"
        f=1
    fi
    if [ "$f" -gt 0 ]; then
        echo "--- $name (status $status)"
        grep -v '^\[ RUN\|^\[       OK' "$log" | head -n 200
    fi
    awk -v name="$name" '
        /^\[==========\] [0-9]+ test\(s\) run/ { exit }
        /^\[ RUN/ { reason = "no reason given" }
        tolower($0) ~ /^skip/ { reason = $0; sub(/^[A-Za-z]+:? */, "", reason) }
        /^\[  SKIPPED \]/ { print "skip: " name " " $NF ": " reason }' "$log"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "unit: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
