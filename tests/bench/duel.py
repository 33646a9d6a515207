"""Duels between builds of `app echo` beside a noisy neighbour: how many are decided, and how.

ROUNDS times, in turns: a duel against a build that answers SLOWER later, and one against an
identical build. A build is this tool behind a script that adds a delay to its service time,
so that the difference is known. Meanwhile a process beside them takes a CPU in bursts: busy
for a random time of 50 ms in the mean, idle for as long.

Environment: ROUNDS (20), DELAY (3ms), SLOWER as a share (0.03), AT_MOST blocks (40),
NEIGHBOURS (1; 0: none), MESHBENCH. Fails when a duel of different builds does not end in
'worse', or one of identical builds does."""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
MESHBENCH = os.path.abspath(os.environ.get("MESHBENCH", os.path.join(BUILD, "meshbench")))
ROUNDS = int(os.environ.get("ROUNDS", 20))
DELAY_US = 1000 * float(os.environ.get("DELAY", "3ms").removesuffix("ms"))
SLOWER = float(os.environ.get("SLOWER", 0.03))
AT_MOST = os.environ.get("AT_MOST", "40")
NEIGHBOURS = int(os.environ.get("NEIGHBOURS", 1))
SPEC = """meshbench: v1
kind: benchmark
name: duel
application: {name: echo, builtin: echo}
variants:
  - {name: direct, mesh: none}
workloads:
  - {name: steady, load_model: open, connections: 8, rate: 500rps, duration: 500ms,
     warmup: 100ms, request: {timeout: 2s}}
"""


def build(folder, name, delay_us):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(f"#!/bin/sh\nexec '{MESHBENCH}' \"$@\" --delay {round(delay_us)}us\n")
    os.chmod(path, 0o755)
    return path


def neighbour(seed):
    """Runs in a process of its own, until its parent is gone."""
    rng, parent = random.Random(seed), os.getppid()
    while os.getppid() == parent:
        end = time.perf_counter() + rng.expovariate(20)
        while time.perf_counter() < end:
            pass
        time.sleep(rng.expovariate(20))


def neighbours_start():
    started = []
    for seed in range(NEIGHBOURS):
        pid = os.fork()
        if pid == 0:
            neighbour(seed)
            os._exit(0)
        started.append(pid)
    return started


def duel(spec, base, head):
    done = subprocess.run([MESHBENCH, "duel", spec, "--base", base, "--head", head, "-q",
                           "--at-most", AT_MOST, "-f", "json"],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1, 125):
        sys.exit(f"the duel failed with status {done.returncode}")
    said = json.loads(done.stdout)
    return {0: "good", 1: "worse", 125: "open"}[done.returncode], said["blocks"]


def main():
    heads = {f"{100 * SLOWER:g}% slower": DELAY_US * (1 + SLOWER), "identical": DELAY_US}
    answers = {name: [] for name in heads}
    running = neighbours_start()
    try:
        with tempfile.TemporaryDirectory(prefix="meshbench-") as folder:
            spec = os.path.join(folder, "duel.yaml")
            with open(spec, "w", encoding="ascii") as file:
                file.write(SPEC)
            base = build(folder, "base", DELAY_US)
            paths = {name: build(folder, f"head{i}", delay)
                     for i, (name, delay) in enumerate(heads.items())}
            for turn in range(ROUNDS):
                for name, path in paths.items():
                    answers[name].append(duel(spec, base, path))
                    print(f"  {turn + 1}/{ROUNDS} {name}: {answers[name][-1]}", file=sys.stderr)
    finally:
        for pid in running:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    print(f"{ROUNDS} duels each, service time {DELAY_US / 1000:g} ms, {NEIGHBOURS} noisy "
          f"neighbour(s), {os.cpu_count()} CPUs, at most {AT_MOST} blocks")
    print(f"  {'head is':<12} {'worse':>6} {'good':>6} {'open':>6} {'blocks (median)':>16}")
    for name, said in answers.items():
        kinds = [answer for answer, _ in said]
        print(f"  {name:<12} {kinds.count('worse'):>6} {kinds.count('good'):>6} "
              f"{kinds.count('open'):>6} {statistics.median(blocks for _, blocks in said):>16g}")
    slower, same = (answers[name] for name in heads)
    return int(any(answer != "worse" for answer, _ in slower) or
               any(answer == "worse" for answer, _ in same))


sys.exit(main())
