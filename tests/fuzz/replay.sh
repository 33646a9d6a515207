#!/usr/bin/env bash
# usage: replay.sh PROGRAM...
# Feeds every kept input of tests/fuzz/corpus/NAME/ to build/.../replay_fuzz_NAME, one
# process for all of a corpus. Ends with "fuzz: N passed, N failed, N skipped", where one
# input is one test.
set -u
cd "$(dirname "$0")/../.." || exit 3
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    name=${program##*/replay_fuzz_}
    corpus=tests/fuzz/corpus/$name
    if [ ! -d "$corpus" ]; then
        echo "skip: $name: no corpus in $corpus"
        skipped=$((skipped + 1))
        continue
    fi
    total=$(find "$corpus" -type f | wc -l)
    find "$corpus" -type f -print0 | sort -z | xargs -0 -r timeout 300 "$program" >"$log" 2>&1
    status=$?
    if [ $status -eq 0 ]; then
        passed=$((passed + total))
    else
        echo "--- $name (status $status); the last input named is the one"
        tail -n 40 "$log"
        failed=$((failed + 1))
    fi
done
echo "fuzz: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
