#!/usr/bin/env bash
# usage: analyzer.sh [SOURCE]...
# gcc's -fanalyzer over every source of tools/, or those given; a source is one test.
set -u
cd "$(dirname "$0")/../.." || exit 3
# shellcheck source=/dev/null
. tests/slow/each-source.bash
export GCC=${GCC:-gcc}
if ! "$GCC" -fanalyzer -x c -fsyntax-only - </dev/null 2>/dev/null; then
    echo "skip: $GCC has no -fanalyzer"
    echo "analyzer: 0 passed, 0 failed, 1 skipped"
    exit 0
fi

analyze() {
    timeout 300 "$GCC" -std=c11 -O1 -fanalyzer -Werror -c -o /dev/null "$@"
}

each_source analyzer analyze "$@"
