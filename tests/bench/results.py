"""Times `meshbench compare` of many result files with histograms.

The files are copies of one that is measured here, each with an id of its own: 3 variants at
2 load points, 5 blocks, with the histograms, series and resource samples that a run keeps.

Environment: FILES (1000), ROUNDS (5), DURATION of a trial (1s), MESHBENCH, RESULT (a result
to copy instead), LIMIT in seconds for the median (2)."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
MESHBENCH = os.environ.get("MESHBENCH", os.path.join(BUILD, "meshbench"))
FILES = int(os.environ.get("FILES", 1000))
ROUNDS = int(os.environ.get("ROUNDS", 5))
LIMIT = float(os.environ.get("LIMIT", 2))
SPEC = """meshbench: v1
kind: benchmark
name: many
application: {name: echo, version: "1"}
variants:
%s
workloads:
  - {name: steady, type: load, load_model: open, connections: [8], rate: [500rps, 1000rps],
     duration: %s, warmup: 200ms, request: {timeout: 1s}}
trials: {count: 5, seed: 1}
"""
DELAYS = {"direct": "0s", "slow": "1ms", "slower": "2ms"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def serve(delay):
    port = free_port()
    process = subprocess.Popen([MESHBENCH, "app", "echo", "--listen", f"127.0.0.1:{port}",
                                "--delay", delay], stdout=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}/"


def measured(folder):
    spec, result = os.path.join(folder, "many.yaml"), os.path.join(folder, "many.json")
    servers = {name: serve(delay) for name, delay in DELAYS.items()}
    variants = [f"  - {{name: {name}, mesh: none, url: \"{url}\"}}"
                for name, (_, url) in servers.items()]
    with open(spec, "w", encoding="ascii") as file:
        file.write(SPEC % ("\n".join(variants), os.environ.get("DURATION", "1s")))
    try:
        subprocess.run([MESHBENCH, "run", spec, "-o", result], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()
    return result


def copies(folder):
    with open(os.environ.get("RESULT") or measured(folder), encoding="utf-8") as file:
        text = file.read()
    own = json.loads(text)["id"]
    paths = []
    for i in range(FILES):
        paths.append(os.path.join(folder, f"r{i:04}.json"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            file.write(text.replace(own, f"{own[:-4]}{i:04}", 1))
    return paths, len(text)


def main():
    with tempfile.TemporaryDirectory(prefix="meshbench-") as folder:
        paths, size = copies(folder)
        times = []
        for _ in range(ROUNDS + 1):
            start = time.perf_counter()
            subprocess.run([MESHBENCH, "compare", *paths], check=True,
                           stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
    taken = times[1:]  # the first has filled the cache
    print(f"{FILES} results of {size / 1e3:.0f} kB: median {statistics.median(taken):.2f} s, "
          f"fastest {min(taken):.2f} s, slowest {max(taken):.2f} s of {ROUNDS} rounds")
    return int(statistics.median(taken) > LIMIT)


sys.exit(main())
