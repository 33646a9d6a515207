#!/usr/bin/env bash
# usage: stages.sh LOGDIR NAME COMMAND [NAME COMMAND]...
# Runs the commands one after the other and sums what they count: a stage that ends with
# a line "... N passed, N failed, N skipped" adds these numbers, any other counts as one
# test. Lists all skips with their reasons, then prints the sum in the same form. The
# stages "deps" and "build" stop everything when they fail. Status 0 when nothing failed.
set -u
logs=$1
shift
mkdir -p "$logs"
passed=0 failed=0 skipped=0
skips=$logs/skips
: >"$skips"

while [ $# -ge 2 ]; do
    name=$1 command=$2
    shift 2
    echo "== $name"
    start=$SECONDS
    bash -c "$command" 2>&1 | tee "$logs/$name.log"
    status=${PIPESTATUS[0]}
    line=$(grep -E '(^|: )[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$logs/$name.log" | tail -n 1)
    if [ -n "$line" ]; then
        read -r p f s < <(sed -E 's/.*(^|: )([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/' <<<"$line")
        if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
            f=1
        fi
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        sed -n 's/^skip: //p' "$logs/$name.log" | sort -u | sed "s|^|$name: |" >>"$skips"
    elif [ "$status" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    [ "$status" -eq 0 ] || echo "== $name failed with status $status"
    echo "== $name took $((SECONDS - start)) s"
    if [ "$status" -ne 0 ] && { [ "$name" = deps ] || [ "$name" = build ]; }; then
        break
    fi
done

if [ -s "$skips" ]; then
    echo "== skipped"
    cat "$skips"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
