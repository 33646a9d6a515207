#!/usr/bin/env bash
# usage: tests/bench/jtl.sh [MEGABYTES] [ROUNDS]
# Imports JMeter results of that size (default: 1000 MB, 3 rounds) as XML and as CSV, and
# parses the XML with `xmllint --stream` beside it, turn by turn: medians of MB/s, their
# ratio, and the memory that each took at most. Needs libxml2-utils, time
# and python3.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
size=${1:-1000}
rounds=${2:-3}
command -v xmllint >/dev/null || { echo "jtl: no xmllint (apt-get install libxml2-utils)"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 - "$folder" "$size" <<'EOF'
import random, sys
folder, size = sys.argv[1], int(sys.argv[2]) * 1000000
rng = random.Random(1)
START = 1700000000000
rows = [(rng.randint(1, 2000), START + i * 3, rng.random() < 0.95, i % 20, i % 50, rng.randint(100, 9999))
        for i in range(20000)]
xml = "".join(f'<httpSample t="{t}" it="0" lt="5" ct="0" ts="{ts}" s="{str(ok).lower()}" lb="request {label}" rc="200" '
              f'rm="OK" tn="Thread Group 1-{thread}" dt="text" by="{size_}" sby="187" ng="50" na="50"/>\n'
              for t, ts, ok, label, thread, size_ in rows)
csv = "".join(f"{ts},{t},request {label},200,OK,Thread Group 1-{thread},text,{str(ok).lower()},,{size_},187,50,50,"
              f"http://localhost/a,5,0,0\n" for t, ts, ok, label, thread, size_ in rows)
with open(folder + "/big.jtl", "w") as file:
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n<testResults version="1.2">\n')
    for _ in range(size // len(xml)):
        file.write(xml)
    file.write("</testResults>\n")
with open(folder + "/big.csv", "w") as file:
    file.write("timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,"
               "sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n")
    for _ in range(size // len(csv)):
        file.write(csv)
EOF

python3 - "$folder" "$rounds" "$build/meshbench" <<'EOF'
import os, statistics, subprocess, sys, time
folder, rounds, tool = sys.argv[1], int(sys.argv[2]), sys.argv[3]
xml, csv, out = folder + "/big.jtl", folder + "/big.csv", folder + "/result.json"
commands = {
    "xmllint --stream": (xml, ["xmllint", "--stream", "--noout", xml]),
    "import, XML": (xml, [tool, "import", xml, "-o", out]),
    "import, CSV": (csv, [tool, "import", csv, "-o", out]),
}
speeds = {name: [] for name in commands}
for path in (xml, csv):  # into the page cache
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass
for _ in range(rounds):
    for name, (path, command) in commands.items():
        begun = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        speeds[name].append(os.path.getsize(path) / 1e6 / (time.monotonic() - begun))
peer = statistics.median(speeds["xmllint --stream"])
for name, values in speeds.items():
    speed = statistics.median(values)
    # Once more, for what the child itself took: getrusage counts its parent's memory too.
    timed = subprocess.run(["/usr/bin/time", "-f", "%M"] + commands[name][1], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True, check=True)
    print(f"{name:<18} {speed:7.0f} MB/s  {speed / peer:5.2f}x xmllint  "
          f"{int(timed.stderr.split()[-1]) / 1024:6.1f} MiB")
EOF
