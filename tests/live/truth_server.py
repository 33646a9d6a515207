"""The server of truth_server.c: started, its log read, and what has to follow from it. Shares
no code with meshbench. Environment: BUILD, SERVER_CPU (0) to pin it to."""

import atexit
import bisect
import math
import os
import subprocess
import time
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
CPUS = os.cpu_count() or 1
SERVER_CPU = int(os.environ.get("SERVER_CPU", 0))
LOAD_CPU = int(os.environ.get("LOAD_CPU", 1 if CPUS > 1 else 0))
# One answer takes the server a few us; while a backlog drains, that adds up.
SERVICE_NS = int(os.environ.get("SERVICE_NS", 6000))


def busy_share():
    """Share of all CPUs' time that went to others within a second, stolen time included."""
    def times():
        with open("/proc/stat", encoding="ascii") as file:
            fields = [int(field) for field in file.readline().split()[1:]]
        return fields[3] + fields[4], sum(fields[:8])

    idle, total = times()
    time.sleep(1)
    idle_then, total_then = times()
    return 1 - (idle_then - idle) / (total_then - total)


def build_server():
    path = os.path.join(BUILD, "live", "truth_server")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", path,
                    os.path.join(HERE, "truth_server.c"), "-lm"], check=True)
    return path


class Server:
    def __init__(self, folder, *arguments):
        self.log = os.path.join(folder, "log")
        command = ["taskset", "-c", str(SERVER_CPU), build_server(), self.log, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # whatever happens before stop()
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}/"

    def stop(self):
        """How many requests it answered, and its log."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=30)
        with open(self.log, encoding="ascii") as file:
            return int(out.split()[1]), [line.split() for line in file]


def stalls_of(log):
    return [(int(line[1]), int(line[2])) for line in log]


def utc_ns(trial):
    """UTC start of a trial's window."""
    whole, _, rest = trial["start"].rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=timezone.utc).timestamp())
    return seconds * 10**9 + int((rest or "0").ljust(9, "0"))


def quantile(ordered, share):
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def simulate(start_ns, rate, duration_s, stalls):
    """What an undisturbed observer would see, in ms, ascending: requests arrive evenly and are
    answered one by one, each in SERVICE_NS, except while the server stalls."""
    starts = [begin for begin, _ in stalls]
    free = 0
    times = []
    for i in range(int(rate * duration_s)):
        arrival = start_ns + i * 10**9 // rate
        begin = max(arrival, free)
        k = bisect.bisect_right(starts, begin) - 1
        if k >= 0 and begin < stalls[k][0] + stalls[k][1]:
            begin = stalls[k][0] + stalls[k][1]
        free = begin + SERVICE_NS
        times.append((free - arrival) / 1e6)
    return sorted(times)
