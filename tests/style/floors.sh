#!/usr/bin/env bash
# The floors of the code: what each folder of tools/ may include, and which one is the
# home of which foreign header.
set -u

# FOLDER: the folders that it may include, besides itself.
floors='
base:
format: base
stats: base
cli: base
model: base format stats
schema: base format
check: base format stats model schema
load: base stats model
app: base
net: base
collect: base format model net
mesh: base format model net
vet: base format model net
exchange: base format stats cli model schema check
store: base format model
compare: base format stats model
run: base format stats model check load collect mesh exchange
report: base format stats model check compare
meshbench: base format stats cli model schema check load app net collect mesh vet exchange store compare run report
'

# HEADER: its homes.
homes='
yaml.h: format
libxml/: format
openssl/: base load
zlib.h: base stats
llhttp.h: load app
curl/: net
sqlite3.h: store
libpq-fe.h: store
cmocka.h: none
'

# The includes as "FILE:LINE FOLDER HEADER".
includes=$(grep -nHE '^[[:space:]]*#[[:space:]]*include' tools/*/*.[ch] |
    sed -E 's#^(tools/([a-z0-9_]+)/[^:]+:[0-9]+):[[:space:]]*\#[[:space:]]*include[[:space:]]*[<"]([^>"]+)[>"].*#\1 \2 \3#')

awk -v floors="$floors" -v homes="$homes" '
    BEGIN {
        n = split(floors, rows, "\n")
        for (i = 1; i <= n; i++) {
            if (split(rows[i], halves, ":") < 2) continue
            known[halves[1]] = 1
            m = split(halves[2], words, " ")
            for (j = 1; j <= m; j++) may[halves[1], words[j]] = 1
        }
        n = split(homes, rows, "\n")
        for (i = 1; i <= n; i++)
            if (split(rows[i], halves, ":") == 2) home[halves[1]] = " " halves[2] " "
    }
    {
        place = $1; from = $2; header = $3
        if (!(from in known)) {
            print place ": folder tools/" from " has no row in tests/style/floors.sh"
            bad = 1
            next
        }
        split(header, parts, "/")
        to = parts[1]
        if (index(header, "/") && to in known && to != from && !((from, to) in may)) {
            print place ": " from " may not include " to " (\"" header "\")"
            bad = 1
        }
        for (prefix in home)
            if (index(header, prefix) == 1 && !index(home[prefix], " " from " ")) {
                print place ": <" header "> belongs to:" home[prefix]
                bad = 1
            }
    }
    END { exit bad }' <<<"$includes" || exit 1

# Foreign headers stay in the .c that wraps them.
if grep -nE '^#include <(yaml|libxml|openssl|zlib|llhttp|curl|sqlite3|libpq)' tools/*/*.h; then
    echo "a foreign header is included by one of ours"
    exit 1
fi

# Our own header first, so that it is seen to stand alone.
bad=0
for source in tools/*/*.c; do
    header=${source%.c}.h
    [ -e "$header" ] || continue
    own=${header#tools/}
    first=$(grep -m1 -oE '^#include [<"][^>"]+' "$source" | sed 's/^#include [<"]//')
    if [ "$first" != "$own" ]; then
        echo "$source: includes \"$first\" before its own \"$own\""
        bad=1
    fi
done
exit $bad
