#!/usr/bin/env bash
# tools/deps.sh on machines that this one is not: everything there, something missing, no
# apt, no root, a package that apt does not know. Programs are faked by PATH.
set -u
fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
bad=0
mkdir "$fake/bin"
for name in sh bash env sed tr grep id cat printf ls rm; do
    path=$(command -v "$name") && ln -s "$path" "$fake/bin/$name"
done

program() { # NAME BODY
    printf '#!/bin/sh\n%s\n' "$2" >"$fake/bin/$1"
    chmod +x "$fake/bin/$1"
}

# A machine on which all is well; each case then breaks a thing.
machine() {
    rm -f "$fake/log" "$fake/installed" "$fake/bin/sudo"
    for name in make ctags nm shellcheck python3 groff clang-format; do program "$name" 'exit 0'; done
    program cc 'exit 0'
    program id 'echo 0'
    # libyaml is there once it was installed.
    program pkg-config "case \"\$*\" in *libllhttp) exit 1 ;; *yaml*) [ -e $fake/installed ] || exit 1 ;; esac"
    program apt-get "echo \"apt-get \$*\" >>$fake/log; case \"\$*\" in install*libyaml-dev*) : >$fake/installed ;; esac"
    program apt-cache 'echo "Filename: x"'
}

# expect NAME STATUS PATTERN [ARGUMENT]...: runs it; output and log must match the pattern.
expect() {
    local name=$1 status=$2 pattern=$3 output got
    shift 3
    output=$(PATH=$fake/bin LLHTTP=$fake LLHTTP_INCLUDE=$fake CC=cc tools/deps.sh "$@" 2>&1)
    got=$?
    output+=$'\n'$(cat "$fake/log" 2>/dev/null)
    if [ $got -ne "$status" ] || ! grep -qE -- "$pattern" <<<"$output"; then
        echo "$name: expected status $status and /$pattern/, got $got and:"
        echo "$output"
        bad=1
    fi
}

: >"$fake/api.c"
: >"$fake/llhttp.h"
machine
: >"$fake/installed"
expect 'nothing is missing' 0 '^$'
[ ! -e "$fake/log" ] || { echo "nothing is missing, but apt was called"; bad=1; }

machine
expect 'a library is missing' 0 '^apt-get install -y -q --no-install-recommends libyaml-dev$'
machine
expect 'it says what it does' 0 '^  libyaml-dev: reading YAML$'
machine
expect 'test only' 3 "missing libyaml-dev .*run 'make deps'" --test
machine
program id 'echo 1000'
expect 'no root, no sudo' 3 'please install as root: libyaml-dev'
machine
program id 'echo 1000'
program sudo 'exec "$@"'
expect 'no root, but sudo' 0 '^apt-get install'
machine
program apt-cache 'exit 1'
expect 'apt does not know it, even updated' 3 'apt knows no package for: libyaml-dev'
machine
program apt-cache 'exit 1'
expect 'lists are updated first' 3 '^apt-get update'
machine
: >"$fake/installed"
rm "$fake/llhttp.h"
expect 'llhttp without its header' 3 '^  libllhttp-dev: HTTP parser$'
: >"$fake/llhttp.h"
machine
program apt-get "echo \"apt-get \$*\" >>$fake/log"
expect 'installed in vain' 3 'still missing after the installation: libyaml-dev'
machine
rm "$fake/bin/apt-get"
expect 'no apt' 3 '^  libyaml-dev \(Debian name\): reading YAML'
machine
expect 'unknown purpose' 2 "unknown purpose 'x'" --for x
machine
: >"$fake/installed"
rm "$fake/bin/groff"
expect 'only checks need it' 0 '^$'
expect 'checks need it, and it stays away' 3 '^apt-get install .* groff$' --for check
exit $bad
