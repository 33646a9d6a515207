#!/usr/bin/env bash
# Functions of at most 60 lines and five parameters (and err), files of at most 700 lines.
set -u
function_max=60 file_max=700 parameters_max=5
bad=0

for file in tools/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch]; do
    [ -e "$file" ] || continue
    lines=$(wc -l <"$file")
    if [ "$lines" -gt $file_max ]; then
        echo "$file: $lines lines, at most $file_max"
        bad=1
    fi
done

if ! command -v ctags >/dev/null 2>&1 || ! ctags --version | grep -q Universal; then
    [ $bad -eq 0 ] || exit 1
    echo "universal-ctags is not installed: functions were not measured"
    exit 77
fi
ctags -x --languages=C --kinds-C=f --fields=+neS \
    --_xformat='%F %n %{end} %N %S' tools/*/*.c tests/unit/*.c tests/*/*.c |
    sort -u | awk -v max=$function_max -v parameters=$parameters_max '
    {
        file = $1; first = $2; last = $3; name = $4
        if (last - first + 1 > max) {
            print file ":" first ": " name " has " last - first + 1 " lines, at most " max
            bad = 1
        }
        # `struct mb_err *err`, which nearly all have, comes on top.
        signature = $0
        sub(/^[^(]*\(/, "", signature)
        sub(/, *struct mb_err *\* *err\)/, ")", signature)
        count = gsub(/,/, ",", signature) + 1
        # A library decides what its callbacks take.
        if (file ~ /^tools/ && count > parameters && name != "mb_err_at" &&
            signature !~ /xmlChar/) {
            print file ":" first ": " name " has " count " parameters, at most " parameters
            bad = 1
        }
    }
    END { exit bad }' || bad=1
exit $bad
