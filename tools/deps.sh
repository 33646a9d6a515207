#!/bin/sh
# usage: deps.sh [--for check|demo|slow|all] [--test]
# Installs with apt what is missing to build meshbench (and to check it, or to run its
# demo). Each need is tested by what it is for, not by package name, so that a library
# built by hand counts. --test installs nothing: status 3 and one line when something is
# missing. Where there is no apt, prints the names and stops with status 3.
set -eu

purpose=build
test_only=0
while [ $# -gt 0 ]; do
    case $1 in
    --for)
        purpose=${2:?--for needs check, demo, slow or all}
        shift
        ;;
    --test) test_only=1 ;;
    *)
        sed -n '2,6s/^# //p' "$0" >&2
        exit 2
        ;;
    esac
    shift
done

# pkg-config itself may be what is missing: then everything that it would answer for is.
has_library() { pkg-config --exists "$1" 2>/dev/null; }
# 3.37 has STRICT tables.
has_sqlite() { pkg-config --exists "sqlite3 >= 3.37" 2>/dev/null; }
has_program() { command -v "$1" >/dev/null 2>&1; }
has_compiler() { has_program "${CC:-cc}" || has_program "${CC%% *}"; }
# make says where it found sources and header; else they are looked for where Debian puts
# them.
has_llhttp() {
    has_library libllhttp ||
        [ -e "${LLHTTP:-/usr/share/llhttp}/api.c" ] &&
        [ -e "${LLHTTP_INCLUDE:-/usr/share/include/llhttp}/llhttp.h" ]
}
has_header() { echo "#include <$2>" | ${CC:-cc} -E -include stdarg.h -include stddef.h -include setjmp.h -include stdint.h - >/dev/null 2>&1; }

# One need a line: purpose|test|Debian packages, best first|what for
needs() {
    cat <<'EOF'
build|has_compiler|gcc|C11 compiler
build|has_program make|make|build
build|has_header c stdio.h|libc6-dev|C library headers
build|has_program pkg-config|pkg-config pkgconf|finding libraries
build|has_library yaml-0.1|libyaml-dev|reading YAML
build|has_library libcrypto|libssl-dev|SHA-256
build|has_sqlite|libsqlite3-dev|histories
build|has_library libxml-2.0|libxml2-dev|reading XML
build|has_library zlib|zlib1g-dev|compressed histograms
build|has_llhttp|libllhttp-dev node-llhttp|HTTP parser
demo|has_program nginx|nginx-light nginx|a proxy to measure
demo|has_program haproxy|haproxy|a proxy to measure
demo|has_program gnuplot|gnuplot-nox gnuplot|charts of reports
check|has_header c cmocka.h|libcmocka-dev|unit tests
check|has_program clang-format|clang-format|style check
check|has_program ctags|universal-ctags|length check
check|has_program nm|binutils|symbol check
check|has_program shellcheck|shellcheck|script check
check|has_program python3|python3|checks against other readers
check|has_program jq|jq|command-line cases
check|has_program gnuplot|gnuplot-nox gnuplot|charts of reports
check|has_program groff|groff|manual page check
slow|has_program valgrind|valgrind|memory check
slow|has_program clang-tidy|clang-tidy|static analysis
slow|has_program clang|clang|fuzzing
EOF
}

wanted() {
    case $purpose in
    build) [ "$1" = build ] ;;
    all) true ;;
    check | demo | slow) [ "$1" = build ] || [ "$1" = "$purpose" ] ;;
    *)
        echo "deps.sh: unknown purpose '$purpose': check, demo, slow or all" >&2
        exit 2
        ;;
    esac
}

# Prints what is missing, in the form of the table.
missing() {
    needs | while IFS='|' read -r for_purpose test packages why; do
        if wanted "$for_purpose" && ! $test; then
            echo "$packages|$why"
        fi
    done
}

# nginx and others live where only root looks.
PATH=$PATH:/usr/sbin:/usr/local/sbin
export PATH
lacking=$(missing)
if [ -z "$lacking" ]; then
    exit 0
fi

# "libyaml-dev, libllhttp-dev or node-llhttp"
names() { echo "$lacking" | sed 's/|.*//; s/ / or /g; $!s/$/,/' | tr '\n' ' ' | sed 's/ $//'; }
if [ "$test_only" = 1 ]; then
    echo "meshbench cannot be built: missing $(names) (Debian package names): run 'make deps'" >&2
    exit 3
fi
if ! has_program apt-get; then
    echo "deps.sh: no apt-get here; please install by hand:" >&2
    echo "$lacking" | sed 's/^\([^ |]*\)[^|]*|\(.*\)/  \1 (Debian name): \2/' >&2
    exit 3
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! has_program sudo; then
        echo "deps.sh: neither root nor sudo; please install as root: $(names)" >&2
        exit 3
    fi
    as_root=sudo
fi

# True when apt could install it with what it knows now.
known() { apt-cache show --no-all-versions "$1" 2>/dev/null | grep -q '^Filename:'; }

# The first of several names that apt knows; empty when it knows none.
choose() {
    for package in "$@"; do
        if known "$package"; then
            echo "$package"
            return
        fi
    done
}

# Prints the packages to install, or fails with those that apt does not know.
resolve() {
    echo "$lacking" | while IFS='|' read -r packages why; do
        # shellcheck disable=SC2086  # a list of names
        found=$(choose $packages)
        if [ -n "$found" ]; then
            echo "$found"
        else
            echo "?$packages"
        fi
    done
}

packages=$(resolve)
case $packages in
*\?*)
    echo "deps.sh: $as_root apt-get update"
    $as_root apt-get update -q
    packages=$(resolve)
    ;;
esac
case $packages in
*\?*)
    echo "deps.sh: apt knows no package for: $(echo "$packages" | sed -n 's/^?//p' | tr '\n' ' ')" >&2
    exit 3
    ;;
esac
echo "deps.sh: installing what is missing:"
echo "$lacking" | sed 's/^\([^ |]*\)[^|]*|\(.*\)/  \1: \2/'
# shellcheck disable=SC2086  # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
lacking=$(missing)
if [ -n "$lacking" ]; then
    echo "deps.sh: still missing after the installation: $(names)" >&2
    exit 3
fi
