#!/usr/bin/env bash
# usage: hostile.sh
# Files of 100 MB that were made to bring a reader down end in a clear finding: exit status
# 1, within SECONDS_MAX (30) and MEMORY_MAX_KB (6 GiB), each one line in the end.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-$root/build/meshbench}
seconds=${SECONDS_MAX:-30}
memory=${MEMORY_MAX_KB:-6291456}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
bytes=104857600
failed=0

repeat() { # repeat TEXT: bytes of it, again and again
    yes "$1" | tr -d '\n' | head -c "$bytes"
}

check() { # check NAME CODE: the file is refused with that code
    start=$(date +%s%N)
    (
        ulimit -v "$memory"
        timeout "$seconds" "$tool" validate "$folder/$1" >"$folder/out" 2>"$folder/err"
    )
    status=$?
    ms=$((($(date +%s%N) - start) / 1000000))
    if [ "$status" = 1 ] && [ ! -s "$folder/err" ] && grep -q "error $2: " "$folder/out"; then
        echo "ok: $1: $2 after $ms ms"
    else
        echo "FAILED: $1: status $status, wanted 1 with $2"
        head -c 300 "$folder/out" "$folder/err"
        failed=1
    fi
    rm -f "$folder/$1"
}

repeat '[' >"$folder/deep.json"
check deep.json MB100
{ printf '['; repeat '[],'; printf '1]'; } >"$folder/wide.json"
check wide.json MB100
{ printf '{"meshbench":"v1","kind":"result","x":"'; repeat 'a'; printf '"}'; } >"$folder/long.json"
check long.json MB102
{ printf '{"meshbench":"v1","kind":"benchmark","x":"'; repeat 'a'; printf '"}'; } >"$folder/spec.json"
check spec.json MB107
repeat '{"a":' >"$folder/maps.json"
check maps.json MB100
head -c "$bytes" /dev/zero >"$folder/zero.json"
check zero.json MB100
head -c "$bytes" /dev/urandom >"$folder/noise.json"
check noise.json MB100
yes 'a: b' | head -c "$bytes" >"$folder/lines.yaml"
check lines.yaml MB100
yes 'a: b' | head -c "$bytes" >"$folder/lines"
check lines MB100
yes -- '- [x, y]' | head -c "$bytes" >"$folder/items"
check items MB100
exit "$failed"
