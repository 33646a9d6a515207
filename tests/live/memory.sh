#!/bin/sh
# usage: memory.sh
# A trial of REQUESTS (10 million) requests, with its result written, must stay under 64 MiB
# of resident memory. Takes a minute or two; REQUESTS=N asks for fewer.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
MESHBENCH=${MESHBENCH:-$root/build/meshbench} REQUESTS=${REQUESTS:-10000000} exec python3 - <<'PYTHON'
import json
import os
import subprocess
import sys
import tempfile

tool, wanted = os.environ["MESHBENCH"], int(os.environ["REQUESTS"])
server = subprocess.Popen([tool, "app", "echo", "--listen", "127.0.0.1:0"],
                          stdout=subprocess.PIPE, text=True)
try:
    url = f"http://{server.stdout.readline().split()[-1]}/"

    def load(seconds, *options):
        process = subprocess.Popen([tool, "load", url, "-c", "32", "-d", f"{seconds}s",
                                    "-f", "json", *options], stdout=subprocess.PIPE)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"memory: load failed with status {status}")
        return json.loads(out)["cells"][0]["requests"], usage.ru_maxrss / 1024

    done, _ = load(2)
    seconds = wanted * 2 * 5 // (done * 4) + 2
    with tempfile.TemporaryDirectory() as folder:
        done, mib = load(seconds, "-o", os.path.join(folder, "result.json"))
        size = os.path.getsize(os.path.join(folder, "result.json")) / 1024
finally:
    server.terminate()
    server.wait()
print(f"memory: {done} requests in {seconds} s: {mib:.1f} MiB resident at most, "
      f"result of {size:.0f} KiB")
if done < wanted:
    sys.exit(f"memory: fewer than {wanted} requests, the machine slowed down on the way")
sys.exit(0 if mib < 64 else "memory: over 64 MiB")
PYTHON
