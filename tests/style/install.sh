#!/usr/bin/env bash
# `make install` puts everything in place, below DESTDIR only, and `make uninstall` leaves
# nothing of it.
set -u
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
bad=0
run() {
    env -u MAKEFLAGS -u MAKELEVEL make -s BUILD="$BUILD" DESTDIR="$root" PREFIX=/opt/x "$1" >"$root.log" 2>&1 || {
        tail -n 5 "$root.log"
        bad=1
    }
    rm -f "$root.log"
}
run install
share=$root/opt/x/share
for file in "$root/opt/x/bin/meshbench" "$share/man/man1/meshbench.1" "$share/man/man1/meshbench-help.1" \
    "$share/bash-completion/completions/meshbench" "$share/zsh/site-functions/_meshbench" \
    "$share/fish/vendor_completions.d/meshbench.fish" "$share/meshbench/LICENSE"; do
    [ -s "$file" ] || { echo "make install: no ${file#"$root"}"; bad=1; }
done
for file in schema/*.json spec/*.md spec/rules/*.md; do
    cmp -s "$file" "$share/meshbench/$file" || { echo "make install: $file is not in share/meshbench"; bad=1; }
done
for file in tools/mesh/adapters/*.yaml; do
    [ ! -e "$file" ] || cmp -s "$file" "$share/meshbench/adapters/${file##*/}" || { echo "make install: $file is not in share/meshbench/adapters"; bad=1; }
done
"$root/opt/x/bin/meshbench" --version >/dev/null || { echo "what was installed does not run"; bad=1; }
run uninstall
left=$(find "$root" ! -type d)
if [ -n "$left" ]; then
    echo "make uninstall leaves:"
    echo "$left"
    bad=1
fi
exit $bad
