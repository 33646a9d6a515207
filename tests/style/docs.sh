#!/usr/bin/env bash
# The reference in docs/ is what the tables say; every command has its manual page,
# completion and mention; and every link between Markdown files leads somewhere.
set -u
tool=$BUILD/meshbench
bad=0
if ! "$tool" help --format markdown | diff -u docs/reference/commands.md - >/tmp/mb-docs.$$ 2>&1; then
    echo "docs/reference/commands.md is not what the tables say: make docs"
    head -n 20 /tmp/mb-docs.$$
    bad=1
fi
rm -f /tmp/mb-docs.$$

commands=$(sed -n 's/^extern const struct mb_cmd mb_cmd_\([a-z_]*\);.*/\1/p' tools/meshbench/commands.h | tr _ -)
overview=$("$tool" --help)
for name in $commands; do
    grep -q "^  $name " <<<"$overview" || { echo "'$name' is declared but not in 'meshbench help'"; bad=1; }
    [ -e "tools/meshbench/cmd_$(tr - _ <<<"$name").c" ] || { echo "no tools/meshbench/cmd_$name.c"; bad=1; }
    help=$("$tool" help "$name")
    man=$("$tool" help --format man "$name" | sed 's/\\-/-/g')
    completions=$(for shell in bash zsh fish; do "$tool" completion $shell; done)
    # Every option of the help is in the manual page and in the completion of each shell.
    # shellcheck disable=SC2013  # one word a line
    for option in $(grep -oE '^ +(-[a-z0-9], )?--[a-z0-9-]+' <<<"$help" | grep -oE '\-\-[a-z0-9-]+'); do
        grep -q -- "$option" <<<"$man" || { echo "$name $option: not in the manual page"; bad=1; }
        grep -q -- "${option#--}" <<<"$completions" || { echo "$name $option: not in the completion"; bad=1; }
    done
done
for source in tools/meshbench/cmd_*.c; do
    name=${source##*/cmd_}
    name=${name%.c}
    grep -qw "mb_cmd_$name" tools/meshbench/main.c || { echo "$source: not listed in main.c"; bad=1; }
done

# Commands that documents show: `meshbench NAME` in code must be one.
while IFS=: read -r file line name; do
    if ! grep -qx -- "$name" <<<"$commands"; then
        echo "$file:$line: shows 'meshbench $name', which is no command"
        bad=1
    fi
done < <(awk '/^```/ { code = FNR == 1 ? 1 : !code } FNR == 1 { code = /^```/ }
    code && match($0, /^ *([$] )?([.]?[/]?build[/])?meshbench [a-z][a-z-]*/) {
        n = split(substr($0, RSTART, RLENGTH), words, " ")
        print FILENAME ":" FNR ":" words[n]
    }' README.md docs/*.md docs/*/*.md spec/*.md)

# Every page can be found from the index.
for file in $(find docs -name '*.md' ! -path docs/README.md | sort); do
    grep -qF "(${file#docs/})" docs/README.md || { echo "docs/README.md does not link to ${file#docs/}"; bad=1; }
done

# Relative links.
for file in README.md docs/*.md docs/*/*.md spec/*.md spec/*/*.md; do
    [ -e "$file" ] || continue
    # shellcheck disable=SC2013  # one word a line
    for target in $(grep -oE '\]\([^)#]+' "$file" | sed 's/^](//' | grep -vE '^(https?|mailto):'); do
        [ -e "$(dirname "$file")/$target" ] || { echo "$file: link to $target leads nowhere"; bad=1; }
    done
done
exit $bad
