"""What each load generator says about a server that stalls, and how far that is from the truth.

Every generator is given the same spec through `meshbench run`: RATE over CONNECTIONS connections
for DURATION seconds, as an open load where it has one, else held to the rate as it can, else as a
closed loop. The server does nothing for 200 ms every 2 s. The truth is what someone would see
whose requests leave on the spec's schedule whatever happens: computed from the server's log of its
stalls, without any generator. Server and generator have a CPU each; ROUNDS rounds, all generators
in each, in another order every time. Prints medians of the rounds. Fails when a generator that is
there could not be measured.

Environment: ROUNDS (3), DURATION (20, a multiple of 2), RATE (2000), CONNECTIONS (50), TOOLS (all),
MESHBENCH, BUILD, SERVER_CPU (0), LOAD_CPU (1), JSON (a file for every figure of every round)."""

import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
# pylint: disable=wrong-import-position
from truth_server import (BUILD, CPUS, LOAD_CPU, SERVER_CPU, Server, busy_share, quantile,  # noqa: E402
                          simulate, stalls_of, utc_ns)

MESHBENCH = os.path.abspath(os.environ.get("MESHBENCH", os.path.join(BUILD, "meshbench")))
ROUNDS = int(os.environ.get("ROUNDS", 3))
DURATION = int(os.environ.get("DURATION", 20))
RATE = int(os.environ.get("RATE", 2000))
CONNECTIONS = int(os.environ.get("CONNECTIONS", 50))
STALL_MS, EVERY_MS = 200, 2000
SHARES = {"p95": .95, "p99": .99, "p99.9": .999}
MODELS = {"meshbench": "open", "vegeta": "open", "k6": "open", "wrk2": "open", "nighthawk": "open",
          "fortio": "paced", "hey": "paced", "h2load": "closed", "wrk": "closed"}
PROGRAMS = {"meshbench": MESHBENCH, "nighthawk": "nighthawk_client"}  # of others: their name
COUNTS_FROM = {"intended": "intended start", "none": "actual send", "backfilled": "corrected afterwards",
               "unknown": "unknown"}


def spec_text(name, model, url):
    rate = "" if model == "closed" else f", rate: {RATE}rps"
    return f"""meshbench: v1
kind: benchmark
name: stall
application: {{name: truth, url: "{url}"}}
variants:
  - {{name: direct, mesh: none, url: "{url}"}}
workloads:
  - {{name: steady, load_model: {model}, connections: {CONNECTIONS}{rate}, duration: {DURATION}s,
     warmup: 0s, request: {{timeout: 5s}}}}
trials: {{count: 1}}
generator: {{name: {name}, cpu: {LOAD_CPU}}}
"""


