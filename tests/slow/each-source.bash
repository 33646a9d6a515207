# For the scripts beside it: each_source NAME CHECK [SOURCE]... calls the function CHECK
# with every source of tools/ (or those given) and the build's preprocessor flags, as many
# at once as there are processors. CHECK prints what it finds and fails when it found
# something. Ends with "NAME: N passed, N failed, N skipped".
build=${BUILD:-build}

checked() { # CHECK SOURCE
    local -a flags
    eval "flags=($MB_FLAGS)"
    "$1" "$2" "${flags[@]}" >"$MB_LOGS/${2//\//_}.log" 2>&1 || echo "$2"
}

each_source() {
    local name=$1 check=$2 failed sources
    shift 2
    if [ $# -eq 0 ]; then
        set -- tools/*/*.c
    fi
    MB_FLAGS=$(make -s flags BUILD="$build") || return 3
    MB_LOGS=$build/$name
    rm -rf "$MB_LOGS"
    mkdir -p "$MB_LOGS"
    export MB_FLAGS MB_LOGS build
    export -f checked "${check?}"
    # shellcheck disable=SC2016  # for the shell that xargs starts
    failed=$(printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" bash -c 'checked "$0" "$1"' "$check" | sort)
    for sources in $failed; do
        head -n 12 "$MB_LOGS/${sources//\//_}.log"
    done
    set -- $# "$(wc -w <<<"$failed")"
    echo "$name: $(($1 - $2)) passed, $2 failed, 0 skipped"
    [ "$2" -eq 0 ]
}
