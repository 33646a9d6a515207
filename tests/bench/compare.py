"""Times `meshbench compare` of two result sets beside benchstat on the same numbers.

Each side has CELLS cells of TRIALS trials, one number a trial: the requests completed in a
second. For meshbench a side is one result file whose trials say that and nothing else that
the schema does not ask for, which is still many times the bytes of a line of Go benchmark
text. Both tools read both sides, estimate each cell, run a rank test on it and print a
table of all cells; both run ROUNDS times, in turns.

Environment: CELLS (10000), TRIALS (10), ROUNDS (7), MESHBENCH, BENCHSTAT (benchstat),
KEEP (a folder to leave the inputs in). Fails when meshbench takes longer (LIMIT 1.0 is the
highest ratio of medians allowed)."""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
MESHBENCH = os.environ.get("MESHBENCH", os.path.join(BUILD, "meshbench"))
BENCHSTAT = os.environ.get("BENCHSTAT", "benchstat")
CELLS = int(os.environ.get("CELLS", 10000))
TRIALS = int(os.environ.get("TRIALS", 10))
ROUNDS = int(os.environ.get("ROUNDS", 7))
LIMIT = float(os.environ.get("LIMIT", 1.0))
METRIC = "throughput"
WINDOW_NS = 10 ** 9


def numbers(seed, shift):
    """A log-normal rate around 10,000 a second for each trial of each cell."""
    rng = random.Random(seed)
    return [[round(1e4 * shift * rng.lognormvariate(0, 0.02)) for _ in range(TRIALS)]
            for _ in range(CELLS)]


def trial(cell, block, value):
    part = {"worker": "one", "generator": {"name": "made"}, "load_model": "closed",
            "co_handling": "none", "window_ns": WINDOW_NS, "elapsed_ns": WINDOW_NS,
            "interrupted": False, "counts": {"completed": value}, "dist": {}}
    return {"id": f"b{block}/c{cell}", "block": block, "position": cell,
            "status": "complete", "window_ns": WINDOW_NS, "parts": [part]}


def write_result(path, name, sides):
    cells = [{"variant": "app",
              "point": {"workload": "steady", "load_model": "closed", "connections": i + 1},
              "trials": [trial(i + 1, j + 1, value) for j, value in enumerate(values)]}
             for i, values in enumerate(sides)]
    with open(path, "w", encoding="ascii") as file:
        json.dump({
            "meshbench": "v1", "kind": "result", "minor": 0,
            "tool": {"name": "made", "version": "1"}, "id": name,
            "origin": {"type": "imported", "tool": "made"},
            "started_at": "2026-01-02T03:00:00Z", "finished_at": "2026-01-02T04:00:00Z",
            "complete": True, "spec": {}, "keys": {"scheme": 0}, "facts": [],
            "targets": [], "cells": cells, "findings": []}, file, separators=(",", ":"))


def write_go(path, sides):
    with open(path, "w", encoding="ascii") as file:
        for i, values in enumerate(sides):
            for value in values:
                file.write(f"BenchmarkSteady/c={i + 1} 1 {value} req/s\n")


def timed(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def make(folder):
    for name, seed, shift in (("old", 1, 1.0), ("new", 2, 1.01)):
        sides = numbers(seed, shift)
        write_result(os.path.join(folder, name + ".json"), name, sides)
        write_go(os.path.join(folder, name + ".txt"), sides)


def run(folder):
    def path(name):
        return os.path.join(folder, name)
    commands = {"meshbench": [MESHBENCH, "compare", path("old.json"), path("new.json"),
                              "--metric", METRIC]}
    if shutil.which(BENCHSTAT):
        commands["benchstat"] = [BENCHSTAT, path("old.txt"), path("new.txt")]
    else:
        print(f"SKIPPED benchstat: no '{BENCHSTAT}' on PATH")
    times = {name: [] for name in commands}
    for name in commands:
        timed(commands[name])  # the files get into the cache
    for turn in range(ROUNDS):
        for name in sorted(commands, reverse=turn % 2 == 1):
            times[name].append(timed(commands[name]))
    return times


def main():
    folder = os.environ.get("KEEP") or tempfile.mkdtemp(prefix="meshbench-")
    try:
        os.makedirs(folder, exist_ok=True)
        make(folder)
        sizes = [os.path.getsize(os.path.join(folder, name)) / 1e6
                 for name in ("old.json", "old.txt")]
        times = run(folder)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder)
    print(f"2 x {CELLS} cells of {TRIALS} trials, {ROUNDS} rounds in turns; "
          f"{sizes[0]:.1f} MB a result, {sizes[1]:.1f} MB as Go text")
    for name, taken in times.items():
        print(f"  {name:<10} median {statistics.median(taken):.3f} s, "
              f"fastest {min(taken):.3f} s, slowest {max(taken):.3f} s")
    if len(times) < 2:
        return 0
    ratio = statistics.median(times["meshbench"]) / statistics.median(times["benchstat"])
    print(f"  ratio of medians: {ratio:.2f}")
    return int(ratio > LIMIT)


sys.exit(main())
