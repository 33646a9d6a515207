"""Recomputes the numbers of a result: show_peer.py RESULT <SHOWN-JSON"""

import json
import math
import sys

from hdrh.histogram import HdrHistogram

SHARES = {"p50": 500, "p75": 750, "p90": 900, "p95": 950, "p99": 990, "p99.9": 999}  # thousandths
TIMES = {"response_time_ms": "response", "service_time_ms": "service", "connect_time_ms": "connect",
         "wait_for_connection_ms": "wait_for_connection", "dispatch_lag_ms": "dispatch_lag"}
ROLES = ("application", "data_plane", "control_plane", "generator", "other")


class Values:
    """The values of one distribution over some parts, censored ones last."""

    def __init__(self, parts, name, timeout_ns):
        dists = [part["dist"].get(name, {"type": "absent"}) for part in parts]
        self.known = bool(dists) and all(dist["type"] == "hdr" for dist in dists)
        self.counts, self.n, self.sum, self.min, self.max = {}, 0, 0, None, None
        for dist in dists if self.known else []:
            histogram = HdrHistogram.decode(dist["payload"])
            for index, count in enumerate(histogram.counts):
                if count:
                    value = histogram.get_highest_equivalent_value(histogram.get_value_from_index(index))
                    self.counts[value] = self.counts.get(value, 0) + count
            self.n += dist["n"]
            self.sum += dist["sum"]
            if dist["n"]:
                self.min = dist["min"] if self.min is None else min(self.min, dist["min"])
                self.max = max(self.max or 0, dist["max"])
        kinds = {"response": ("timeout", "timeout_unsent"), "service": ("timeout",),
                 "wait_for_connection": ("timeout_unsent",)}.get(name, ())
        self.censored = sum(part["counts"]["errors_by_kind"][kind] for part in parts for kind in kinds)
        cut_off = sum(part["counts"]["unfinished"] for part in parts)
        self.censored += cut_off if name in ("response", "service") else 0
        self.bound = None if name == "service" or cut_off else timeout_ns

    def quantile(self, thousandths):
        total = self.n + self.censored
        if not self.known or total * (1000 - thousandths) < 10 * 1000:
            return None
        rank, seen = -(-total * thousandths // 1000), 0
        for value in sorted(self.counts):
            seen += self.counts[value]
            if seen >= rank:
                return min(value, self.max)
        return None

    def expected(self):
        whole = self.known and self.n > 0 and self.censored == 0
        return {"min": self.min if self.known else None, "max": self.max if whole else None,
                "mean": self.sum / self.n if whole else None,
                **{name: self.quantile(share) for name, share in SHARES.items()}}


def same(shown, expected):
    if shown is None or expected is None:
        return shown is expected
    return math.isclose(shown, expected, rel_tol=1e-9, abs_tol=1e-12)


class Checker:
    def __init__(self):
        self.numbers, self.faults = 0, []

    def check(self, place, shown, expected):
        self.numbers += 1
        if not same(shown, expected):
            self.faults.append(f"{place}: shown {shown}, recomputed {expected}")

    def costs(self, place, shown, trials, completed):
        for role in ROLES:
            rows = [[r for r in trial["resources"] if r["role"] == role] for trial in trials]
            cpu = [sum(r["cpu_end_ns"] - r["cpu_start_ns"] for r in row) for row in rows if row]
            memory = [sum(r["rss_max_bytes"] for r in row) for row in rows if row]
            if role == "generator" and not cpu:
                cpu = [part["cpu_ns"] for trial in trials for part in trial["parts"] if part["cpu_ns"] is not None]
            self.check(f"{place} cpu {role}", shown["cpu_per_request_us"].get(role),
                       sum(cpu) / completed / 1e3 if cpu and completed else None)
            self.check(f"{place} memory {role}", shown["memory_mib"].get(role), max(memory) / 2**20 if memory else None)

    def numbers_of(self, place, shown, cell, trials):
        parts = [part for trial in trials for part in trial["parts"]]
        total = {key: sum(part["counts"][key] for part in parts) for key in ("intended", "completed", "ok")}
        errors = sum(sum(part["counts"]["errors_by_kind"].values()) for part in parts)
        elapsed = sum(max(part["elapsed_ns"] for part in trial["parts"]) for trial in trials)
        self.check(f"{place} requests", shown["requests"], total["completed"])
        self.check(f"{place} errors", shown["errors"], errors)
        self.check(f"{place} error_ratio", shown["error_ratio"], errors / total["intended"])
        self.check(f"{place} achieved_rps", shown["achieved_rps"], total["completed"] * 1e9 / elapsed)
        for key, name in TIMES.items():
            values = Values(parts, name, cell["point"]["timeout_ns"]).expected()
            for statistic, value in values.items():
                self.check(f"{place} {key} {statistic}", shown[key][statistic], None if value is None else value / 1e6)
        self.costs(place, shown, trials, total["completed"])


def main():
    result, shown = json.load(open(sys.argv[1], encoding="utf-8")), json.load(sys.stdin)
    checker = Checker()
    for cell, said in zip(result["cells"], shown["cells"], strict=True):
        complete = [trial for trial in cell["trials"] if trial["status"] == "complete"]
        trials = complete or [trial for trial in cell["trials"] if trial["status"] == "partial"]
        if trials:
            checker.numbers_of(f"{cell['variant']} {cell['point']}", said, cell, trials)
        for trial, trial_said in zip(cell["trials"], said["trials"], strict=True):
            checker.numbers_of(trial["id"], trial_said, cell, [trial])
    if checker.faults:
        sys.exit("\n".join(["show-peer: numbers differ", *checker.faults]))
    print(f"show-peer: {checker.numbers} numbers of {sys.argv[1]} agree")


main()
