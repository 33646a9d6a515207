#!/usr/bin/env bash
# usage: store-kill.sh [KILLS]      (default: $STORE_KILLS, else 60; 1000 take 10 minutes)
# Kills 'store add', alone and two at a time, and 'run --store' with SIGKILL at random
# moments. Whatever was acknowledged has to be there, byte for byte, and the file sound.
# SEED=N repeats the moments.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
kills=${1:-${STORE_KILLS:-60}}
seed=${SEED:-$$}
RANDOM=$((seed % 32768))
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 3
echo "store-kill: seed $seed"
if ! command -v jq >/dev/null; then
    echo "SKIPPED: jq is not installed"
    exit 77
fi

fail() {
    echo "store-kill: $*" >&2
    exit 1
}

cat >spec.yaml <<SPEC
meshbench: v1
kind: benchmark
name: store-kill
application: {name: echo, builtin: echo}
variants: [{name: direct, mesh: none}]
workloads:
  - {name: w, load_model: open, connections: 1, rate: 100rps, duration: 100ms, warmup: 0s,
     request: {timeout: 100ms}}
trials: {count: 1}
SPEC

# Results that nobody has added yet: the same one with more blanks at its end.
made=0
result_make() {
    made=$((made + 1))
    { cat "$root/fixtures/results/shapes.json" && printf '%*s\n' "$made" ''; } >"$1"
}

# Seconds from 0 to $1 milliseconds.
moment() { awk -v n=$((RANDOM * 32768 + RANDOM)) -v ms="$1" 'BEGIN { printf "%.4f", n / 1073741824 * ms / 1000 }'; }

acknowledged() { grep -h '^added' ./*.ack 2>/dev/null | awk '{ print $2 }'; }

# Everything acknowledged so far is in the store, and the store is sound.
look() {
    "$tool" store check --store s.db >check.log 2>&1 || fail "after $killed kills: $(cat check.log)"
    "$tool" store list --store s.db -f json | jq -r '.results[].result' | sort >there
    cut -c1-12 there | sort >there.short
    { acknowledged && cat runs.ack; } | sort -u >wanted
    lost=$(comm -13 there.short wanted)
    [ -z "$lost" ] || fail "after $killed kills: acknowledged, and not there: $lost"
}

files=6
add_start() { # NAME: adds new results in the background
    local paths=()
    for ((i = 0; i < files; i++)); do
        result_make "$1-$i.json"
        paths+=("$1-$i.json")
    done
    "$tool" store add "${paths[@]}" --store s.db >"$1.out" 2>"$1.err" &
    pid=$!
}

# A line that is not whole was not told to anybody. About half of the kills shall come too
# late, whatever else the machine does; only the others count.
add_end() { # NAME PID
    wait "$2" 2>/dev/null
    if [ $? -eq 137 ]; then
        cut=$((cut + 1))
        whole_ms=$((whole_ms * 11 / 10 + 1))
    else
        whole_ms=$((whole_ms * 9 / 10 + 1))
    fi
    sed -n '/\.json$/p' "$1.out" >>adds.ack
}

: >runs.ack
: >adds.ack
"$tool" store add "$root/fixtures/results/small.json" --store s.db >/dev/null || fail "no store"
whole_ms=100
cut=0
in_run=0
killed=0
rounds=0
while [ "$killed" -lt "$kills" ]; do
    case $((RANDOM % 12)) in
    0) # a run; half of the kills around the moment when it adds its result
        rm -f r.json
        "$tool" run spec.yaml --store s.db -o r.json --force -q >run.log 2>&1 &
        pid=$!
        if [ $((RANDOM % 2)) -eq 0 ]; then
            while kill -0 $pid 2>/dev/null && [ ! -e r.json ]; do :; done
            sleep "$(moment 20)"
        else
            sleep "$(moment 500)"
        fi
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        status=$?
        [ $status -ne 0 ] || sha256sum r.json | cut -c1-12 >>runs.ack
        [ $status -ne 137 ] || in_run=$((in_run + 1))
        ;;
    1 | 2 | 3) # two at a time
        add_start a
        first=$pid
        add_start b
        second=$pid
        sleep "$(moment $((2 * whole_ms)))"
        kill -9 $first 2>/dev/null
        sleep "$(moment "$whole_ms")"
        kill -9 $second 2>/dev/null
        add_end a $first
        add_end b $second
        ;;
    *)
        add_start a
        sleep "$(moment "$whole_ms")"
        kill -9 $pid 2>/dev/null
        add_end a $pid
        ;;
    esac 2>/dev/null
    killed=$((cut + in_run))
    rounds=$((rounds + 1))
    [ $((rounds % 25)) -ne 0 ] || look
    [ "$rounds" -lt $((20 * kills + 100)) ] || fail "hardly any kill hits: $killed in $rounds rounds"
done
look
count=$(wc -l <wanted)
# Not only their names are there.
head -n 5 there | while read -r digest; do
    [ "$("$tool" store export "$digest" --store s.db | sha256sum | cut -d' ' -f1)" = "$digest" ] ||
        fail "$digest comes back as something else"
done || exit 1
echo "store-kill: $killed kills that hit ($cut amid 'store add', $in_run amid 'run --store'): $count acknowledged results, all there; $(wc -l <there) in the store, sound"
