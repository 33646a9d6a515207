#!/bin/sh
# usage: run-ends.sh
# The ways in which a run may end before its time: Ctrl-C, and a variant that goes away. What
# was measured is saved, nothing is left running, and --resume goes on.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
command -v haproxy >/dev/null || { echo "SKIPPED: haproxy is not found here"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >spec.yaml <<'SPEC'
meshbench: v1
kind: benchmark
name: run-ends
application: {name: echo, builtin: echo}
variants:
  - {name: direct, mesh: none}
  - {name: haproxy, mesh: {type: haproxy}, adapter: haproxy}
workloads:
  - {name: steady, load_model: open, connections: 2, rate: 200rps, duration: 500ms, warmup: 100ms,
     request: {timeout: 300ms}}
trials: {count: 3, aa: direct, seed: 1}
SPEC

fail() {
    echo "run-ends: $*" >&2
    cat stderr >&2
    exit 1
}

wait_for_line() { # pattern: in the progress of the run
    for _ in $(seq 200); do
        grep -q "$1" stderr && return 0
        sleep 0.05
    done
    fail "no line '$1'"
}

expect_partial() { # name, process id of the run
    "$tool" validate "$1.partial.json" >/dev/null || fail "$1: the partial result is not valid"
    "$tool" verify "$1.partial.json" >/dev/null || fail "$1: the partial result does not verify"
    grep -q "go on with: meshbench run spec.yaml --resume $1.partial.json" stderr || fail "$1: no hint"
    [ ! -e "$1.json" ] || fail "$1: there is a result"
    ! pgrep -P "$2" >/dev/null || fail "$1: children are left"
    "$tool" run spec.yaml --resume "$1.partial.json" -q 2>stderr || fail "$1: it does not resume"
    "$tool" verify "$1.json" >/dev/null || fail "$1: the result does not verify"
    [ ! -e "$1.partial.json" ] || fail "$1: the partial result is still there"
}

"$tool" run spec.yaml -o interrupted.json 2>stderr &
pid=$!
wait_for_line '^2/9 '
kill -INT "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 130 ] || fail "status $status after SIGINT"
expect_partial interrupted "$pid"

"$tool" run spec.yaml -o lost.json 2>stderr &
pid=$!
wait_for_line '^1/9 '
pkill -KILL -P "$pid" haproxy || fail "there is no haproxy below $pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 3 ] || fail "status $status after the loss of a variant"
grep -q "variant 'haproxy'" stderr || fail "the lost variant is not named"
expect_partial lost "$pid"
echo "run-ends: two ends, both resumed"
