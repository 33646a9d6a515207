#!/bin/sh
# usage: run-kill.sh [rounds]
# Kills runs with SIGKILL at random moments, goes on with --resume until the result is there,
# and checks that nothing is left running and that the result validates and verifies. SEED=N
# repeats the moments.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
tool_exe=$(readlink -f "$tool")
rounds=${1:-3}
seed=${SEED:-$$}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo "run-kill: seed $seed"

proxy=
if command -v haproxy >/dev/null; then
    proxy='  - {name: haproxy, mesh: {type: haproxy}, adapter: haproxy}'
fi
cat >spec.yaml <<SPEC
meshbench: v1
kind: benchmark
name: run-kill
application: {name: echo, builtin: echo}
variants:
  - {name: direct, mesh: none}
$proxy
workloads:
  - {name: steady, load_model: open, connections: 2, rate: 200rps, duration: 300ms, warmup: 100ms,
     request: {timeout: 300ms}}
  - {name: ceiling, load_model: closed, connections: 2, duration: 300ms, warmup: 100ms,
     request: {timeout: 300ms}}
trials: {count: 2, aa: direct, seed: 1}
SPEC

fail() {
    echo "run-kill: $*" >&2
    exit 1
}

# Milliseconds from 200 to 2199, from the seed and a counter.
moment() { awk -v seed="$1" -v n="$2" 'BEGIN { srand(seed * 1000 + n); print 200 + int(rand() * 2000) }'; }

# Whatever a run starts inherits this; the kernel and our guards may take a moment to end it.
export MESHBENCH_RUN_KILL="run-kill-$$"
left_running() {
    grep -lzFx "MESHBENCH_RUN_KILL=$MESHBENCH_RUN_KILL" /proc/[0-9]*/environ 2>/dev/null |
        grep -v -e "^/proc/$$/" -e "^/proc/self/" | while IFS=/ read -r _ _ pid _; do
        # Not this script's own short-lived children.
        if [ "$(readlink "/proc/$pid/exe")" = "$tool_exe" ] || grep -qs haproxy "/proc/$pid/comm"; then
            echo "$pid"
        fi
    done
}
expect_no_process() {
    for _ in $(seq 40); do
        [ -n "$(left_running)" ] || return 0
        sleep 0.1
    done
    fail "left running: $(left_running | tr '\n' ' ')"
}

kills=0
for round in $(seq "$rounds"); do
    out=round-$round.json
    partial=round-$round.partial.json
    attempt=0
    while [ ! -e "$out" ]; do
        attempt=$((attempt + 1))
        [ "$attempt" -le 40 ] || fail "no result after 40 attempts"
        if [ -e "$partial" ]; then
            "$tool" validate "$partial" >/dev/null || fail "the partial result is not valid"
            "$tool" run spec.yaml --resume "$partial" -q &
        else
            "$tool" run spec.yaml -o "$out" -q &
        fi
        pid=$!
        ms=$(moment "$seed" $((round * 100 + attempt)))
        sleep "$(awk -v ms="$ms" 'BEGIN { print ms / 1000 }')"
        if kill -KILL "$pid" 2>/dev/null; then
            kills=$((kills + 1))
        fi
        status=0
        wait "$pid" 2>/dev/null || status=$?
        expect_no_process
    done
    # Killed between writing the result and removing the partial one, a run leaves both.
    if [ -e "$partial" ] && [ "$status" -eq 0 ]; then
        fail "the partial result is still there"
    fi
    "$tool" validate "$out" >/dev/null || fail "the result is not valid"
    "$tool" verify "$out" >/dev/null || fail "the result does not verify"
done
[ "$kills" -gt 0 ] || fail "nothing was ever killed: the test has shown nothing"
echo "run-kill: $rounds results after $kills kills"
