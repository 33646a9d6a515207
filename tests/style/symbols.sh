#!/usr/bin/env bash
# What the library exports: every symbol starts with mb_ and is used by another file, else
# it should be static. (That it is declared, the compiler checks: -Wmissing-prototypes.)
set -u
if ! command -v nm >/dev/null 2>&1; then
    echo "nm is not installed"
    exit 77
fi
bad=0
objects=$(find "$BUILD/tools" -name '*.o' | sort)
[ -n "$objects" ] || { echo "no objects in $BUILD: build first"; exit 1; }

# "OBJECT SYMBOL" of every definition; of every use by another file, tests included.
# Objects of files that are gone do not count.
live=$(for o in $objects; do s=${o#"$BUILD"/}; [ -e "${s%.o}.c" ] && echo "$o"; done)
# shellcheck disable=SC2086
defined=$(nm -A --defined-only --extern-only $live | sed -E 's#^(.*\.o):[0-9a-f]+ [A-Za-z] (.*)#\1 \2#' | grep -vE ' (__asan|__odr_asan|__ubsan|__sanitizer|main$)')

foreign=$(awk '$2 !~ /^mb_/' <<<"$defined")
if [ -n "$foreign" ]; then
    echo "$foreign" | sed "s|^$BUILD/||; s|\$|: does not start with mb_|"
    bad=1
fi

# Words of each source, to look symbols up in.
words=$(grep -owE 'mb_[a-z0-9_]+' tools/*/*.c tests/*/*.c tests/*/*/*.c 2>/dev/null | sort -u)
while read -r object symbol; do
    source=${object#"$BUILD"/}
    source=${source%.o}.c
    if ! grep ":$symbol\$" <<<"$words" | grep -qv "^$source:"; then
        echo "$source: $symbol is used by no other file: make it static"
        bad=1
    fi
done <<<"$defined"
exit $bad
