#!/usr/bin/env bash
# The recipes of docs/how-to/run-in-ci.md: their scripts are taken out of the page and run, once with real
# load and then over 24 nights whose results are made, of which one brings a regression; their YAML is read,
# and calls only scripts that the page has.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v jq >/dev/null || { echo "no jq"; exit 77; }
python3 -c 'import yaml' 2>/dev/null || { echo "no PyYAML for python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "ci-recipes: $*"; exit 1; }

# Blocks of code, by kind, in the order of the page: sh-1, sh-2, yaml-1 and so on.
awk '/^```[a-z]/ { kind = substr($0, 4); name = kind "-" ++count[kind]; next }
    /^```/ { name = ""; next } name { print >name }' "$root/docs/how-to/run-in-ci.md"
mkdir ci bench
mv sh-1 ci/nightly.sh
mv sh-2 ci/change.sh
mv sh-3 cron.sh
chmod +x ci/*.sh cron.sh

# Well-formed, and every script that they call is there.
python3 - yaml-1 yaml-2 <<'PYTHON'
import sys
import yaml

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        jobs = yaml.safe_load(file)
    assert "nightly" in jobs.get("jobs", jobs) and "change" in jobs.get("jobs", jobs), path
PYTHON
[ "$(tr -dc '{' <groovy-1 | wc -c)" = "$(tr -dc '}' <groovy-1 | wc -c)" ] || fail "Jenkinsfile: braces"
while read -r script; do
    [ -x "$script" ] || fail "$script is called, but not on the page"
done < <(grep -ohE 'ci/[a-z]+\.sh' yaml-* groovy-1 cron.sh | sort -u)

# Real load, shortly.
cat >bench/nightly.yaml <<'YAML'
meshbench: v1
kind: benchmark
name: nightly
application: {name: echo, builtin: echo}
variants:
  - {name: baseline, mesh: none}
workloads:
  - {name: steady, type: load, load_model: open, connections: [4], rate: [200rps], duration: 1s, warmup: 200ms}
trials: {count: 2}
YAML
export SPEC=bench/nightly.yaml STORE=$work/history.db
ci/nightly.sh >log 2>&1 || { cat log; fail "the nightly run ended with $?"; }
[ -s out/history.html ] || fail "no page"
[ -s out/summary.md ] || fail "no summary"
grep -q 'failures="0"' out/regress.xml || fail "the JUnit file of a first night"
cat >bench/change.yaml <<'YAML'
meshbench: v1
kind: benchmark
name: change
application: {name: echo, builtin: echo}
variants:
  - {name: released, mesh: none}
workloads:
  - {name: steady, type: load, load_model: closed, connections: [2], duration: 200ms, warmup: 50ms}
YAML
# Long enough to show that it works; it need not come to an answer.
sed -i 's/--time 20m/--time 4s/' ci/change.sh
SPEC=bench/change.yaml BASE=$BUILD/meshbench HEAD=$BUILD/meshbench ci/change.sh >log 2>&1 ||
    { cat log; fail "the duel ended with $?"; }
[ -s out/change.json ] || fail "no result of the duel"

# 24 nights: `run` hands out a result that was made. Night 16 is slower by 7%.
"$root/fixtures/histories/nights.sh" 24 16 0.93
mkdir bin
cat >bin/meshbench <<'SH'
#!/bin/sh
[ "$1" = run ] || exec "$BUILD/meshbench" "$@"
cp "night-$NIGHT.json" "$4"
SH
chmod +x bin/meshbench
rm "$STORE"
export BENCH=$work NIGHT
failures=
for NIGHT in $(seq -w 1 24); do
    status=0
    PATH=$work/bin:$PATH COMMIT=c$NIGHT ./cron.sh >mail 2>&1 || status=$?
    [ $status -lt 2 ] || { cat mail; fail "night $NIGHT ended with $status"; }
    if [ $status = 1 ]; then
        failures="$failures $NIGHT"
        grep -q 'worse by .*commit c16' mail || { cat mail; fail "night $NIGHT does not say which commit"; }
    elif [ -s mail ]; then
        fail "night $NIGHT is good and says something"
    fi
done
[ -n "$failures" ] || fail "the regression of night 16 was not found"
# Two series of values and two of overheads may be found in different nights; none twice.
found=$(meshbench regress --store "$STORE" -f json | jq '[.series[].change_points[] | select(.reported)] | length')
[ "$(echo "$failures" | wc -w)" -le "$found" ] || fail "failed in nights$failures for $found changes"
echo "failed in night$failures for $found changes; quiet in all others"
