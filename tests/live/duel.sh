#!/bin/sh
# usage: duel.sh
# Duels between builds of the built-in application, variants and endpoints: what is slower is
# found, what is equal is not, the exit statuses are those that `git bisect run` takes, the
# JSON keeps its schema, and nothing is left running.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

fail() {
    echo "duel: $*" >&2
    exit 1
}

# A build that takes this long: the same program behind a script.
build() {
    mkdir "$1"
    printf '#!/bin/sh\nexec "%s" "$@" --delay %s\n' "$tool" "$2" >"$1/meshbench"
    chmod +x "$1/meshbench"
}
build old 5ms
build same 5ms
build slow 6ms

cat >spec.yaml <<'SPEC'
meshbench: v1
kind: benchmark
name: duel
environment: {orchestrator: {type: process}}
application: {name: echo, builtin: echo, arguments: [--size, 128B]}
variants:
  - {name: direct, mesh: none}
workloads:
  - {name: steady, load_model: open, connections: 4, rate: 200rps, duration: 400ms,
     warmup: 100ms, request: {timeout: 1s}}
trials: {seed: 1}
SPEC

expect() { # STATUS ARGUMENT...
    wanted=$1
    shift
    status=0
    "$tool" duel spec.yaml "$@" >said 2>progress || status=$?
    cat said
    [ "$status" -eq "$wanted" ] || fail "$*: status $status, not $wanted: $(cat progress)"
}

expect 1 --base old/meshbench --head slow/meshbench -o kept.json
grep -q '^bad: head is worse than base' said || fail "the slower build is not named so"
"$tool" verify kept.json >/dev/null || fail "the result does not verify"
expect 0 --base old/meshbench --head same/meshbench --margin 10%
expect 0 --base slow/meshbench --head old/meshbench -q
[ ! -s progress ] || fail "progress although it shall be quiet"
expect 125 --base old/meshbench --head same/meshbench --margin 0.001% --at-most 2
expect 0 --base direct --head direct --margin 90% -f json
if python3 -c 'import jsonschema' 2>/dev/null; then
    python3 - "$root/schema/duel.schema.json" said <<'PYTHON'
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as schema, open(sys.argv[2], encoding="utf-8") as said:
    jsonschema.Draft202012Validator(json.load(schema)).validate(json.load(said))
PYTHON
else
    echo "SKIPPED the schema: Python has no jsonschema"
fi
expect 3 --base old/meshbench --head /bin/true
grep -q "cannot start application" progress || fail "a program that serves nothing"
! pgrep -f "$dir" >/dev/null || fail "something is left running"
