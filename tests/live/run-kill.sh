#!/bin/sh
# usage: run-kill.sh [rounds]
# Kills runs with SIGKILL at random moments, goes on with --resume until the result is there,
# and checks that nothing is left running and that the result validates and verifies. SEED=N
# repeats the moments.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-$root/build/meshbench}
rounds=${1:-5}
seed=${SEED:-$$}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo "run-kill: seed $seed"

cat >spec.yaml <<'SPEC'
meshbench: v1
kind: benchmark
name: run-kill
application: {name: echo, builtin: echo}
variants:
  - {name: direct, mesh: none}
workloads:
  - {name: steady, load_model: open, connections: 2, rate: 200rps, duration: 300ms, warmup: 100ms}
  - {name: ceiling, load_model: closed, connections: 2, duration: 300ms, warmup: 100ms}
trials: {count: 2, aa: direct, seed: 1}
SPEC

fail() {
    echo "run-kill: $*" >&2
    exit 1
}

# Milliseconds from 200 to 2199, from the seed and a counter.
moment() { awk -v seed="$1" -v n="$2" 'BEGIN { srand(seed * 1000 + n); print 200 + int(rand() * 2000) }'; }

# Children of a killed run get SIGTERM from the kernel; they may take a moment.
expect_no_process() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        pgrep -f "app echo --listen 127.0.0.1:0 --size 77" >/dev/null || return 0
        sleep 0.2
    done
    fail "a process was left running"
}

sed -i 's/builtin: echo}/builtin: echo, arguments: ["--size", "77"]}/' spec.yaml
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
        wait "$pid" 2>/dev/null || true
        expect_no_process
    done
    [ ! -e "$partial" ] || fail "the partial result is still there"
    "$tool" validate "$out" >/dev/null || fail "the result is not valid"
    "$tool" verify "$out" >/dev/null || fail "the result does not verify"
done
[ "$kills" -gt 0 ] || fail "nothing was ever killed: the test has shown nothing"
echo "run-kill: $rounds results after $kills kills"
