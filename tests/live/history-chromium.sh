#!/bin/sh
# The history page of 2,000 series in a real browser: at 360 and 1280 pixels, light and dark, it has
# no horizontal scroll, logs no error, and every text has a contrast of at least 4.5 on its background.
# A row takes at most 700 bytes.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "SKIPPED history-chromium: no chromium (apt-get install chromium)"
    exit 0
}
command -v python3 >/dev/null || {
    echo "SKIPPED history-chromium: no python3"
    exit 0
}
PATH=${BUILD:-$root/build}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work/table.csv" <<'PYTHON'
import random
import sys

random.seed(1)
SERIES, POINTS = 2000, 80
names = [f"variant-{i % 40} steady {i} connections 1000 rps response_time.p99" for i in range(SERIES)]
steps = [random.uniform(-0.3, 0.3) if i % 20 == 0 else 0.0 for i in range(SERIES)]
with open(sys.argv[1], "w", encoding="utf-8") as table:
    print("time", "commit", *names, sep=",", file=table)
    for point in range(POINTS):
        values = [random.gauss(10 * (1 + step * (point >= 40)), 0.1) for step in steps]
        print(1700000000 + 86400 * point, f"c{point}", *(f"{v:.3f}" for v in values), sep=",", file=table)
PYTHON
meshbench regress --csv "$work/table.csv" --time time --attribute commit --format html \
    --link 'https://git.example/commit/{commit}' --output "$work/page.html"
size=$(wc -c <"$work/page.html")
echo "$((size / 1024)) KiB for 2000 series"
[ "$size" -lt $((700 * 2000)) ] || {
    echo "history-chromium: $size bytes are more than 700 for each series"
    exit 1
}
for width in 360 1280; do
    for dark in 0 1; do
        python3 "$root/tests/live/report_chromium.py" wrap "$work/page.html" $width >"$work/frame.html"
        timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
            --enable-logging=stderr --blink-settings=preferredColorScheme=$((1 - dark)) \
            --window-size=1400,900 --virtual-time-budget=5000 --dump-dom \
            "file://$work/frame.html" >"$work/dom" 2>"$work/log"
        python3 "$root/tests/live/report_chromium.py" judge "$work/dom" "$work/log" $width $dark
    done
done
