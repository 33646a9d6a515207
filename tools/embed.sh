#!/bin/sh
# usage: embed.sh FILE...
# Prints C that holds these files and the table that base/embed.c searches. The assembler
# reads the files (.incbin), so that large ones cost no compile time.
set -eu
LC_ALL=C
export LC_ALL

sorted=$(printf '%s\n' "$@" | sort -u)
echo '// Written by tools/embed.sh.'
echo '#include "base/embed.h"'
echo 'extern const struct mb_embed mb_embed_files[];'
echo 'extern const size_t mb_embed_files_count;'
count=0
table=
for file in $sorted; do
    printf '__asm__(".section .rodata\\n"\n'
    printf '        ".balign 16\\n"\n'
    printf '        "mb_embed_data_%d: .incbin \\"%s\\"\\n"\n' "$count" "$file"
    printf '        ".byte 0\\n"\n'
    printf '        ".text\\n");\n'
    printf 'extern const char mb_embed_data_%d[];\n' "$count"
    size=$(($(wc -c <"$file")))
    table="$table    {\"$file\", mb_embed_data_$count, $size},
"
    count=$((count + 1))
done
printf 'const struct mb_embed mb_embed_files[] = {\n%s    {0, 0, 0},\n};\n' "$table"
printf 'const size_t mb_embed_files_count = %d;\n' "$count"
