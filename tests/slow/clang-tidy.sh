#!/usr/bin/env bash
# clang-tidy with .clang-tidy over every source of tools/; a source is one test.
set -u
if ! command -v clang-tidy >/dev/null 2>&1; then
    echo "skip: clang-tidy is not installed"
    echo "clang-tidy: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
build=${BUILD:-build}
flags=$(pkg-config --cflags yaml-0.1 libcrypto zlib)
passed=0 failed=0
for source in tools/*/*.c; do
    # shellcheck disable=SC2086  # a list of flags
    output=$(timeout 300 clang-tidy --quiet --warnings-as-errors='*' "$source" -- -std=c11 -D_GNU_SOURCE -DMB_VERSION='"0"' \
        -Itools -I"$build/gen" $flags -isystem /usr/share/include/llhttp 2>/dev/null)
    if [ $? -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        grep -E 'warning:|error:' <<<"$output" | head -n 10
    fi
done
echo "clang-tidy: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
