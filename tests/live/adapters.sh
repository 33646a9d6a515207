#!/bin/sh
# usage: adapters.sh [ADAPTER]...
# Every built-in adapter that starts a program, and one from a file, in front of the sample
# application: a request comes through, the version is known, the configuration is where it
# is said to be. Stopped, interrupted, or killed with SIGKILL, it leaves no process and no
# file. A program that cannot start says why. Adapters whose program is not here are named
# at the end; none at all is a skip.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
[ $# -gt 0 ] || set -- envoy haproxy nginx "$root/fixtures/adapters/good/every-key.yaml"
dir=$(mktemp -d /tmp/mb-adapters-XXXXXX)
mkdir "$dir/run" "$dir/tmp"
export XDG_RUNTIME_DIR="$dir/run" TMPDIR="$dir/tmp"
app=
trap '[ -z "$app" ] || kill "$app" 2>/dev/null; "$tool" mesh down >/dev/null 2>&1 || :; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

fail() {
    echo "adapters: $*" >&2
    exit 1
}

# Runs a command up to 100 times, 50 ms apart, until it succeeds.
eventually() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || return 1
        sleep 0.05
    done
}

# No process has the private folder in its command line or as its working directory, and the
# folder is gone.
nothing_left() {
    [ -z "$(find "$dir/tmp" -mindepth 1)" ] || return 1
    for pid in /proc/[0-9]*; do
        case $(readlink "$pid/cwd" 2>/dev/null) in "$dir/tmp"/*) return 1 ;; esac
        if { tr '\0' ' ' <"$pid/cmdline"; } 2>/dev/null | grep -q "$dir/tmp/meshbench-"; then
            return 1
        fi
    done
}

what_is_left() {
    find "$dir/tmp"
    pgrep -af "$dir/tmp/meshbench-" || :
}

# Starts 'mesh up' in the background and waits for its line; sets holder and url.
up() {
    : >"$dir/out" # the last one's line must not be taken for this one's
    "$tool" mesh up "$1" --upstream "$upstream" >"$dir/out" 2>"$dir/err" &
    holder=$!
    eventually grep -q ' is up at ' "$dir/out" || fail "$1 did not come up: $(cat "$dir/err")"
    url=$(sed -n 's/.* is up at //p' "$dir/out")
}

"$tool" app echo --listen 127.0.0.1:0 --size 77B >"$dir/app" &
app=$!
eventually grep -qs listening "$dir/app" || fail "no application"
upstream=$(sed -n 's/listening on \(http:\/\/\)\{0,1\}//p' "$dir/app")

done_count=0
missing=
for adapter; do
    if "$tool" mesh list "$adapter" | grep -q 'not found'; then
        missing="$missing $adapter"
        continue
    fi
    name=${adapter##*/}
    name=${name%.yaml}

    # Interrupted.
    up "$adapter"
    code=$(curl -sS -o "$dir/body" -w '%{http_code}' "$url")
    [ "$code" = 200 ] || fail "$name: status $code at $url"
    case $adapter in
    */*) ;;
    *) [ "$(wc -c <"$dir/body")" -eq 77 ] || fail "$name: not the application's answer" ;;
    esac
    grep -qE "^$name [0-9][0-9.]*" "$dir/out" || fail "$name: no version: $(cat "$dir/out")"
    "$tool" mesh status | grep -q "^$name .*$url" || fail "$name: not in status"
    ! "$tool" mesh up "$adapter" -u "$upstream" 2>"$dir/err2" || fail "$name: up twice"
    grep -q 'is up already' "$dir/err2" || fail "$name: up twice: $(cat "$dir/err2")"
    kill -INT "$holder"
    wait "$holder" || fail "$name: status $? after an interrupt: $(cat "$dir/err")"
    nothing_left || fail "$name: left after an interrupt: $(what_is_left)"

    # Killed: nobody had the chance to clean up but the guard.
    up "$adapter"
    kill -KILL "$holder"
    wait "$holder" 2>/dev/null || :
    eventually nothing_left || fail "$name: left after SIGKILL: $(what_is_left)"
    "$tool" mesh status | grep -q '^nothing is up' || fail "$name: status after SIGKILL"

    # The program dies under it.
    up "$adapter"
    for pid in /proc/[0-9]*; do
        case $(readlink "$pid/cwd" 2>/dev/null) in
        "$dir/tmp"/*) kill -KILL "${pid#/proc/}" 2>/dev/null || : ;;
        esac
    done
    ! wait "$holder" || fail "$name: did not notice that its program died"
    grep -q 'ended by itself' "$dir/err" || fail "$name: $(cat "$dir/err")"
    nothing_left || fail "$name: left after its program died: $(what_is_left)"

    # In the background.
    "$tool" mesh up "$adapter" -u "$upstream" --detach >"$dir/out"
    url=$(sed -n 's/.* is up at //p' "$dir/out")
    [ "$(curl -sS -o /dev/null -w '%{http_code}' "$url")" = 200 ] || fail "$name: detached"
    "$tool" mesh down "$name" | grep -q "^$name is down" || fail "$name: down"
    nothing_left || fail "$name: left after down: $(what_is_left)"
    done_count=$((done_count + 1))
    echo "$name: ok"
done

# A port that is taken, a program that ends at once, an upstream that is not there.
if "$tool" mesh list nginx | grep -q '/nginx$'; then
    ! "$tool" mesh up nginx -u "$upstream" -p "${upstream##*:}" 2>"$dir/err" || fail "port taken"
    grep -q "port ${upstream##*:} on '127.0.0.1' is not free" "$dir/err" || fail "$(cat "$dir/err")"
    ! "$tool" mesh up nginx -u "$upstream" --set program=/bin/false 2>"$dir/err" || fail "false"
    grep -q 'it ended before it was ready' "$dir/err" || fail "$(cat "$dir/err")"
    nothing_left || fail "left after a failed start: $(what_is_left)"
fi

[ -z "$missing" ] || echo "not here:$missing"
[ $done_count -gt 0 ] || {
    echo "SKIPPED adapters: none of the programs is installed"
    exit 77
}
echo "adapters: $done_count"
