#!/usr/bin/env bash
# clang-format decides; and no line ends in blanks, no text file lacks its last line feed.
set -u
bad=0
files=$(git ls-files --cached --others --exclude-standard 2>/dev/null | while read -r f; do [ -f "$f" ] && echo "$f"; done)
[ -n "$files" ] || files=$(find tools tests spec schema docs fixtures -type f)

# Files whose exact bytes are the point: fixtures, expected output, corpora.
text=$(grep -E '\.([ch]|sh|md|json|yaml|py)$|Makefile' <<<"$files" | grep -vE '^(fixtures|tests/(cases|fuzz/corpus|unit/[a-z]+/data))/')
# Two blanks at the end of a line mean something in Markdown.
# shellcheck disable=SC2046,SC2086  # names without blanks
if grep -nE '[[:blank:]]+$' $(grep -v '\.md$' <<<"$text") /dev/null; then
    echo "blanks at the end of a line"
    bad=1
fi
for file in $text; do
    if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
        echo "$file: no line feed at the end"
        bad=1
    fi
done
if ! command -v clang-format >/dev/null 2>&1; then
    [ $bad -eq 0 ] || exit 1
    echo "clang-format is not installed"
    exit 77
fi
# shellcheck disable=SC2046
clang-format --dry-run -Werror $(grep -E '^(tools|tests)/.*\.[ch]$' <<<"$files") || bad=1
exit $bad
