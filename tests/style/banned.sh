#!/usr/bin/env bash
# Calls that banned.txt bans; and the rules of the same kind: no goto but to `out`, no
# typedef of a struct, no assignment in a condition.
set -u

# The sources without comments, strings and character constants, lines kept.
stripped() {
    awk '
    BEGIN { state = 0 } # 0 code, 1 block comment
    {
        line = $0; code = ""
        for (i = 1; i <= length(line); i++) {
            two = substr(line, i, 2); one = substr(line, i, 1)
            if (state == 1) { if (two == "*/") { state = 0; i++ } continue }
            if (two == "//") break
            if (two == "/*") { state = 1; i++; continue }
            if (one == "\"" || one == "\047") {
                quote = one
                for (i++; i <= length(line) && substr(line, i, 1) != quote; i++)
                    if (substr(line, i, 1) == "\\") i++
                code = code quote quote
                continue
            }
            code = code one
        }
        print FILENAME ":" FNR ":" code
    }' "$@"
}
code=$(for f in tools/*/*.[ch]; do stripped "$f"; done)
bad=0

while read -r name home why; do
    case $name in '' | '#'*) continue ;; esac
    found=$(grep -E "(^|[^A-Za-z0-9_>.])${name} *\(" <<<"$code" | grep -vE "^tools/($home)/")
    if [ -n "$found" ]; then
        sed "s|\$|    // $name: $why|" <<<"$found"
        bad=1
    fi
done <tests/style/banned.txt

none() { # PATTERN WHY: lines that match are faults
    local found
    found=$(grep -E "$1" <<<"$code")
    if [ -n "$found" ]; then
        sed "s|\$|    // $2|" <<<"$found"
        bad=1
    fi
}
none '[^A-Za-z0-9_]goto +(o[^u]|ou[^t]|out[^;]|[^o])' 'only "goto out"'
none '(^|[^A-Za-z0-9_])typedef (struct|union|enum)' 'no typedef of a struct'
none '[^A-Za-z0-9_](if|while|switch) \(.*[^=!<>]=[^=]' 'no assignment in a condition'
found=$(grep -E '[^A-Za-z0-9_]std(err|out|in)[^A-Za-z0-9_]' <<<"$code" | grep -vE '^tools/(meshbench|base/ctx)')
if [ -n "$found" ]; then
    sed 's|$|    // streams come with struct mb_ctx|' <<<"$found"
    bad=1
fi
exit $bad
