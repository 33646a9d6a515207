#!/bin/sh
# The page of `report` in a real browser: at 360, 768 and 1280 pixels, light and dark, it has no
# horizontal scroll, logs no error, and every text has a contrast of at least 4.5 on its background.
# usage: tests/live/report-chromium.sh [RESULT]...   (from anywhere; the fixture by default)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "SKIPPED report-chromium: no chromium (apt-get install chromium)"
    exit 0
}
command -v python3 >/dev/null || {
    echo "SKIPPED report-chromium: no python3"
    exit 0
}
PATH=${BUILD:-$root/build}:$PATH
[ $# -gt 0 ] || set -- "$root/fixtures/results/small.json"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for result in "$@"; do
    meshbench report "$result" --slo "response_time.p99<=5ms" -o "$work/page.html"
    for width in 360 768 1280; do
        for dark in 0 1; do
            python3 "$root/tests/live/report_chromium.py" wrap "$work/page.html" $width >"$work/frame.html"
            # The frame measures the page and leaves what it found in its own DOM.
            timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
                --enable-logging=stderr --blink-settings=preferredColorScheme=$((1 - dark)) \
                --window-size=1400,900 --virtual-time-budget=5000 --dump-dom \
                "file://$work/frame.html" >"$work/dom" 2>"$work/log"
            python3 "$root/tests/live/report_chromium.py" judge "$work/dom" "$work/log" $width $dark
        done
    done
done
