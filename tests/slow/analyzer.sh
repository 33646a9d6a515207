#!/usr/bin/env bash
# gcc's -fanalyzer over every source of tools/; a source is one test.
set -u
cc=${GCC:-gcc}
if ! "$cc" -fanalyzer -x c -fsyntax-only - </dev/null 2>/dev/null; then
    echo "skip: $cc has no -fanalyzer"
    echo "analyzer: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
build=${BUILD:-build}
mkdir -p "$build/analyzer"
flags=$(pkg-config --cflags yaml-0.1 libcrypto zlib)
passed=0 failed=0
for source in tools/*/*.c; do
    log=$build/analyzer/$(tr / _ <<<"$source").log
    # shellcheck disable=SC2086  # a list of flags
    timeout 300 "$cc" -std=c11 -D_GNU_SOURCE -DMB_VERSION='"0"' -O1 -Itools -I"$build/gen" $flags -isystem /usr/share/include/llhttp \
        -fanalyzer -c -o /dev/null "$source" >"$log" 2>&1
    if grep -q 'warning:\|error:' "$log"; then
        failed=$((failed + 1))
        grep -A3 'warning:\|error:' "$log" | head -n 12
    else
        passed=$((passed + 1))
    fi
done
echo "analyzer: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
