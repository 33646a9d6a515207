"""Measures load generators against each other, in one run.

Every generator loads the same server in closed loop over CONNECTIONS connections, in
ROUNDS rounds of one turn each, in another order every round; server and generator are
pinned to a core each. Requests per second as the tool itself counts them; CPU is user and
system time of the tool's whole process, as the kernel counts it, over its requests.

Environment: ROUNDS (5), DURATION in seconds (5), CONNECTIONS (32), SERVER nginx or echo
(nginx where it is installed), SERVER_CPU (0), LOAD_CPU (1), TOOLS (all that are found),
MESHBENCH."""

import json
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
MESHBENCH = os.environ.get("MESHBENCH", os.path.join(BUILD, "meshbench"))
ROUNDS = int(os.environ.get("ROUNDS", 5))
DURATION = int(os.environ.get("DURATION", 5))
CONNECTIONS = int(os.environ.get("CONNECTIONS", 32))
SERVER_CPU = os.environ.get("SERVER_CPU", "0")
LOAD_CPU = os.environ.get("LOAD_CPU", "1" if (os.cpu_count() or 1) > 1 else "0")
os.environ["PATH"] += ":/usr/sbin"

NGINX = """worker_processes 1; worker_cpu_affinity %(mask)s; pid %(dir)s/pid; daemon off;
error_log %(dir)s/error.log; events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; client_body_temp_path %(dir)s/a;
proxy_temp_path %(dir)s/b; fastcgi_temp_path %(dir)s/c; uwsgi_temp_path %(dir)s/d;
scgi_temp_path %(dir)s/e; server { listen 127.0.0.1:%(port)d backlog=1024;
location / { return 200 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\\n"; } } }
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def start_server(kind, folder):
    port = free_port()
    if kind == "nginx":
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w", encoding="ascii") as file:
            mask = format(1 << int(SERVER_CPU), "b")
            file.write(NGINX % {"dir": folder, "port": port, "mask": mask})
        command = ["nginx", "-c", config, "-e", os.path.join(folder, "error.log")]
    else:
        command = [MESHBENCH, "app", "echo", "--listen", f"127.0.0.1:{port}",
                   "--cpu", SERVER_CPU]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process, f"http://127.0.0.1:{port}/"
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{kind} does not listen")


def number(pattern, text):
    found = re.search(pattern, text)
    if not found:
        raise ValueError(f"no {pattern!r} in: {text[-500:]}")
    return float(found.group(1))


def hey_requests(out):
    return sum(int(n) for n in re.findall(r"\[200\]\s+(\d+) responses", out))


# name: (command, requests from its output, requests per second from its output, version)
def generators(url):
    c, d = str(CONNECTIONS), str(DURATION)
    return {
        "meshbench": (
            [MESHBENCH, "load", url, "-c", c, "-d", d + "s", "--cpu", LOAD_CPU, "-f", "json"],
            lambda out: json.loads(out)["cells"][0]["requests"],
            lambda out: json.loads(out)["cells"][0]["achieved_rps"]),
        "wrk": (
            ["wrk", "-t1", "-c" + c, f"-d{d}s", url],
            lambda out: number(r"(\d+) requests in", out),
            lambda out: number(r"Requests/sec:\s+([\d.]+)", out)),
        "fortio": (
            ["fortio", "load", "-quiet", "-qps", "0", "-c", c, "-t", d + "s", "-json", "-", url],
            lambda out: json.loads(out)["DurationHistogram"]["Count"],
            lambda out: json.loads(out)["ActualQPS"]),
        "hey": (
            ["hey", "-c", c, "-z", d + "s", url],
            hey_requests,
            lambda out: number(r"Requests/sec:\s+([\d.]+)", out)),
        "ab": (
            ["ab", "-q", "-k", "-c", c, "-t", d, "-n", str(DURATION * 400000), url],
            lambda out: number(r"Complete requests:\s+(\d+)", out),
            lambda out: number(r"Requests per second:\s+([\d.]+)", out)),
    }


def version(command):
    """First words of what a tool says about itself; hey says nothing."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
    except OSError:
        return "missing"
    found = re.search(r"v?[0-9]+\.[0-9]+[0-9a-z.+~-]*", done.stdout)
    return found.group(0) if found else "unknown"


def print_versions(kind):
    commands = {"meshbench": [MESHBENCH, "--version"], "wrk": ["wrk", "-v"],
                "fortio": ["fortio", "version"], "ab": ["ab", "-V"]}
    if kind == "nginx":
        commands["nginx"] = ["nginx", "-v"]
    print("  " + ", ".join(f"{name} {version(command)}" for name, command in commands.items()))


def measure(command, requests, rps):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", LOAD_CPU, *command], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return rps(done.stdout), cpu * 1e6 / requests(done.stdout)


def run_all(url):
    tools = generators(url)
    wanted = os.environ.get("TOOLS", " ".join(tools)).split()
    present = []
    for name in wanted:
        if name == "meshbench" or shutil.which(name):
            present.append(name)
        else:
            print(f"skip: {name} is not installed")
    results = {name: [] for name in present}
    rng = random.Random(1)
    for turn in range(ROUNDS):
        order = present[:]
        rng.shuffle(order)
        for name in order:
            results[name].append(measure(*tools[name]))
        line = "  ".join(f"{name} {results[name][-1][0]:.0f}" for name in present)
        print(f"  round {turn + 1}/{ROUNDS}: {line}", file=sys.stderr)
    return results


def ratios(results, name, index):
    """Median over the rounds of the ratio to wrk in the same round."""
    if "wrk" not in results:
        return "-"
    pairs = zip(results[name], results["wrk"])
    return f"{statistics.median(mine[index] / wrk[index] for mine, wrk in pairs):.2f}"


def main():
    kind = os.environ.get("SERVER", "nginx" if shutil.which("nginx") else "echo")
    with tempfile.TemporaryDirectory() as folder:
        server, url = start_server(kind, folder)
        try:
            results = run_all(url)
        finally:
            server.terminate()
            server.wait()
    print(f"closed loop, {CONNECTIONS} connections, {ROUNDS} interleaved rounds of {DURATION} s; "
          f"{kind} on CPU {SERVER_CPU}, generator on CPU {LOAD_CPU}; medians")
    print_versions(kind)
    print(f"  {'':<10} {'rps':>9} {'least':>9} {'most':>9} {'to wrk':>7} "
          f"{'CPU us/request':>15} {'to wrk':>7}")
    for name, turns in results.items():
        rates = [turn[0] for turn in turns]
        cpus = [turn[1] for turn in turns]
        print(f"  {name:<10} {statistics.median(rates):>9.0f} {min(rates):>9.0f} "
              f"{max(rates):>9.0f} {ratios(results, name, 0):>7} "
              f"{statistics.median(cpus):>15.2f} {ratios(results, name, 1):>7}")
    os.makedirs(BUILD, exist_ok=True)
    with open(os.path.join(BUILD, "bench.json"), "w", encoding="ascii") as file:
        json.dump({"server": kind, "duration_s": DURATION, "connections": CONNECTIONS,
                   "rps_and_cpu_us": results}, file, indent=1)


main()
