#!/usr/bin/env bash
# usage: run-cases.sh [--bless] [-j JOBS] [COMMAND | COMMAND/CASE]...
# Runs the command-line cases: folders tests/cases/COMMAND/CASE/ with
#   cmd          shell lines; run in a scratch copy of the folder with `meshbench` on PATH
#                and REPO naming the repository
#   stdout       what they print; absent: nothing
#   stderr       what they complain; absent: nothing
#   status       their exit status; absent: 0
#   skip-unless  line 1: a shell condition without which the case is skipped; line 2: why
# --bless rewrites stdout, stderr and status. Ends with "cases: N passed, N failed, N
# skipped".
set -u
cd "$(dirname "$0")/.." || exit 3
REPO=$PWD
build=${BUILD:-build}
case $build in /*) ;; *) build=$REPO/$build ;; esac
bless=0 jobs=2 limit=${CASE_TIMEOUT:-60}
while [ $# -gt 0 ]; do
    case $1 in
    --bless) bless=1 ;;
    -j) jobs=$2 && shift ;;
    *) break ;;
    esac
    shift
done
if [ ! -x "$build/meshbench" ]; then
    echo "run-cases: no $build/meshbench: make build" >&2
    exit 3
fi
work=$build/cases
rm -rf "$work"
mkdir -p "$work"
export REPO work bless limit
export PATH="$build:$PATH" LC_ALL=C TZ=UTC TERM=dumb
unset COLUMNS NO_COLOR CLICOLOR MAKEFLAGS MAKELEVEL

# Compares one expected file (empty when absent) with what came; prints the difference.
same() {
    local expected=$1 got=$2
    [ -e "$expected" ] || expected=/dev/null
    diff -u --label expected --label got "$expected" "$got"
}

# Keeps what came as what is expected; nothing expected is no file.
keep() {
    local expected=$1 got=$2
    if [ -s "$got" ]; then cp "$got" "$expected"; else rm -f "$expected"; fi
}

# Writes its verdict to $work/NAME.verdict: "passed", "failed" or "skipped", then details.
run_one() {
    local folder=$1 name out status expected
    name=${folder#tests/cases/}
    out=$work/$name
    mkdir -p "$out"
    if [ -e "$folder/skip-unless" ] &&
        ! (cd "$folder" && sh -c "$(sed -n 1p skip-unless)") >/dev/null 2>&1; then
        printf 'skipped\n%s\n' "$(sed -n 2p "$folder/skip-unless")" >"$out.verdict"
        return
    fi
    cp -R "$folder" "$out/scratch"
    chmod -R u+w "$out/scratch"
    (cd "$out/scratch" && exec timeout --kill-after=5 "$limit" sh ./cmd) \
        >"$out/stdout" 2>"$out/stderr" </dev/null
    status=$?
    if [ "$bless" = 1 ]; then
        keep "$folder/stdout" "$out/stdout"
        keep "$folder/stderr" "$out/stderr"
        if [ $status -ne 0 ]; then echo $status >"$folder/status"; else rm -f "$folder/status"; fi
        echo passed >"$out.verdict"
        return
    fi
    expected=0
    [ -e "$folder/status" ] && expected=$(cat "$folder/status")
    {
        same "$folder/stdout" "$out/stdout" | sed 's/^/  stdout /'
        same "$folder/stderr" "$out/stderr" | sed 's/^/  stderr /'
        [ "$status" = "$expected" ] || echo "  status: expected $expected, got $status"
    } >"$out/faults"
    if [ -s "$out/faults" ]; then
        { echo failed && cat "$out/faults"; } >"$out.verdict"
    else
        echo passed >"$out.verdict"
        rm -rf "$out"
    fi
}
export -f run_one same keep

list() {
    if [ $# -eq 0 ]; then
        set -- .
    fi
    for pick in "$@"; do
        if [ "$pick" != . ] && [ ! -d "tests/cases/$pick" ]; then
            echo "run-cases: no tests/cases/$pick" >&2
            return 3
        fi
        find "tests/cases/$pick" -mindepth 1 -maxdepth 3 -name cmd -printf '%h\n'
    done | sed 's|/\./|/|' | sort -u
}
cases=$(list "$@") || exit 3
# shellcheck disable=SC2016  # for the inner shell
printf '%s\n' "$cases" | grep . | tr '\n' '\0' |
    xargs -0 -r -n 1 -P "$jobs" bash -c 'run_one "$1"' run_one

passed=0 failed=0 skipped=0
for folder in $cases; do
    name=${folder#tests/cases/}
    verdict=$(sed -n 1p "$work/$name.verdict" 2>/dev/null)
    case $verdict in
    passed) passed=$((passed + 1)) ;;
    skipped)
        skipped=$((skipped + 1))
        echo "skip: $name: $(sed -n 2p "$work/$name.verdict")"
        ;;
    *)
        failed=$((failed + 1))
        echo "--- $name"
        sed 1d "$work/$name.verdict" | head -n 60
        ;;
    esac
done
echo "cases: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
