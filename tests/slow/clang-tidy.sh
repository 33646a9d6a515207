#!/usr/bin/env bash
# usage: clang-tidy.sh [SOURCE]...
# clang-tidy with .clang-tidy over every source of tools/, or those given; a source is one
# test.
set -u
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=/dev/null
. tests/slow/each-source.bash
if ! command -v clang-tidy >/dev/null 2>&1; then
    echo "skip: clang-tidy is not installed"
    echo "clang-tidy: 0 passed, 0 failed, 1 skipped"
    exit 0
fi

tidy() {
    local source=$1
    shift
    timeout 300 clang-tidy --quiet --warnings-as-errors='*' "$source" -- -std=c11 "$@" 2>/dev/null |
        grep -E 'warning:|error:'
    return "${PIPESTATUS[0]}"
}

each_source clang-tidy tidy "$@"
