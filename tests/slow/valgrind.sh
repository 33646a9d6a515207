#!/usr/bin/env bash
# The unit tests under valgrind: leaks, invalid reads and writes, uninitialised values.
set -u
build=${BUILD:-build}
command -v valgrind >/dev/null 2>&1 || {
    echo "skip: valgrind is not installed"
    echo "valgrind: 0 passed, 0 failed, 1 skipped"
    exit 0
}
# Those that start processes or measure time are no place for a machine 30 times slower.
slow='base/test_proc$|base/test_ctx$|load/test_engine|collect/test_sampler'
passed=0 failed=0 skipped=0
for program in $(find "$build/unit" -type f -executable | sort); do
    name=${program#"$build"/unit/}
    [ -e "tests/unit/$name.c" ] || continue
    if [[ $name =~ $slow ]]; then
        skipped=$((skipped + 1))
        echo "skip: $name: it depends on time or starts programs"
        continue
    fi
    # Children of a test end as the test wants, not by freeing.
    if timeout 600 valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --trace-children=no --child-silent-after-fork=yes "$program" >"$build/valgrind.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "--- $name"
        grep -v '^\[' "$build/valgrind.log" | head -n 40
    fi
done
echo "valgrind: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
