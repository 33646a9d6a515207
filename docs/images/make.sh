#!/bin/sh
# usage: docs/images/make.sh RESULT   (from anywhere; the images in the repository: build/demo/result.json)
# Makes the pictures of README and docs from a result: the top of its page as Chromium shows it, and
# a chart as `report charts` draws it.
set -eu
[ $# -eq 1 ] || {
    echo "usage: docs/images/make.sh RESULT" >&2
    exit 2
}
result=$(realpath "$1")
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
PATH=${BUILD:-$root/build}:$PATH
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
meshbench report "$result" -o "$work/report.html"
meshbench report charts "$result" --point steady --format png -o "$work"
"$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --hide-scrollbars \
    --blink-settings=preferredColorScheme=1 --window-size=1360,980 \
    --screenshot="$PWD/report.png" "file://$work/report.html" >/dev/null 2>&1
cp "$work/latency-1.png" latency.png
ls -l report.png latency.png
