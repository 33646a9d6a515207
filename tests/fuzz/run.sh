#!/usr/bin/env bash
# usage: run.sh SECONDS FOLDER [NAME...]
# Runs the libFuzzer programs FOLDER/fuzz_NAME (all by default) for so long each, starting
# from tests/fuzz/corpus/NAME. What they find new stays in FOLDER/NAME.new; what crashes
# them in FOLDER/NAME.crash-*. To keep the gain: run.sh's last lines say how.
set -u
cd "$(dirname "$0")/../.." || exit 3
seconds=$1 folder=$2
shift 2
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046  # names without blanks
    set -- $(find "$folder" -maxdepth 1 -name 'fuzz_*' ! -name '*.d' -printf '%f\n' | sed 's/^fuzz_//' | sort)
fi
failed=0
for name in "$@"; do
    mkdir -p "$folder/$name.new" "tests/fuzz/corpus/$name"
    echo "== fuzz $name for $seconds s"
    "$folder/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$folder/$name." "$folder/$name.new" "tests/fuzz/corpus/$name" \
        >"$folder/$name.log" 2>&1
    status=$?
    grep -E '^(stat::number_of_executed_units|stat::average_exec_per_sec|SUMMARY|==.*ERROR)' "$folder/$name.log"
    if [ $status -ne 0 ]; then
        echo "   failed with status $status: $folder/$name.log"
        failed=$((failed + 1))
    fi
    echo "   keep what it learned: $folder/fuzz_$name -merge=1 tests/fuzz/corpus/$name $folder/$name.new"
done
echo "$(($# - failed)) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
