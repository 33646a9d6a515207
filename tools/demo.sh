#!/bin/sh
# usage: demo.sh
# From a checkout to a comparison of real proxies: installs what is missing, builds, runs
# fixtures/specs/good/demo.yaml with the proxies found here, checks and compares the result.
# Everything goes into build/demo/. DEMO_BLOCKS=N measures N blocks instead of six,
# DEMO_DIR=FOLDER leaves the result there.
set -eu

cd "$(dirname "$0")/.."
tool=${BUILD:-build}/meshbench
dir=${DEMO_DIR:-${BUILD:-build}/demo}
spec=$dir/demo.yaml
result=$dir/result.json

say() { printf '\n== %s\n' "$*"; }

# The allowed CPUs, one a line: containers may have CPU 3 and 7 only.
cpus() {
    sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr ',' '\n' |
        while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done
}

write_spec() {
    server=$(cpus | sed -n 1p)
    generator=$(cpus | sed -n 2p)
    if [ -n "$generator" ]; then
        pins="s/cpu: 0}/cpu: $server}/; s/cpu: 1}/cpu: $generator}/"
    else
        echo "one CPU only: nothing is pinned, and the generator competes with what it measures"
        pins='s/, cpu: 0}/}/; /^generator: /d'
    fi
    sed "$pins" fixtures/specs/good/demo.yaml >"$spec"
    for proxy in nginx haproxy envoy; do
        found=$("$tool" mesh list | grep "^$proxy ")
        echo "proxy: $found"
        case $found in
        *"not found"*) sed -i "/- {name: $proxy,/d" "$spec" ;;
        esac
    done
}

started=$(date +%s)
say "what is missing is installed, and the tool built"
tools/deps.sh --for demo
make -s -j"$(nproc)" build
mkdir -p "$dir"
rm -f "$result" "$dir/result.partial.json"

say "the spec: $spec"
write_spec
"$tool" validate "$spec" | tail -n 1

say "meshbench run: baseline, its twin and the proxies, in interleaved blocks"
"$tool" run "$spec" -o "$result" ${DEMO_BLOCKS:+--blocks "$DEMO_BLOCKS"}

say "meshbench validate and verify: the result is well formed, and its numbers follow from its raw data"
"$tool" validate "$result" >"$dir/validate.txt" || { cat "$dir/validate.txt"; exit 1; }
tail -n 1 "$dir/validate.txt"
"$tool" verify "$result"

say "meshbench compare: what each proxy adds"
"$tool" compare "$result"

say "done in $(($(date +%s) - started)) s; look closer with"
echo "  $tool show $result"
echo "  $tool compare $result --format json"
