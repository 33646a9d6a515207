#!/bin/sh
# usage: validate.sh [ROUNDS]
# How long `meshbench validate` takes for a spec of 100 lines, from start to end, beside
# `curl --version`, which does nothing but load its libraries: ROUNDS (100) runs of each, in
# turns, pinned to one CPU. Fails when the median is over LIMIT_MS (12).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
MESHBENCH=${MESHBENCH:-$root/build/meshbench} LIMIT_MS=${LIMIT_MS:-12} ROOT=$root exec python3 - "${1:-100}" <<'PYTHON'
import os
import shutil
import statistics
import subprocess
import sys
import time

rounds, limit = int(sys.argv[1]), float(os.environ["LIMIT_MS"])
spec = os.path.join(os.environ["ROOT"], "fixtures/specs/good/hundred-lines.yaml")
commands = {"meshbench validate": [os.environ["MESHBENCH"], "validate", spec]}
if shutil.which("curl"):
    commands["curl --version"] = ["curl", "--version"]
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
times = {name: [] for name in commands}
for _ in range(rounds):
    for name, command in commands.items():
        start = time.perf_counter_ns()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times[name].append((time.perf_counter_ns() - start) / 1e6)
for name, taken in times.items():
    taken.sort()
    print(f"{name}: median {statistics.median(taken):.2f} ms, fastest {taken[0]:.2f} ms, "
          f"p90 {taken[int(len(taken) * 0.9)]:.2f} ms of {rounds} runs")
sys.exit(statistics.median(times["meshbench validate"]) > limit)
PYTHON