def run_one(folder, name, model, url):
    """The result's document, and what `show` says about its only cell."""
    spec, result = (os.path.join(folder, f"{name}.{end}") for end in ("yaml", "json"))
    with open(spec, "w", encoding="ascii") as file:
        file.write(spec_text(name, model, url))
    done = subprocess.run([MESHBENCH, "run", spec, "-q", "--force", "-o", result], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(done.stdout.strip())
    shown = subprocess.run([MESHBENCH, "show", "-f", "json", result], check=True, stdout=subprocess.PIPE).stdout
    with open(result, encoding="utf-8") as file:
        return json.load(file), json.loads(shown)["cells"][0]


def measure(name, model):
    """One trial beside a server of its own: what was measured, and what is true."""
    with tempfile.TemporaryDirectory(prefix="meshbench-") as folder:
        server = Server(folder, "stall", str(STALL_MS), str(EVERY_MS))
        try:
            result, cell = run_one(folder, name, model, server.url)
        finally:
            served, log = server.stop()
    trial = result["cells"][0]["trials"][0]
    part = trial["parts"][0]
    truth = simulate(utc_ns(trial), RATE, DURATION, stalls_of(log))
    # Some count from the actual sending only; that is then what they say.
    has_response = any(value is not None for value in cell["response_time_ms"].values())
    metric = "response_time_ms" if has_response else "service_time_ms"
    return {"version": part["generator"].get("version"), "from": COUNTS_FROM[part["co_handling"]],
            "requests": cell["requests"], "served": served, "errors": cell["errors"],
            "measured": {key: cell[metric][key] for key in SHARES},
            "truth": {key: quantile(truth, share) for key, share in SHARES.items()}}


def measure_all(names):
    trials = {name: [] for name in names}
    failed = []
    rng = random.Random(1)
    for turn in range(ROUNDS):
        for name in rng.sample(names, len(names)):
            try:
                trials[name].append(measure(name, MODELS[name]))
                print(f"  round {turn + 1}/{ROUNDS} {name}: {trials[name][-1]}", file=sys.stderr)
            except RuntimeError as error:
                failed.append(f"{name}: {error}")
    return trials, failed


def median(trials, *keys):
    values = []
    for trial in trials:
        for key in keys:
            trial = trial[key]
        values.append(trial)
    return statistics.median(values) if None not in values else None


def error(trials, key):
    """The median of the rounds' errors, in percent."""
    if any(trial["measured"][key] is None for trial in trials):
        return "-"
    return f"{100 * statistics.median(t['measured'][key] / t['truth'][key] - 1 for t in trials):+.1f}%"


def show_ms(value):
    return "-" if value is None else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(trials):
    heads = ["generator", "version", "load", "latency counts from", "requests"]
    print("| " + " | ".join(heads + list(SHARES) + [f"error {key}" for key in SHARES]) + " |")
    print("|" + "---|" * 4 + "--:|" * (1 + 2 * len(SHARES)))
    every = [trial for rounds in trials.values() for trial in rounds]
    if not every:
        return
    print("| *truth* | | | intended start | " + str(RATE * DURATION) + " | "
          + " | ".join(show_ms(median(every, "truth", key)) for key in SHARES) + " | | | |")
    for name, rounds in trials.items():
        if rounds:
            # A tool that does not say its version is named by its program's digest.
            version = rounds[0]["version"] or "not said"
            version = version[:14] if version.startswith("sha256:") else version
            cells = [name, version, MODELS[name], rounds[0]["from"],
                     f"{median(rounds, 'requests'):.0f}"]
            cells += [show_ms(median(rounds, "measured", key)) for key in SHARES]
            cells += [error(rounds, key) for key in SHARES]
            print("| " + " | ".join(cells) + " |")


def host():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {CPUS} CPUs, Linux {platform.release()}"


def main():
    if CPUS < 2:
        print("SKIPPED: needs two CPUs, one for the server and one for the generator")
        return 77
    present = []
    for name in os.environ.get("TOOLS", " ".join(MODELS)).split():
        if shutil.which(PROGRAMS.get(name, name)):
            present.append(name)
        else:
            print(f"SKIPPED {name}: '{PROGRAMS.get(name, name)}' is not on PATH")
    busy = busy_share()
    trials, failed = measure_all(present)
    print(f"{STALL_MS} ms of stall every {EVERY_MS / 1000:g} s; {CONNECTIONS} connections, {RATE} rps (closed: as fast "
          f"as it goes), {DURATION} s; medians of {ROUNDS} rounds, times in ms. {host()}; server on CPU {SERVER_CPU}, "
          f"generator on CPU {LOAD_CPU}; others used {100 * busy:.0f}% of the CPUs before; "
          f"{datetime.now(timezone.utc):%Y-%m-%d}.\n")
    table(trials)
    if "JSON" in os.environ:
        with open(os.environ["JSON"], "w", encoding="ascii") as file:
            json.dump(trials, file, indent=1)
    for message in failed:
        print(f"FAILED {message}")
    return 1 if failed else 0


sys.exit(main())
