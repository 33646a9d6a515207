#!/bin/sh
# Imports every file of the corpus that a load tool wrote, and holds what comes out against an independent reading of
# the source in Python (import_corpus.py): a table by tool, and what is refused with its reason.
# usage: tests/live/import-corpus.sh [-v] [TOOL]...   (from anywhere; the corpus is ../shared/corpus, or MB_CORPUS)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=${MB_CORPUS:-$root/../shared/corpus}
[ -d "$corpus" ] || {
    echo "SKIPPED import-corpus: there is no corpus at '$corpus' (set MB_CORPUS)"
    exit 77
}
PATH=${BUILD:-$root/build}:$PATH
exec python3 "$root/tests/live/import_corpus.py" "$corpus" "$@"
