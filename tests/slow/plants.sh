#!/usr/bin/env bash
# The checks in tests/style find what they are for: in a copy of the sources one
# violation at a time is planted, and the check must fail and name it.
set -u
case ${BUILD:-build} in /*) ;; *) export BUILD=$PWD/${BUILD:-build} ;; esac
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
repository=$PWD
bad=0

# plant CHECK EXPECTED COMMAND: runs the command in a fresh copy, then the check, which must
# fail with that text in its output.
plant() {
    local check=$1 expected=$2 command=$3 output status
    rm -rf "${copy:?}"/*
    cp -R "$repository"/{tools,tests,docs,README.md,spec,schema,.clang-format} "$copy"/
    (cd "$copy" && eval "$command") || { echo "cannot plant: $command"; bad=1; return; }
    output=$(cd "$copy" && "tests/style/$check.sh" 2>&1)
    status=$?
    if [ $status -eq 77 ]; then
        return # what it needs is not installed: it says so itself
    fi
    if [ $status -eq 0 ] || ! grep -qF -- "$expected" <<<"$output"; then
        echo "$check.sh does not find this (status $status): $command"
        bad=1
    fi
}

c=tools/base/planted.c
plant floors 'base may not include cli' "echo '#include \"cli/cli.h\"' >$c"
plant floors 'format may not include stats' "echo '# include \"stats/hdr.h\"' >tools/format/planted.h"
plant floors 'may not include run' "echo '#include \"run/plan.h\"' >tools/load/planted.c"
plant floors '<yaml.h> belongs to' "echo '#include <yaml.h>' >$c"
plant floors 'foreign header' "echo '#include <yaml.h>' >tools/format/planted.h"
plant floors 'no row' "mkdir tools/extra && echo '#include <stdio.h>' >tools/extra/planted.c"
plant floors 'before its own' "sed -i 's|^#include \"base/err.h\"|#include <math.h>\n&|' tools/base/err.c"
plant banned 'atoi' "echo 'int f(const char *t) { return atoi(t); }' >$c"
plant banned 'strtol' "echo 'long f(const char *t) { return strtol (t, 0, 10); }' >tools/load/planted.c"
plant banned 'printf' "echo 'void f(void) { printf(\"x\"); }' >$c"
plant banned 'only "goto out"' "printf 'void f(void)\n{\n    goto again;\n}\n' >$c"
plant banned 'no typedef of a struct' "echo 'typedef struct x x;' >$c"
plant banned 'no assignment' "printf 'void f(int a)\n{\n    if (a = 1) {\n    }\n}\n' >$c"
plant banned 'streams' "printf 'void f(void)\n{\n    fputs(\"x\", stderr);\n}\n' >$c"
plant lengths '61 lines, at most 60' "{ echo 'void f(void) {'; seq 59 | sed 's|.*|//|'; echo '}'; } >$c"
plant lengths '701 lines, at most 700' "seq 701 | sed 's|^|// |' >$c"
plant lengths 'parameters' "echo 'void f(int a, int b, int c, int d, int e, int g) {}' >$c"
plant format 'blanks at the end' "echo 'a: 1 ' >tools/planted.yaml"
plant format 'no line feed' "printf 'a: 1' >tools/planted.yaml"
plant format 'clang-formatted' "echo 'int  x;' >$c"
plant headers 'guard' "echo '// For nothing.' >tools/base/planted.h"
plant headers 'does not start' "printf '#ifndef MB_BASE_PLANTED_H\n#define MB_BASE_PLANTED_H\n#endif\n' >tools/base/planted.h"
plant headers 'compile alone' "printf '// X.\n#ifndef MB_BASE_PLANTED_H\n#define MB_BASE_PLANTED_H\nsize_t f(void);\n#endif\n' >tools/base/planted.h"
plant scripts 'not executable' "printf '#!/bin/sh\n# X.\n' >tools/planted.sh"
plant scripts 'second line' "printf '#!/bin/sh\n' >tools/planted.sh && chmod +x tools/planted.sh"
plant scripts 'SC2086' "printf '#!/bin/sh\n# X.\necho \$1\n' >tools/planted.sh && chmod +x tools/planted.sh"
plant docs 'make docs' "echo more >>docs/reference/commands.md"
plant docs 'does not link to planted.md' "echo >docs/planted.md"
plant docs 'leads nowhere' "echo '[x](no-such-page.md)' >>docs/README.md"
plant docs 'which is no command' "printf '\`\`\`\nmeshbench frobnicate x\n\`\`\`\n' >>docs/README.md"
plant docs 'not listed in main.c' "echo >tools/meshbench/cmd_planted.c"
plant docs "not in 'meshbench help'" "echo 'extern const struct mb_cmd mb_cmd_planted;' >>tools/meshbench/commands.h"

# Exported symbols are looked up in objects: one is compiled for each.
symbol() {
    plant symbols "$1" "mkdir -p objects/tools/base && echo '$2' >$c && ${CC:-cc} -c -o objects/tools/base/planted.o $c"
}
export BUILD=$copy/objects
symbol 'does not start with mb_' 'int planted_thing;'
symbol 'make it static' 'int mb_planted_thing;'
exit $bad
