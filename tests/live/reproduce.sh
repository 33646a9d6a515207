#!/bin/sh
# usage: reproduce.sh
# From a measurement to a bundle to its reproduction, with the built-in application: the same
# again is not called different; a variant that has become slower is; a bundle that was
# tampered with is not run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

fail() {
    echo "reproduce: $*" >&2
    exit 1
}

cat >spec.yaml <<'SPEC'
meshbench: v1
kind: benchmark
name: reproduce
environment: {orchestrator: {type: process}}
application: {name: echo, builtin: echo, arguments: [--delay, 5ms]}
variants:
  - {name: direct, mesh: none}
workloads:
  - {name: steady, load_model: open, connections: 4, rate: 200rps, duration: 1s, warmup: 100ms,
     request: {timeout: 1s}}
trials: {count: 4, seed: 1}
analysis: {primary: [response_time.p50]}
SPEC

"$tool" run spec.yaml -o first.json -q
"$tool" publish first.json --bundle bundle
status=0
"$tool" reproduce bundle -o second.json 2>progress >said || status=$?
cat said
[ "$(wc -l <progress)" -eq 4 ] || fail "no line for each trial"
"$tool" verify second.json >/dev/null || fail "the new result does not verify"
grep -q '^bundle: \(reproduced: none of\|not reproduced: \)' said || fail "no answer"
[ "$(jq -r .spec.seed second.json)" = "$(jq -r .spec.seed first.json)" ] || fail "another seed"
if grep -q '^bundle: reproduced' said; then [ $status -eq 0 ]; else [ $status -eq 1 ]; fi

# Published: a millisecond. Measured here: five.
sed 's/--delay, 5ms/--delay, 1ms/' spec.yaml >faster.yaml
"$tool" run faster.yaml -o faster.json -q
jq --slurpfile slow first.json '.spec.resolved.application = $slow[0].spec.resolved.application
  | .spec.text = $slow[0].spec.text | .spec.sha256 = $slow[0].spec.sha256 | .keys = $slow[0].keys' \
    faster.json >claimed.json
"$tool" publish claimed.json --bundle claimed
status=0
"$tool" reproduce claimed -o third.json -q >said || status=$?
cat said
[ $status -eq 1 ] || fail "status $status for a result that cannot come out"
grep -q '^claimed: not reproduced: 1 of 1' said || fail "4 ms went unseen"

echo >>bundle/report.txt
status=0
"$tool" reproduce bundle -o fourth.json -q 2>said || status=$?
[ $status -eq 1 ] || fail "status $status for a bundle that does not verify"
[ ! -e fourth.json ] || fail "a bundle that does not verify was run"
grep -q "report.txt" said || fail "the changed file is not named"
