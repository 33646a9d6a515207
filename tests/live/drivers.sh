#!/bin/sh
# usage: drivers.sh
# `generator: {name: ...}` with the real tools in front of the built-in application: what each
# says it did is what the application counted, at the rate that was asked for; the result is
# valid, verifies, names the tool, and can be compared with another generator's. A tool that is
# not here is skipped, and said so. Then the ways to end: Ctrl-C and SIGKILL of the run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
command -v jq >/dev/null || { echo "SKIPPED: jq is not found here"; exit 77; }
command -v curl >/dev/null || { echo "SKIPPED: curl is not found here"; exit 77; }
dir=$(mktemp -d)
app=
trap '[ -z "$app" ] || kill "$app"; rm -rf "$dir"' EXIT
cd "$dir"
export TMPDIR="$dir"

fail() {
    echo "drivers: $*" >&2
    exit 1
}

"$tool" app echo --listen 127.0.0.1:0 --delay uniform:1ms-3ms >app.out 2>&1 &
app=$!
for _ in $(seq 100); do
    grep -q 127.0.0.1 app.out && break
    sleep 0.05
done
url=http://$(grep -o '127.0.0.1:[0-9]*' app.out | head -n 1)

served() { curl -s "$url/stats" | jq .served; }

spec() { # generator, load, duration
    body='method: POST, body: "x\"y", '
    [ "$1" != nighthawk ] || body=
    cat <<SPEC
meshbench: v1
kind: benchmark
name: drivers
generator: {name: $1}
application: {name: echo, url: "$url"}
variants:
  - {name: plain, mesh: none, url: "$url"}
workloads:
  - {name: w, connections: 4, $2, duration: $3, warmup: 0s,
     request: {${body}path: "/a?b=c", headers: {X-Test: 'a "b"'}}}
trials: {count: 1, pause: 0s, seed: 1}
SPEC
}

# What is left over: requests under way at the end, fortio's own warm-up of a request a
# connection, and those that look whether the variant is there.
most_extra=14
done_by=0
skipped=
check() { # generator, load, asked rate or null
    program=$1
    [ "$1" != nighthawk ] || program=nighthawk_client
    command -v "$program" >/dev/null || {
        skipped="$skipped $1"
        return 0
    }
    name=$1-$(echo "$2" | tr -dc '[:lower:]')
    spec "$1" "load_model: $2" 2s >"$name.yaml"
    before=$(served)
    "$tool" run "$name.yaml" -q -o "$name.json" || fail "$name: the run failed"
    counted=$(($(served) - before - 1))
    "$tool" validate "$name.json" >/dev/null || fail "$name: the result is not valid"
    "$tool" verify "$name.json" >/dev/null || fail "$name: the result does not verify"
    "$tool" report "$name.json" -o "$name.html" >/dev/null || fail "$name: there is no report"
    "$tool" show "$name.json" --format json >shown.json
    jq -e --arg name "$1" '.cells[0].trials[0].parts[0].generator |
        .name == $name and (.version | length) > 2' "$name.json" >/dev/null || fail "$name: not named"
    jq -e --argjson counted "$counted" --argjson extra $most_extra '.cells[0] | .requests > 0 and
        (.errors // 0) == 0 and $counted >= .requests and $counted - .requests <= $extra' shown.json >/dev/null ||
        fail "$name: says $(jq -c '.cells[0] | [.requests, .errors]' shown.json), the application $counted"
    jq -e --argjson asked "$3" '.cells[0] | $asked == null or
        (.achieved_rps > 0.9 * $asked and .achieved_rps < 1.1 * $asked)' shown.json >/dev/null ||
        fail "$name: $(jq .cells[0].achieved_rps shown.json) rps of $3"
    ls -d "$dir"/meshbench-driver* >/dev/null 2>&1 && fail "$name: files are left"
    done_by=$((done_by + 1))
}

check fortio closed null
check fortio 'paced, rate: 200rps' 200
check h2load closed null
check hey closed null
check hey 'paced, rate: 200rps' 200
check k6 closed null
check nighthawk 'open, rate: 200rps' 200
check vegeta 'open, rate: 200rps' 200
check wrk closed null
check wrk2 'open, rate: 200rps' 200
[ "$done_by" -gt 0 ] || { echo "SKIPPED: none of the tools is found here"; exit 77; }

# k6 leaves out what finds no connection free, as it says: those are errors.
if command -v k6 >/dev/null; then
    spec k6 'load_model: open, rate: 3000rps' 2s >k6-full.yaml
    "$tool" run k6-full.yaml -q -o k6-full.json || fail "k6-full: the run failed"
    jq -e '.cells[0].trials[0].parts[0].counts | .intended > 5500 and .errors_by_kind.other > 0 and
        .intended == .ok + .errors_by_kind.other' k6-full.json >/dev/null || fail "k6-full: not counted"
fi

# The same load by two generators shows what the generator adds.
if [ -e wrk-closed.json ]; then
    spec meshbench 'load_model: closed' 2s >ours.yaml
    "$tool" run ours.yaml -q -o ours.json || fail "ours: the run failed"
    "$tool" compare ours.json wrk-closed.json --format json --allow generator >compared.json || true
    jq -e '[.confounders[].path] | index("generator.name") != null' compared.json >/dev/null ||
        fail "the generator is not named as what differs"
fi

children_gone() { # pattern of a command line
    for _ in $(seq 100); do
        pgrep -f "$1" >/dev/null || return 0
        sleep 0.05
    done
    return 1
}

running() { # pattern
    for _ in $(seq 200); do
        pgrep -f "$1" >/dev/null && return 0
        sleep 0.05
    done
    fail "no process '$1'"
}

for ending in INT KILL; do
    command -v hey >/dev/null || break
    spec hey 'load_model: closed' 30s >end.yaml
    "$tool" run end.yaml -q --force -o end.json 2>end.err &
    pid=$!
    running "^hey .*$url"
    kill -"$ending" "$pid"
    status=0
    wait "$pid" 2>/dev/null || status=$?
    [ "$ending" = KILL ] || [ "$status" -eq 130 ] || fail "status $status after SIG$ending"
    children_gone "^hey .*$url" || fail "hey is left after SIG$ending"
    for _ in $(seq 100); do
        ls -d "$dir"/meshbench-driver* >/dev/null 2>&1 || break
        sleep 0.05
    done
    ls -d "$dir"/meshbench-driver* >/dev/null 2>&1 && fail "files are left after SIG$ending"
done
echo "drivers: $done_by runs agree with the application${skipped:+; not found here:$skipped}"
