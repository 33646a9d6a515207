#!/usr/bin/env bash
# Every header compiles alone, has its guard, and starts by saying what it is for.
set -u
bad=0
for header in tools/*/*.h; do
    own=${header#tools/}
    guard=MB_$(tr 'a-z/.' 'A-Z__' <<<"$own")
    if ! grep -q "^#ifndef $guard\$" "$header"; then
        echo "$header: its guard is not $guard"
        bad=1
    fi
    if [ "$(head -c 3 "$header")" != "// " ]; then
        echo "$header: does not start with a comment that says what it is for"
        bad=1
    fi
done
# shellcheck disable=SC2016  # for the inner shell
for header in tools/*/*.h; do echo "$header"; done |
    xargs -P 2 -I{} sh -c '${CC:-cc} -std=c11 -D_GNU_SOURCE -Itools -fsyntax-only -Wall -Wextra -Wpedantic -Werror -x c "{}" || echo "{}: does not compile alone"' 2>&1 |
    grep . && bad=1
exit $bad
