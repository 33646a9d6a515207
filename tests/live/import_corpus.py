"""Imports a corpus and checks the results against readers of its own: import_corpus.py CORPUS [-v] [TOOL]...

A tool is one function: it gets a path, reads the source in its own way, and returns what an import of it has to
hold: a list of runs, or Refused with words of the message. Add one with @tool. Keys of a run, all optional; each is
one value that is checked:

    variant, workload, load_model, co_handling, tool, version, url, start ("2022-05-08T00:12:28.857Z")
    connections, rate (rps), timeout_ns, window_ns, warmup_ns, status, block
    requests (intended), sent, completed, ok, errors, unfinished, bytes_received, bytes_sent
    data_plane_cpu_ns, kinds {"status": 3, ...}, statuses {"200": 97, ...}
    response, service, connect, error_response, ...: a dist, {"type", "n", "sum", "min", "max", "mixed", "buckets",
    "quantiles" {0.99: ns}, "values" (raw samples in ns: n, sum, min, max and some percentiles follow)}

A number may be a pair (value, tolerance). None: has to be unknown. What is not named is not looked at.
"""

import csv
import fnmatch
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from xml.etree import ElementTree

TOOLS = []  # (name, patterns, function)
HDR_DIGITS = 1e-3  # three significant digits


class Refused(Exception):
    """The file is to be refused, with these words in the message."""


def tool(name, *patterns, options=()):
    def add(function):
        TOOLS.append((name, patterns, function, list(options)))
        return function

    return add


def ns(seconds):
    """Seconds, as written in the source, to whole ns."""
    return int((Decimal(seconds) * 10**9).to_integral_value(ROUND_HALF_EVEN))


def load_json(path):
    """JSON whose numbers stay as they were written."""
    with open(path, encoding="utf-8-sig") as file:
        return json.load(file, parse_float=Decimal, parse_int=Decimal)


# --- fortio and what embeds it


def fortio_histogram(data):
    buckets = []
    for row in data["Data"] or []:
        n, low, high = int(row["Count"]), ns(row["Start"]), ns(row["End"])
        if n == 0:
            continue
        low += 1 if buckets and low != high else 0
        if buckets and high == buckets[-1][1]:
            buckets[-1][2] += n
            continue
        buckets.append([max(low, buckets[-1][1] + 1) if buckets else low, high, n])
    n = int(data["Count"])
    return {"type": "buckets", "n": n, "sum": ns(data["Sum"]), "min": ns(data["Min"]), "max": ns(data["Max"]),
            "buckets": buckets}


def fortio_run(data):
    histogram = fortio_histogram(data["DurationHistogram"])
    codes = {code: int(n) for code, n in (data.get("RetCodes") or {}).items()}
    run_type = data.get("RunType", "HTTP")
    rows = data["DurationHistogram"]["Data"]
    nighthawk = bool(rows) and rows[0]["Percent"] == 0
    threads, streams = int(data["NumThreads"]), int(data.get("Streams", 1))
    good = sum(n for code, n in codes.items()
               if (run_type == "HTTP" and (code.startswith("2") or code == "418")) or code in ("OK", "SERVING")
               or (run_type.startswith("GRPC") and code == "1"))
    total = histogram["n"]
    failed = data.get("ErrorsDurationHistogram")
    errors = int(failed["Count"]) if failed else total - good
    rate = None if data["RequestedQPS"] == "max" else float(data["RequestedQPS"])
    run = {"tool": "nighthawk" if nighthawk else "fortio", "version": data["Version"],
           "connections": threads // streams, "rate": rate, "window_ns": int(data["ActualDuration"]),
           "load_model": "closed" if rate is None else "unknown" if nighthawk else "paced", "co_handling": "none",
           "requests": total, "ok": total - errors, "errors": errors,
           "url": data.get("URL") or data.get("Destination")}
    if not nighthawk and run_type == "HTTP":
        run["statuses"] = {code: n for code, n in codes.items() if code != "-1"}
    if failed and errors:
        run["error_response"] = fortio_histogram(failed)
        run["service"] = {"n": total - errors, "mixed": False}
    else:
        run["service"] = dict(histogram, mixed=errors > 0)
    if rate is None:
        run["response"] = run["service"]
    return run


@tool("fortio", "fortio/*.json", "istio-tools/*_1024_*.json")
def fortio(path):
    try:
        return [fortio_run(load_json(path))]
    except json.JSONDecodeError as error:
        raise Refused("cut off") from error


def go_duration(text):
    """"1m0.5s" to ns."""
    scale = {"h": 3600, "m": 60, "s": 1, "ms": Decimal("1e-3"), "µs": Decimal("1e-6"), "ns": Decimal("1e-9")}
    return ns(sum(Decimal(value) * scale[unit] for value, unit in re.findall(r"([0-9.]+)(h|ms|µs|ns|m|s)", text)))


@tool("fortio text", "fortio/readme/*.txt")
def fortio_text(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head = r"(Aggregated Function Time|RTT histogram usec) : count (\d+) avg \S+ \+/- \S+ min (\S+) max (\S+) sum (\S+)"
    found = re.search(head + r"\n#.*\n((?:>.*\n)+)", text)
    if not found:
        raise Refused("not the output of a load tool")
    usec = found[1].startswith("RTT")
    low, high, total = (ns(Decimal(found[i]) / (1000000 if usec else 1)) for i in (3, 4, 5))
    buckets = []
    for left, start, right, end, n in re.findall(r"(>=?) (\S+) (<=?) (\S+) , .*, (\d+)\n", found[6]):
        start, end = (ns(Decimal(value) / (1000000 if usec else 1)) for value in (start, end))
        buckets.append([start + (left == ">"), end - (right == "<"), int(n)])
    buckets[0][0], buckets[-1][1] = low, high
    dist = {"type": "buckets", "n": int(found[2]), "sum": total, "min": low, "max": high, "buckets": buckets}
    if usec:
        return [{"tool": "fortio", "workload": "grpcping", "response": dist, "ok": dist["n"], "window_ns": None}]
    rate = float(re.search(r"running at (\S+) queries", text)[1])
    grpc = re.search(r"with (\d+)\*(\d+) threads", text)
    return [{"service": dist, "ok": dist["n"], "errors": 0, "rate": rate if rate > 0 else None,
             "load_model": "paced" if rate > 0 else "closed", "window_ns": go_duration(re.search(r"Ended after (\S+)", text)[1]),
             "connections": int(grpc[2] if grpc else re.search(r"with (\d+) thread", text)[1]),
             "statuses": dict.fromkeys(re.findall(r"Code (\d+) :", text), dist["n"]),
             "url": re.search(r"running at .*?: (\S+)\n", text)[1]}]


@tool("Meshery", "meshery/*.json", "smp/docs/_data/test-results.json", "smp/history/test-results*.json")
def meshery(path):
    def results(node):
        if isinstance(node, dict) and node.get("runner_results"):
            runs = node["runner_results"]
            return [fortio_run(run) for run in (runs if isinstance(runs, list) else [runs])]
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        return [run for child in below for run in results(child)]

    return results(load_json(path))


# --- Service Mesh Performance


@tool("SMP", "smp/history/*.yaml", "meshery/*.yaml", "meshery-smp-action/*.yaml")
def smp(path):
    import yaml

    with open(path, encoding="utf-8") as file:
        try:
            data = yaml.load(file, yaml.BaseLoader)  # every scalar as it was written
        except yaml.YAMLError as error:
            raise Refused("error") from error
    if "test" in data:
        raise Refused("the configuration of a test, not its result")
    client = data.get("client", {})
    latencies = data.get("latencies_ms") or client["latencies_ms"]
    values = {key: ns(Decimal(value) / 1000) for key, value in latencies.items()}
    return [{"tool": "SMP", "load_model": "unknown", "co_handling": "unknown", "url": data.get("endpoint_url"),
             "connections": int(client["connections"]), "errors": None,
             "response": {"type": "quantiles", "min": values["min"], "max": values["max"],
                          "quantiles": {int(key[1:]) / 100: at for key, at in values.items() if key[0] == "p"}}}]


# --- what an import holds


# --- nighthawk


NIGHTHAWK_LATENCY = "benchmark_http_client.request_to_response"


def nighthawk_counts(counters):
    """What the counters of all workers say; zeros are not written."""
    classes = {n: counters.get(f"benchmark.http_{n}xx", 0) for n in "12345x"}
    good, wrong = sum(classes[n] for n in "123"), sum(classes[n] for n in "45x")
    lost = {"connect": counters.get("benchmark.pool_connection_failure", 0),
            "reset": counters.get("benchmark.stream_resets", 0), "other": counters.get("benchmark.pool_overflow", 0)}
    open_ones = counters["upstream_rq_total"] - good - wrong - lost["reset"]
    return {"completed": good + wrong, "errors": wrong + sum(lost.values()), "kinds": dict(lost, status=wrong),
            "unfinished": open_ones, "requests": good + wrong + sum(lost.values()) + open_ones}, good


def nighthawk_json(path):
    data = load_json(path)
    every = {result["name"]: result for result in data["results"]}
    one, options = every["global"], data.get("options") or {}
    workers = max(1, sum(name.startswith("worker_") for name in every))
    stats = {stat["id"]: stat for stat in one["statistics"]}
    if NIGHTHAWK_LATENCY not in stats:
        raise Refused("no request was measured")
    stat = stats[NIGHTHAWK_LATENCY]
    counts, good = nighthawk_counts({counter["name"]: int(counter["value"]) for counter in one["counters"]})
    n, buckets, before = int(stat["count"]), [], 0
    for row in stat["percentiles"]:
        high, up_to = ns(row["duration"][:-1]), int(row["count"])
        if buckets and buckets[-1][1] == high:
            buckets[-1][2] += up_to - before
        elif up_to > before:
            buckets.append([buckets[-1][1] + 1 if buckets else high, high, up_to - before])
        before = up_to
    least, most = (ns(stat[key][:-1]) if key in stat else None for key in ("min", "max"))
    if least is not None:
        buckets[0][0] = min(least, buckets[0][0])
    loop = options.get("open_loop")
    return [dict(counts, tool="nighthawk", connections=options["connections"] * workers,
                 rate=float(options["requests_per_second"] * workers), timeout_ns=ns(options["timeout"][:-1]),
                 load_model="unknown" if loop is None else "open" if loop else "paced", co_handling="none",
                 window_ns=ns(one["execution_duration"][:-1]) if "execution_duration" in one else None,
                 ok=good if n == good else None, url=options["uri"],
                 service={"type": "buckets", "n": n, "min": least, "max": most, "mixed": counts["kinds"]["status"] > 0,
                          "sum": ns(stat["mean"][:-1]) * n, "buckets": buckets})]


def nighthawk_text(path):
    text = read_text(path)
    part = re.search(r"^Request start to response end \(([0-9]+) samples\)\n(.*?)\n\n(.*?)\n\n", text, re.M | re.S)
    if not part:
        raise Refused("no latencies of requests")

    def time(words):
        return sum(int(value) * {"s": 10**9, "ms": 10**6, "us": 10**3}[unit]
                   for value, unit in re.findall(r"([0-9]+)(ms|us|s)\b", words))

    least, mean, most = (time(re.search(key + r": ([^|]*)", part[2])[1]) for key in ("min", "mean", "max"))
    counters = dict(re.findall(r"^([a-z_]\S*)\s+([0-9]+)\s+[0-9.]+$", text, re.M))
    counts, good = nighthawk_counts({name: int(value) for name, value in counters.items()})
    rows = re.findall(r"^\s+(0\.[0-9]+)\s+[0-9]+\s+(.*)$", part[3], re.M)
    n = int(part[1])
    return [dict(counts, tool="nighthawk", connections=None, rate=None, load_model="unknown", co_handling="none",
                 window_ns=None, ok=good if n == good else None,
                 service={"type": "quantiles", "n": n, "min": least, "max": most, "sum": mean * n,
                          "quantiles": {float(share): time(value) for share, value in rows}})]


def nighthawk_fortio(path):
    """Its fortio form. The early one has no least value, whole seconds, and the load of one worker."""
    data = load_json(path)
    histogram, codes = data["DurationHistogram"], sum(int(n) for n in data["RetCodes"].values())
    early, n = "Min" not in histogram, int(histogram["Count"])
    if sum(int(row["Count"]) for row in histogram["Data"]) != n:
        raise Refused(f"values, 'Count' says {n}")
    rows = fortio_histogram(histogram if not early else dict(histogram, Sum=0, Min=0, Max=0))
    unsure = codes > n
    return [{"tool": "nighthawk", "load_model": "unknown", "co_handling": "none", "completed": codes if unsure else n,
             "rate": None if early else float(data["RequestedQPS"]), "connections": None if early else int(data["NumThreads"]),
             "window_ns": None if early else int(data["ActualDuration"]), "ok": None if unsure else n,
             "service": {"type": "buckets", "n": n, "buckets": rows["buckets"], "mixed": False,
                         "sum": None if early else rows["sum"], "min": rows["buckets"][0][0] if early else rows["min"]}}]


@tool("nighthawk", "nighthawk/history/fortio*", "nighthawk/history/test/*", "nighthawk/test/test_data/*",
      "nighthawk/samples/*")
def nighthawk(path):
    text = read_text(path)
    if "golden-" in path:
        run = fortio_run(load_json(path)) if "golden-8" not in path else None
        return [run or {"tool": "fortio", "load_model": "paced", "requests": 12000}]
    if "DurationHistogram" in text:
        return nighthawk_fortio(path)
    if text.startswith("Nighthawk"):
        return nighthawk_text(path)
    if "# TYPE" in text:
        raise Refused("Prometheus")
    if path.endswith(".proto.gold"):
        raise Refused("duplicate key 'labels'")
    if "@version" in text and ".yaml" in path:
        raise Refused("cannot start with this character")
    if ".yaml" in path or ".dotted" in path:
        raise Refused("request")
    return nighthawk_json(path)


# --- istio/tools


def istio_rows(path):
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as file:
            return [json.loads(line, parse_float=Decimal) for line in file]
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def istio_cpu(row):
    """mCPU of the sidecars."""
    return sum(float(value) for key, value in row.items()
               if re.fullmatch("cpu_mili_avg_(fortio.*_proxy|istio_proxy_fortio.*)", key) and value)


@tool("istio/tools", "istio-tools/*.csv", "istio-tools/*compiled-results.json", "tables/istio_tools_benchmark_2020.csv")
def istio_tools(path):
    order, cells = [], {}
    for row in istio_rows(path):
        label = re.fullmatch(r"[^_]+_qps_([0-9]+)_c_([0-9]+)_([0-9]+)_(.+)", row["Labels"])
        cell = (label[4], label[1], row["NumThreads"], label[3])
        seconds, rate = int(row["ActualDuration"]), Decimal(str(row["ActualQPS"]))
        shares = {float("0." + key[1:]): int(value) * 1000 for key, value in row.items()
                  if re.fullmatch("p[0-9]+", key) and value not in ("", "-")}
        n = int((seconds * rate).to_integral_value(ROUND_HALF_EVEN))
        run = {"tool": "fortio", "variant": label[4], "workload": f"payload-{label[3]}", "rate": float(label[1]),
               "connections": int(row["NumThreads"]), "load_model": "paced", "co_handling": "none",
               "window_ns": seconds * 10**9, "completed": n, "start": row["StartTime"][:23] + "Z",
               "data_plane_cpu_ns": (istio_cpu(row) * seconds * 1e6, 10),
               "service": {"type": "quantiles", "n": n, "quantiles": shares, "mixed": row.get("errorPercent") != 0}}
        if cell not in cells:
            order.append(cell)
        cells.setdefault(cell, []).append(run)
    return [run for cell in order for run in sorted(cells[cell], key=lambda one: one["start"])]


# --- tables with a map


@tool("table (--map)", "tsv-load-test/tests/integration/data/*.tsv", "tsv-load-test/samples/002*",
      options=("--map", "time=#1,workload=#2,latency=#5:ms"))
def table(path):
    rows = {}
    for line in read_text(path).splitlines():
        fields = line.split("\t")
        if len(fields) != 5:
            raise Refused("it has 1 columns")
        rows.setdefault(fields[1], []).append((fields[0], int((Decimal(fields[4]) * 10**6).to_integral_value())))
    return [{"workload": name, "tool": "table", "load_model": "unknown", "co_handling": "unknown", "requests": len(samples),
             "ok": None, "errors": None, "response": {"mixed": True, "values": [value for _, value in samples]}}
            for name, samples in rows.items()]


# --- ghz


GHZ_OTHER = ("Unavailable", "Canceled", "Unknown")


@tool("ghz", "ghz/SayHello*/*.json", "ghz/docs/*")
def ghz(path):
    if path.endswith(".txt"):
        text = read_text(path)
        codes = {code: int(n) for code, n in re.findall(r"\[(\w+)\]\s+([0-9]+) responses", text)}
        rows = re.findall(r"^\s+([0-9]+) ?% in ([0-9.]+) ms", text, re.M)
        latency = {"type": "quantiles", "n": None, "min": quantity("26.09ms"), "max": quantity("69.60ms"), "mixed": True,
                   "quantiles": {int(share) / 100: quantity(value + "ms") for share, value in rows}}
        run = {"load_model": "unknown", "connections": None, "window_ns": quantity("181.57ms")}
    else:
        data = load_json(path)
        codes = {code: int(n) for code, n in data["statusCodeDistribution"].items()}
        good, full = codes.get("OK", 0), len(data["details"]) == data["count"]
        n = good if sum(bar["count"] for bar in data["histogram"]) == good else None
        latency = {"values": [int(one["latency"]) for one in data["details"] if one["status"] == "OK"]} if full else {
            "type": "quantiles", "n": n, "min": int(data["fastest"]), "max": int(data["slowest"]),
            "quantiles": {int(row["percentage"]) / 100: int(row["latency"]) for row in data["latencyDistribution"]}}
        run = {"load_model": "closed", "connections": None, "window_ns": int(data["total"]), "variant": data["name"],
               "workload": data["options"]["call"], "timeout_ns": int(data["options"]["timeout"])}
    bad = {code: n for code, n in codes.items() if code != "OK"}
    late, other = bad.get("DeadlineExceeded", 0), sum(bad.get(code, 0) for code in GHZ_OTHER)
    return [dict(run, tool="ghz", requests=sum(codes.values()), ok=codes.get("OK", 0), errors=sum(bad.values()),
                 kinds={"timeout": late, "other": other, "status": sum(bad.values()) - late - other},
                 co_handling="none", service=latency)]


# --- Gatling


@tool("gatling", "taurus/gatling/*/simulation.log")
def gatling(path):
    with open(path, "rb") as file:
        if file.read(1) == b"\0":
            raise Refused("binary log")
    lines = [line.split("\t") for line in read_text(path).splitlines()]
    head, requests, ends = next(line for line in lines if line[0] == "RUN"), {}, []
    for line in lines:
        if line[0] == "REQUEST":
            _, groups, name, start, end, outcome = line[:6]
            requests.setdefault(f"{groups} / {name}" if groups else name, []).append(
                ((int(end) - int(start)) * 10**6, outcome == "OK"))
            ends += [int(start), int(end)]
    return [{"variant": head[1], "workload": name, "tool": "gatling", "version": head[-1], "load_model": "unknown",
             "window_ns": (max(ends) - min(ends)) * 10**6, "requests": len(rows), "ok": sum(ok for _, ok in rows),
             "errors": sum(not ok for _, ok in rows), "co_handling": "none",
             **({"service": {"values": [took for took, ok in rows if ok]}} if any(ok for _, ok in rows) else {})}
            for name, rows in requests.items()]


# --- TechEmpower: reports of wrk and weighttp one after another


@tool("techempower", "techempower/*/raw")
def techempower(path):
    text, cells = read_text(path), {}
    for threads, connections, body in re.findall(r"^  ([0-9]+) threads and ([0-9]+) connections\n(.*?)^Requests/sec",
                                                 text, re.M | re.S):
        done, took = re.search(r"^  ([0-9]+) requests in ([0-9.]+[a-z]+),", body, re.M).groups()
        wrong = int(found(r"Non-2xx or 3xx responses: ([0-9]+)", body) or 0)
        cells.setdefault(("wrk", int(connections)), []).append(
            {"threads": int(threads), "completed": int(done), "window_ns": quantity(took), "kinds": {"status": wrong}})
    for block in text.split("starting benchmark...")[1:]:
        clients = sum(int(n) for n in re.findall(r"spawning thread #[0-9]+: ([0-9]+) concurrent", block))
        times = re.search(r"finished in ([0-9]+) sec, ([0-9]+) millisec and ([0-9]+) microsec", block)
        if times:
            cells.setdefault(("weighttp", clients), []).append(
                {"completed": found(r"requests: ([0-9]+) total", block), "kinds": {"status": 0},
                 "window_ns": sum(int(n) * unit for n, unit in zip(times.groups(), (10**9, 10**6, 10**3)))})
    if not cells:
        raise Refused("the file is empty" if not text else "not the output of a load tool")
    for run in (run for runs in cells.values() for run in runs):
        run.pop("threads", None)
    return [dict(run, tool=tool_name, connections=connections, load_model="closed")
            for (tool_name, connections), runs in cells.items() for run in runs]


def result_runs(result):
    """The trials of a result as (cell, trial, part), in the order of cells and trials."""
    return [(cell, trial, trial["parts"][0]) for cell in result["cells"] for trial in cell["trials"]]


def quantile_of(dist, share):
    """From what the result holds; of a histogram the tool's own derived number is the business of show-peer."""
    for row in dist.get("quantiles", []):
        if row[0] == round(share * 10**9):
            return row[1]
    return None


class Check:
    def __init__(self):
        self.values, self.faults = 0, []

    def value(self, what, expected, got):
        self.values += 1
        tolerance = 0
        if isinstance(expected, tuple):
            expected, tolerance = expected
        if isinstance(expected, (int, float)) and not isinstance(expected, bool) and isinstance(got, (int, float)):
            same = abs(expected - got) <= tolerance
        else:
            same = expected == got
        if not same:
            self.faults.append(f"{what}: source {expected!r}, imported {got!r}")

    def dist(self, name, expected, got):
        for key, value in expected.items():
            what = f"{name}.{key}"
            if key == "mixed":
                self.value(what, value, got.get("population") == "all")
            elif key == "quantiles":
                for share, at in value.items():
                    self.value(f"{what}[{share}]", at, quantile_of(got, share))
            elif key == "values":
                self.samples(name, value, got)
            elif key == "buckets":
                self.value(what, value, got.get("buckets"))
            else:
                self.value(what, value, got.get(key))

    def samples(self, name, values, got):
        self.value(f"{name}.n", len(values), got.get("n"))
        if not values:
            return
        self.value(f"{name}.min", min(values), got.get("min"))
        self.value(f"{name}.max", max(values), got.get("max"))
        self.value(f"{name}.sum", sum(values), got.get("sum"))
        if got.get("type") != "hdr":
            self.faults.append(f"{name}: raw samples did not become a histogram")
            return
        try:
            from hdrh.histogram import HdrHistogram
        except ImportError:
            return
        histogram, ordered = HdrHistogram.decode(got["payload"]), sorted(values)
        for percentile in (50, 90, 99, 100):
            # By rank, since the package rounds ranks where nearest rank takes the next one up.
            rank = max(-(-percentile * len(ordered) // 100), 1)
            exact = ordered[rank - 1]
            self.value(f"{name}.p{percentile}", (exact, exact * HDR_DIGITS + 1),
                       histogram.get_value_at_percentile(100 * rank / len(ordered)))

    def run(self, expected, cell, trial, part, result):
        counts, point = part["counts"], cell["point"]
        kinds = counts["errors_by_kind"]
        rate = point["rate_micro_rps"]
        target = next((t for t in result["targets"] if t["variant"] == cell["variant"]), {})
        got = {"variant": cell["variant"], "workload": point["workload"], "load_model": point["load_model"],
               "connections": point["connections"], "rate": None if rate is None else rate / 1e6,
               "timeout_ns": point["timeout_ns"], "co_handling": part["co_handling"],
               "tool": part["generator"]["name"], "version": part["generator"]["version"], "url": target.get("url"),
               "start": trial["start"], "window_ns": trial["window_ns"], "warmup_ns": trial["warmup_ns"],
               "status": trial["status"], "block": trial["block"], "requests": counts["intended"],
               "errors": None if kinds is None else sum(n for n in kinds.values() if n is not None),
               "kinds": kinds, "statuses": counts["status_codes"],
               "data_plane_cpu_ns": sum(one["cpu_end_ns"] for one in trial["resources"]
                                        if one["role"] == "data_plane" and one["cpu_end_ns"] is not None)}
        for key, value in expected.items():
            if key in part["dist"]:
                self.dist(key, value, part["dist"][key])
            elif key == "kinds":
                for kind, n in value.items():
                    self.value(f"kinds.{kind}", n, (kinds or {}).get(kind))
            elif key == "rate" and value is not None:
                value = value if isinstance(value, tuple) else (value, 1e-6)
                self.value(key, value, got[key])
            else:
                self.value(key, value, got[key] if key in got else counts[key])


def run_tool(words, text=None):
    return subprocess.run(words, capture_output=True, input=text, check=False)


def import_file(path, options, out):
    """The result, or the message of a refusal."""
    if os.path.exists(out):
        os.unlink(out)
    done = run_tool(["meshbench", "import", path, "-o", out, *options])
    message = done.stderr.decode(errors="replace").strip()
    if done.returncode == 0:
        for command in ("validate", "verify", "show"):
            again = run_tool(["meshbench", command, out])
            if again.returncode != 0:
                raise RuntimeError(f"'{command}' of the import fails: {again.stdout.decode()}{again.stderr.decode()}")
        with open(out, encoding="utf-8") as file:
            return json.load(file), None
    if done.returncode != 1 or os.path.exists(out):
        raise RuntimeError(f"status {done.returncode}, output {'there' if os.path.exists(out) else 'not there'}: "
                           f"{message}")
    return None, message


def check_file(path, function, options, out):
    """(values checked, faults, refusal or None)"""
    check = Check()
    try:
        result, message = import_file(path, options, out)
    except RuntimeError as error:
        return 0, [str(error)], None
    try:
        expected = function(path)
    except Refused as refusal:
        if result is not None:
            return 0, [f"imported, but it should be refused: {refusal}"], None
        words = str(refusal)
        return 1, [] if words in message else [f"refused with '{message}', without '{words}'"], message
    if result is None:
        return 0, [f"refused: {message}"], message
    runs = result_runs(result)
    check.value("runs", len(expected), len(runs))
    for want, (cell, trial, part) in zip(expected, runs):
        check.run(want, cell, trial, part, result)
    return check.values, check.faults, None


# --- reports for people


NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?"
UNITS = {"us": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "secs": 10**9, "seconds": 10**9}


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def quantity(text):
    """'2.18ms' to ns."""
    match = re.fullmatch(rf"({NUMBER})\s*([a-z]+)", text.strip())
    return int((Decimal(match[1].replace(",", "")) * UNITS[match[2]]).to_integral_value(ROUND_HALF_EVEN))


def found(pattern, text, convert=int):
    match = re.search(pattern, text, re.M)
    return convert(match[1].replace(",", "")) if match else None


def wrk_run(text, command):
    constant = "HdrHistogram" in text or "calibration" in text
    rate = re.search(r"-R\s*([0-9]+)", command) if command else None
    wrong = found(r"Non-2xx or 3xx responses: ([0-9]+)", text) or 0
    run = {"load_model": "open" if constant else "closed", "tool": "wrk2" if constant else "wrk",
           "connections": found(r"threads and ([0-9]+) connections", text),
           "window_ns": found(r"requests in ([0-9.]+[a-z]+),", text, quantity),
           "completed": found(r"^\s*([0-9]+) requests in", text),
           "co_handling": "intended" if constant else "backfilled",
           "rate": float(rate[1]) if rate else None, "kinds": {"status": wrong}}
    main = text.split("Uncorrected Latency")[0]
    lines = re.findall(r"^\s+([0-9.]+)\s+([01]\.[0-9]+)\s+([0-9]+)\s+(?:[0-9.]+|inf)\s*$", main, re.M)
    percents = re.findall(r"^\s*([0-9.]+)%\s+([0-9.]+[a-z]+)\s*$", main, re.M)
    if lines:
        buckets, before = [], 0
        for value, _, total in lines:
            high = ns(Decimal(value) / 1000)
            if buckets and buckets[-1][1] == high:
                buckets[-1][2] += int(total) - before
            elif int(total) > before:
                buckets.append([buckets[-1][1] + 1 if buckets else high, high, int(total) - before])
            before = int(total)
        run["response"] = {"type": "buckets", "n": before, "buckets": buckets}
    elif percents:
        run["response"] = {"type": "quantiles",
                           "quantiles": {float(Decimal(p) / 100): quantity(v) for p, v in percents}}
    return run


@tool("wrk", "wrk/*", "jenkins-performance/*.wrk", "perfkit/wrk*", "hdrhistogram/wrk2/README.md")
def wrk(path):
    text = read_text(path)
    if not text.strip():
        raise Refused("the file is empty")
    starts = [match.start() for match in re.finditer(r"^ *Running .* test @", text, re.M)] or [0]
    runs = []
    for i, start in enumerate(starts):
        above = text[starts[i - 1] if i else 0:start]
        command = [line for line in above.splitlines() if "wrk" in line and " -R" in line]
        runs.append(wrk_run(text[start:starts[i + 1] if i + 1 < len(starts) else None],
                            command[-1] if command else ""))
    return runs


@tool("hey", "hey/*")
def hey(path):
    text = read_text(path)
    statuses = {code: int(n) for code, n in re.findall(r"^\s*\[([0-9]{3})\]\s+([0-9]+) responses", text, re.M)}
    run = {"load_model": "unknown", "connections": None, "window_ns": found(r"Total:\s+([0-9.]+ secs)", text, quantity),
           "bytes_received": found(r"Total data:\s+([0-9]+) bytes", text)}
    if statuses:
        run["statuses"] = statuses
        run["completed"] = sum(statuses.values())
    latency = re.search(r"Latency distribution:(.*?)\n\n", text + "\n\n", re.S)
    percents = re.findall(r"([0-9]+)% in ([0-9.]+ secs)", latency[1]) if latency else []
    bars = re.findall(r"^\s*([0-9.]+) \[([0-9]+)\]", text, re.M)
    if percents:
        run["service"] = {"type": "quantiles", "quantiles": {int(p) / 100: quantity(v) for p, v in percents}}
    elif bars:
        run["service"] = {"type": "buckets", "n": sum(int(n) for _, n in bars)}
    return [run]


def oha_run(statuses, errors, parts):
    """`parts`: percentiles in ns of all answers, of the good ones, of the others; {} where there is none."""
    failed = sum(n for message, n in errors.items() if "deadline" not in message)
    wrong = sum(n for code, n in statuses.items() if int(code) >= 400)
    answers, good = sum(statuses.values()), sum(n for code, n in statuses.items() if code[0] == "2")
    apart = parts[1] and wrong and answers - wrong == good
    run = {"tool": "oha", "load_model": "unknown", "co_handling": "unknown", "connections": None, "statuses": statuses,
           "ok": answers - wrong, "requests": answers + failed, "unfinished": 0,
           "errors": wrong + failed}
    if parts[0]:
        run["response"] = {"type": "quantiles", "n": good if apart else answers, "quantiles": parts[1 if apart else 0],
                           "mixed": wrong > 0 and not apart}
    if apart:
        run["error_response"] = {"n": wrong, "quantiles": parts[2]}
    return run


def autocannon_json(data):
    def stamp(text):
        return Decimal(str(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()))

    classes = [data[f"{digit}xx"] for digit in range(1, 6)]
    answers, failed, latency = sum(classes), sum(classes[3:]), data["latency"]
    recorded = latency.get("totalCount", answers)
    corrected = recorded not in (answers, classes[1])
    percents = {float(Decimal(p[1:].replace("_", ".") if "_" in p or len(p) < 4 else p[1:3] + "." + p[3:]) / 100): v * 10**6
                for p, v in latency.items() if re.fullmatch("p[0-9_]+", p)}
    dist = {"type": "quantiles", "quantiles": percents, "max": latency["max"] * 10**6,
            "n": None if corrected else recorded, "mixed": failed > 0 and recorded == answers}
    one_each = data["errors"] == data["timeouts"] or data["pipelining"] == 1
    run = {"load_model": "paced" if corrected else "unknown", "co_handling": "backfilled" if corrected else "none",
           "connections": data["connections"], "url": data["url"], "start": data["start"], "completed": answers,
           "ok": answers - failed, "requests": answers + data["errors"] if one_each else None,
           "kinds": {"status": failed, "timeout": data["timeouts"]},
           "window_ns": (ns(stamp(data["finish"]) - stamp(data["start"])), 1000)}
    if answers == classes[1] or recorded == answers:
        run["bytes_received"] = data["throughput"]["total"]
    if "statusCodeStats" in data:
        run["statuses"] = {code: each["count"] for code, each in data["statusCodeStats"].items()}
    if answers:
        run["response" if corrected else "service"] = dist
    return run


def autocannon_text(text):
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]
    head = next(row for row in rows if row[0] == "Stat")
    latency = next(row for row in rows if row[0] == "Latency")
    cells = {name: quantity(value) for name, value in zip(head[1:], latency[1:])}
    percents = {float(Decimal(name[:-1]) / 100): value for name, value in cells.items() if name[-1] == "%"}
    percents.update({float(Decimal(row[0]) / 100): int(row[1]) * 10**6 for row in rows
                     if len(row) == 2 and re.fullmatch(r"[0-9.]+", row[0]) and not re.fullmatch("[1-5][0-9]{2}", row[0])})
    run = {"load_model": "unknown", "co_handling": "unknown", "connections": found(r"^([0-9]+) connections", text),
           "url": re.findall(r"test @ (\S+)", text)[-1], "window_ns": found(r"requests in ([0-9.]+s),", text, quantity)}
    if ", 0 B read" not in text:
        run["response"] = {"type": "quantiles", "n": None, "quantiles": percents, "max": cells["Max"]}
    return run


@tool("autocannon", "autocannon/*.txt", "autocannon/*.json")
def autocannon(path):
    if not path.endswith(".json"):
        text = re.sub("\\x1b\\[[0-9;]*m", "", read_text(path))
        text = text[text.rindex("Running "):]
        return [dict(autocannon_text(text), tool="autocannon", bytes_sent=None)]
    lines = [json.loads(line, parse_float=Decimal) for line in read_text(path).splitlines()]
    if isinstance(lines[0], list):
        raise Refused("not the output of a load tool")
    warm = [line["warmup"]["start"] for line in lines if "warmup" in line]
    return [dict(autocannon_json(line), tool="autocannon") for line in lines if line["start"] not in warm]


@tool("bombardier", "bombardier/*.txt", "bombardier/*.json")
def bombardier(path):
    text = read_text(path)
    if path.endswith(".json"):
        data = json.loads(text[text.index('{"spec"'):], parse_float=Decimal)
        spec, result = data["spec"], data["result"]
        classes, others = [result[f"req{digit}xx"] for digit in range(1, 6)], result["others"]
        latency = result.get("latency") or {}
        errors = sum(each["count"] for each in result.get("errors", []))
        percents = {int(p) / 100: v * 1000 for p, v in latency.get("percentiles", {}).items()}
        mean, largest = (ns(latency[key] / 10**6) if key in latency else None for key in ("mean", "max"))
        run = {"connections": spec["numberOfConnections"], "rate": spec.get("rate"), "url": spec["url"],
               "load_model": "paced" if "rate" in spec else "closed", "timeout_ns": ns(spec["timeoutSeconds"]),
               "window_ns": ns(result["timeTakenSeconds"]), "bytes_received": result["bytesRead"],
               "bytes_sent": result["bytesWritten"]}
    else:
        plain = "\n".join(line.rsplit("\r", 1)[-1] for line in text.split("\n"))
        classes = [found(rf"{digit}xx - ([0-9]+)", plain) for digit in range(1, 6)]
        others = found(r"others - ([0-9]+)", plain)
        errors = sum(int(n) for n in re.findall(r"^    .* - ([0-9]+)$", plain.partition("Errors:")[2], re.M))
        percents = {int(p) / 100: quantity(v) for p, v in re.findall(r"^ +([0-9]+)% +([0-9.]+[a-z]+)$", plain, re.M)}
        mean, largest = (quantity(v) for v in re.search(r"  Latency +(\S+) +\S+ +(\S+)", plain).groups())
        run = {"connections": found(r"using ([0-9]+) connection", plain), "rate": None, "load_model": "unknown",
               "window_ns": found(r"^.*Bombarding \S+ for ([0-9.]+m?s) using", plain, quantity),
               "url": found(r"Bombarding (\S+)", plain, str)}
        took = found(r" ([0-9]+)s\s+Done!", plain)
        if took is not None and (run["window_ns"] or 0) > (took + 1) * 10**9:
            run.update(window_ns=None, status="partial")
    answers, wrong = sum(classes), sum(classes[3:])
    good = answers - wrong
    assert others == errors
    dist = {"n": answers + errors, "max": largest, "mixed": wrong + errors > 0, "sum": (mean * (answers + errors), answers),
            **({"type": "quantiles", "quantiles": percents} if percents else {"type": "summary"})}
    return [dict(run, tool="bombardier", co_handling="none", requests=answers + errors, ok=good, errors=wrong + errors,
                 completed=answers, **({"service": dist} if good else {"error_response": dict(dist, mixed=False)}))]


@tool("oha", "oha/*.txt", "oha/*.json")
def oha(path):
    text = read_text(path)
    if path.endswith(".json"):
        data = json.loads(text, parse_float=Decimal)
        if "$schema" in data:
            raise Refused("statusCodeDistribution")
        parts = [{float(Decimal(p[1:]) / 100): ns(v) for p, v in data.get(f"latencyPercentiles{of}", {}).items()
                  if v is not None} for of in ("", "Successful", "NotSuccessful")]
        run = oha_run(data["statusCodeDistribution"], data["errorDistribution"], parts)
        return [dict(run, window_ns=ns(data["summary"]["total"]), bytes_received=data["summary"]["totalData"])]
    text = re.sub("\x1b\\[[0-9;]*m", "", text)
    parts = []
    for of in (":", " (2xx only):", " (4xx + 5xx only):"):
        block = text.partition(f"Response time distribution{of}\n")[2].partition("\n\n")[0]
        percents = re.findall(r"([0-9.]+)% in ([0-9.]+ secs)", block)
        parts.append({float(Decimal(p) / 100): quantity(v) for p, v in percents})
    errors = {message: int(n) for n, message in re.findall(r"^  \[([0-9]+)\] (.*)$", text.partition("Error distribution:")[2],
                                                           re.M)}
    statuses = {code: int(n) for code, n in re.findall(r"^\s*\[([0-9]{3})\]\s+([0-9]+) responses", text, re.M)}
    return [dict(oha_run(statuses, errors, parts), window_ns=found(r"Total:\s+([0-9.]+ secs)", text, quantity))]


@tool("h2load", "h2load/*")
def h2load(path):
    text = read_text(path)
    times = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)", text)
    total, started = re.search(r"requests: ([0-9]+) total, ([0-9]+) started", text).groups()
    statuses = [int(n) for n in re.search(r"status codes: ([0-9]+) 2xx, ([0-9]+) 3xx, ([0-9]+) 4xx, ([0-9]+) 5xx",
                                          text).groups()]
    return [{"connections": found(r"([0-9]+) (?:total|concurrent) client", text), "sent": int(started),
             "completed": sum(statuses), "requests": int(total), "window_ns": found(r"finished in (\S+),", text, quantity),
             "kinds": {"status": statuses[2] + statuses[3]},
             "service": {"type": "summary", "n": sum(statuses), "min": quantity(times[1]), "max": quantity(times[2]),
                         "sum": quantity(times[3]) * sum(statuses)}}]


@tool("ab", "perfkit/apachebench_*")
def ab(path):
    text = read_text(path)
    if text.startswith("Percentage"):
        rows = [line.split(",") for line in text.split()[4:] if "," in line]
        return [{"load_model": "closed", "requests": None,
                 "response": {"type": "quantiles", "n": None, "min": ns(Decimal(rows[0][1]) / 1000),
                              "quantiles": {int(p) / 100: ns(Decimal(v) / 1000) for p, v in rows[1:]}}}]
    if text.startswith("starttime"):
        rows = [line.split("\t") for line in text.splitlines()[1:] if line]
        return [{"load_model": "closed", "requests": None, "window_ns": None,
                 "response": {"type": "hdr", "values": [int(row[4]) * 10**6 for row in rows]}}]
    percents = re.findall(r"^\s*([0-9]+)%\s+([0-9]+)", text, re.M)
    return [{"load_model": "closed", "version": "2.3", "connections": found(r"Concurrency Level:\s+([0-9]+)", text),
             "completed": found(r"Complete requests:\s+([0-9]+)", text),
             "window_ns": found(r"Time taken for tests:\s+([0-9.]+ seconds)", text, quantity),
             "response": {"type": "quantiles", "max": int(percents[-1][1]) * 10**6,
                          "quantiles": {int(p) / 100: int(v) * 10**6 for p, v in percents}}}]


# --- k6


def k6_stats(stats, convert):
    shares = {"med": 0.5} | {name: float(Decimal(name[1:].strip("()")) / 100) for name in stats if re.match("p[(0-9]", name)}
    return {"type": "quantiles", "min": convert(stats["min"]) if "min" in stats else None, "max": convert(stats["max"]),
            "quantiles": {share: convert(stats[name]) for name, share in shares.items() if name in stats}}


def k6_summary(trends, requests, failed, convert):
    """The latencies of the good requests, where there are others."""
    apart = failed and "good" in trends
    run = {"tool": "k6", "co_handling": "none", "requests": requests}
    if failed is not None:
        run.update({"ok": requests - failed, "errors": failed, "kinds": {"other": failed}})
    if failed is None or failed < requests:
        run["service"] = dict(k6_stats(trends["good" if apart else "all"], convert), mixed=not apart and failed != 0)
    return run


def k6_json(data):
    metrics = data.get("metrics") or {one["name"]: one for one in data["results"]["metrics"]}
    values = {name: one.get("values", one) for name, one in metrics.items()}
    trends = {"all": values.get("http_req_duration") or values["grpc_req_duration"]}
    if "http_req_duration{expected_response:true}" in values:
        trends["good"] = values["http_req_duration{expected_response:true}"]
    counter, rate = values.get("http_reqs"), values.get("http_req_failed")
    failed = rate.get("passes", rate.get("matches")) if rate else None
    run = k6_summary(trends, int(counter["count"]) if counter else None, None if failed is None else int(failed),
                     lambda value: ns(value / 1000))
    if "state" in data:
        run["window_ns"] = ns(data["state"]["testRunDurationMs"] / 1000)
    return dict(run, load_model="unknown", version=data.get("metadata", {}).get("k6_version"),
                bytes_received=int(values["data_received"]["count"]), bytes_sent=int(values["data_sent"]["count"]))


def k6_text(text):
    lines = {}
    for name, rest in re.findall(r"^\s*([a-z_]+|\{ expected_response:true \})\.+: +(.*)$", text, re.M):
        lines["good" if name[0] == "{" else name] = rest
    trends = {name: dict(re.findall(r"(\S+?)=(\S+)", lines[key]))
              for name, key in (("all", "http_req_duration"), ("good", "good")) if key in lines}
    failed = int(re.search(r"%\s+(?:✓ )?([0-9]+)", lines["http_req_failed"])[1])
    run = k6_summary(trends, int(lines["http_reqs"].split()[0]), failed, go_duration)
    rate = re.search(r"\* .*: ([0-9.]+) iterations/s", text)
    looping = "looping VUs" in text or "iterations shared among" in text
    return dict(run, load_model="open" if rate else "closed" if looping else "unknown", rate=float(rate[1]) if rate else None)


def k6_rows(path):
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    rows = []
    for line in read_text(path).splitlines():
        one = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        if one["type"] == "Point":
            rows.append(dict(one["data"].get("tags") or {}, metric_name=one["metric"], metric_value=one["data"]["value"]))
    return rows


def k6_points(path):
    rows = k6_rows(path)
    requests = [row for row in rows if row["metric_name"] == "http_req_duration"]
    good = [ns(Decimal(row["metric_value"]) / 1000) for row in requests if row["expected_response"] == "true"]
    statuses = [row["status"] for row in requests if row["status"] != "0"]
    urls = {row["url"] for row in requests}
    received = sum(Decimal(row["metric_value"]) for row in rows if row["metric_name"] == "data_received")
    run = {"tool": "k6", "load_model": "unknown", "co_handling": "none", "requests": len(requests),
           "ok": len(good), "errors": len(requests) - len(good), "completed": len(statuses), "bytes_received": int(received),
           "statuses": {code: statuses.count(code) for code in statuses}, "url": urls.pop() if len(urls) == 1 else None}
    if good:
        run["service"] = {"type": "hdr", "mixed": False, "values": good}
    return run


@tool("k6", "k6/*.json", "k6/*.csv", "k6/*.txt", "taurus/k6/*")
def k6(path):
    text = read_text(path)
    if text.startswith(("metric_name", '{"metric":', '{"type":')):
        return [k6_points(path)]
    return [k6_json(load_json(path)) if text.startswith("{") else k6_text(text)]


@tool("siege", "taurus/siege/*")
def siege(path):
    text = re.sub("\x1b\\[[0-9;]*m", "", read_text(path))
    rows = [(int(status), ns(seconds), int(size))
            for status, seconds, size in re.findall(r"HTTP/[0-9.]+,([0-9]+), *([0-9.]+), *([0-9]+),", text)]
    statuses = {str(status): sum(row[0] == status for row in rows) for status, _, _ in rows}
    return [{"load_model": "closed", "connections": None, "window_ns": None, "requests": None, "start": None,
             "completed": len(rows), "statuses": statuses, "bytes_received": sum(row[2] for row in rows),
             "response": {"type": "hdr", "values": [row[1] for row in rows if row[0] < 400]}}]


# --- Locust


def locust_bounds(key):
    """Bounds in ms of the response times that Locust rounds to a key."""
    steps = [(0, Decimal(1)), (100, Decimal(10)), (1000, Decimal(100)), (10000, Decimal(1000))]
    at = max(i for i, (start, _) in enumerate(steps) if key >= start)
    below = steps[at - (key == steps[at][0] and at > 0)][1]
    return max(key - below / 2, Decimal(0)), key + steps[at][1] / 2


@tool("locust workers", "taurus/locust/*.ldjson")
def locust_workers(path):
    entries = {}
    for line in read_text(path).splitlines():
        for stats in json.loads(line, parse_float=Decimal)["stats"]:
            entry = entries.setdefault(stats["name"], {"times": {}, "method": stats["method"], "all": []})
            entry["all"].append(stats)
            for key, n in stats["response_times"].items():
                entry["times"][int(key)] = entry["times"].get(int(key), 0) + n
    runs = []
    for name, entry in entries.items():
        reports = entry["all"]
        requests, failed = sum(one["num_requests"] for one in reports), sum(one["num_failures"] for one in reports)
        if not failed > requests:
            raise ValueError("the counts do not say whether failures are among the requests")
        least = min(one["min_response_time"] for one in reports if one["min_response_time"] is not None)
        most = max(one["max_response_time"] for one in reports)
        buckets = [[ns(bound / 1000) for bound in locust_bounds(key)] + [n] for key, n in sorted(entry["times"].items())]
        for before, after in zip(buckets, buckets[1:]):
            after[0] += before[1] == after[0]
        buckets[0][0], buckets[-1][1] = least * 10**6, most * 10**6
        window = max(one["last_request_timestamp"] for one in reports) - min(one["start_time"] for one in reports)
        runs.append({"workload": f"{entry['method']} {name}", "load_model": "closed", "co_handling": "none",
                     "requests": requests + failed, "ok": requests, "errors": failed, "window_ns": (ns(window), 10**6),
                     "bytes_received": sum(one["total_content_length"] for one in reports),
                     "response": {"type": "buckets", "n": requests, "min": least * 10**6, "max": most * 10**6,
                                  "sum": sum(one["total_response_time"] for one in reports) * 10**6, "mixed": False,
                                  "buckets": buckets}})
    return runs


@tool("locust csv", "locust/*.csv")
def locust_csv(path):
    rows = list(csv.DictReader(io.StringIO(read_text(path))))
    if path.endswith("_exceptions.csv"):
        raise Refused("no requests")
    if path.endswith("_failures.csv"):
        return [{"workload": f"{row['Method']} {row['Name']}", "requests": None,
                 "kinds": {"status": int(row["Occurrences"]), "connect": 0}} for row in rows]
    history = path.endswith("_history.csv")
    total = "Total " if history else ""
    runs = []
    for row in rows[-1:] if history else rows:
        requests = int(row[total + "Request Count"])
        failed = int(row[total + "Failure Count"])
        most = ns(Decimal(row[total + "Max Response Time"]) / 1000)
        least = ns(Decimal(row[total + "Min Response Time"]) / 1000)
        shares = {0.5: row[total + "Median Response Time"]} if history else {
            float(Decimal(name[:-1]) / 100): value for name, value in row.items() if name.endswith("%") and name != "100%"}
        run = {"workload": (row["Type"] + " " + row["Name"]).strip(), "requests": requests, "ok": requests - failed,
               "errors": failed, "response": {"type": "quantiles", "n": requests, "min": least, "max": most,
                                              "mixed": failed > 0, "quantiles": {
                                                  share: max(least, min(most, ns(Decimal(value) / 1000)))
                                                  for share, value in shares.items()}}}
        if history:
            counts = [int(one["Total Request Count"]) for one in rows]
            times = [int(one["Timestamp"]) for one in rows]
            run["window_ns"] = (times[counts.index(counts[-1])] - times[counts.count(0) - 1]) * 10**9
            run["connections"] = max(int(one["User Count"]) for one in rows)
        else:
            run["window_ns"] = (ns(requests / Decimal(row["Requests/s"])), 1000)
        runs.append(run)
    return runs


@tool("locust text", "tsv-load-test/samples/locust-log.txt")
def locust_text(path):
    if "# reqs" not in read_text(path):
        raise Refused("no table of requests")
    return []


# --- vegeta


VEGETA_KINDS = (("connect", r"dial|unreachable|refused"), ("timeout", "deadline|timeout"),
                ("reset", r"reset by peer|broken pipe|broken connection"), ("closed", "EOF|closed before"))


def vegeta_run(requests, codes, errors, quantiles, **more):
    """Latencies are those of all requests; the set of errors does not say how often each came."""
    lost = codes.pop("0", 0)
    kinds = {next((kind for kind, words in VEGETA_KINDS if re.search(words, error)), "other")
             for error in errors if not re.match("[0-9]{3} ", error)}
    wrong = sum(n for code, n in codes.items() if int(code) >= 400)
    good = sum(codes.values()) - wrong
    run = dict(more, tool="vegeta", load_model="open", co_handling="none", rate=None, connections=None, requests=requests,
               completed=good + wrong, ok=good, errors=wrong + lost, statuses=codes, kinds={"status": wrong})
    if lost:
        run["kinds"].update({kinds.pop(): lost} if len(kinds) == 1 else dict(dict.fromkeys(kinds), other=lost))
    if good:
        run["service"] = dict(quantiles, type="quantiles", n=requests, mixed=wrong + lost > 0)
    return run


def vegeta_text(text):
    lines = {name: (labels.split(", "), values) for name, labels, values in
             re.findall(r"^([A-Z][A-Za-z ]*[a-z]) *\[(.*?)\] *(.*)$", text, re.M)}
    names, values = lines["Latencies"]
    times = dict(zip(names, map(go_duration, values.split(", "))))
    codes = {code: int(n) for code, n in re.findall(r"([0-9]+):([0-9]+)", lines["Status Codes"][1])}
    errors = [line for line in text.split("Error Set:")[1].splitlines() if line]
    requests = int(lines["Requests"][1].split(",")[0])
    return vegeta_run(requests, codes, errors,
                      {"min": times.get("min"), "max": times["max"], "sum": times["mean"] * requests,
                       "quantiles": {int(name) / 100: at for name, at in times.items() if name.isdigit()}},
                      window_ns=go_duration(lines["Duration"][1].split(",")[0]), start=None,
                      bytes_received=int(lines["Bytes In"][1].split(",")[0]))


def vegeta_json(data):
    times = {name: int(value) for name, value in data["latencies"].items()}
    return vegeta_run(int(data["requests"]), {code: int(n) for code, n in data["status_codes"].items()}, data["errors"],
                      {"min": times["min"], "max": times["max"], "sum": times["total"],
                       "quantiles": {int(name[:-2]) / 100: at for name, at in times.items() if name.endswith("th")}},
                      window_ns=int(data["duration"] + data["wait"]), start=data["earliest"][:23] + "Z")


def vegeta_rows(text):
    if text.startswith("{"):
        return [(one["attack"], one["code"], one["latency"], one["error"])
                for one in map(json.loads, text.splitlines())]
    return [(row[7], int(row[1]), int(row[2]), row[5]) for row in csv.reader(io.StringIO(text))]


def vegeta_requests(text):
    attacks = {}
    for attack, *row in vegeta_rows(text):
        attacks.setdefault(attack, []).append(row)
    runs = []
    for attack, rows in attacks.items():
        good = [latency for code, latency, _ in rows if 200 <= code < 400]
        bad = [latency for code, latency, _ in rows if not 200 <= code < 400]
        waited = [latency for code, latency, error in rows if not code and re.search(VEGETA_KINDS[1][1], error)]
        run = {"tool": "vegeta", "load_model": "open", "co_handling": "none", "requests": len(rows), "ok": len(good),
               "errors": len(bad), "kinds": {"status": sum(code >= 400 for code, _, _ in rows)}}
        if attack:
            run["variant"] = attack
        if good:
            run["service"] = {"mixed": False, "values": good}
        if bad and not waited:
            run["error_response"] = {"values": bad}
        runs.append(run)
    return runs


def vegeta_table(text):
    rows = [line.split() for line in text.splitlines()[1:]]
    if text.startswith("Value"):
        values = {float(row[1]): int(Decimal(row[0]) * 10**6) for row in rows}
        n = int(rows[-1][2])
        dist = {"type": "quantiles", "min": values.pop(0.0), "max": values.pop(1.0), "quantiles": values}
    else:
        bars = [(go_duration(row[0][1:-1]), row[1][:-1], int(row[2])) for row in rows]
        n = sum(bar[2] for bar in bars)
        dist = {"type": "buckets", "buckets": [[low, go_duration(high) - 1, of] for low, high, of in bars if of]
                } if bars[-1][2] == 0 else None
    run = {"tool": "vegeta", "load_model": "open", "requests": n, "ok": None, "errors": None, "window_ns": None}
    return dict(run, service=dict(dist, n=n, mixed=True)) if dist else run


@tool("vegeta", "vegeta/*", "nginx-gateway-fabric/blocks/vegeta/*")
def vegeta(path):
    text = read_text(path)
    if path.endswith(".bin"):
        raise Refused("gob")
    if text.startswith(("Value(ms)", "Bucket")):
        return [vegeta_table(text)]
    if '"latencies"' in text:
        return [vegeta_json(load_json(path))]
    return [vegeta_text(text)] if "Latencies" in text else vegeta_requests(text)


# --- JMeter


def jtl_rows(path):
    """Attributes of the samples below the root, by the names of CSV."""
    names = {"t": "elapsed", "ts": "timeStamp", "s": "success", "lb": "label", "rc": "responseCode", "ct": "Connect",
             "time": "elapsed"}
    text = read_text(path)
    if "<testResults" in text[:65536]:
        return [{names.get(key, key): value for key, value in child.attrib.items()}
                for child in ElementTree.parse(path).getroot()
                if {"lb", "label"} & set(child.attrib) or child.tag in ("sample", "httpSample")]
    first = text.splitlines()[0] if text else ""
    if "label" not in first or "responseCode" not in first:
        raise Refused("not the output of a load tool")
    delimiter = max(",;\t|", key=first.count)
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


@tool("jtl", "jmeter/bin/testfiles/*.csv", "jmeter/bin/testfiles/*.xml", "taurus/jmeter/jtl/*",
      "jenkins-performance/JMeter*", "jenkins-performance/JENKINS*", "jenkins-performance/emptyfile.jtl",
      "jenkins-performance/single_result/*", "taurus/locust/*.jtl")
def jtl(path):
    if not read_text(path).strip():
        raise Refused("the file is empty")
    rows = jtl_rows(path)
    if not rows:
        raise Refused("there is no run of jmeter in it")
    dates = any(not row["timeStamp"].isdigit() for row in rows if row.get("timeStamp"))
    spans = [(int(row["timeStamp"]), int(row["timeStamp"]) + int(row.get("elapsed") or 0))
             for row in rows if row.get("timeStamp", "").isdigit()]
    window = (max(end for _, end in spans) - min(start for start, _ in spans)) * 10**6 if spans and not dates else None
    runs = {}
    for row in rows:
        run = runs.setdefault(row.get("label", ""), {"rows": []})
        run["rows"].append(row)
    result = []
    for label, run in runs.items():
        good = [row for row in run["rows"] if row["success"].lower() == "true"]
        values = [int(row["elapsed"]) * 10**6 for row in good if row.get("elapsed")]
        expected = {"requests": len(run["rows"]), "window_ns": window, "load_model": "unknown", "tool": "jmeter"}
        if label:
            expected["workload"] = label
        if len(values) in (0, len(good)):
            expected["ok"] = len(good)
        if values and len(values) == len(good):
            expected["service"] = {"type": "hdr", "values": values}
        result.append(expected)
    return result


# --- HdrHistogram


HLOG_TOTALS = {}  # of expected.json, by file name: whole log


@tool("hlog", "hdrhistogram/*.hlog", "hdrhistogram/c/test/test_tagged_*", options=("--unit", "ns"))
def hlog(path):
    name = os.path.basename(path)
    if name == "bug-whitespace.hlog":
        raise Refused("shifted histograms are not supported")
    if name.startswith("test_tagged"):
        raise Refused("")
    if not HLOG_TOTALS:
        root = path[:path.rindex("hdrhistogram/")] + "hdrhistogram/expected.json"
        for log in load_json(root)["logs"]:
            whole = [case for case in log.get("cases", []) if case["range_sec"] is None]
            if whole:
                HLOG_TOTALS[log["file"]] = whole[0]
    from hdrh.histogram import HdrHistogram

    tags = {}
    for line in read_text(path).splitlines():
        if line and line[0] not in '#"':
            tag, _, rest = line.partition(",") if line.startswith("Tag=") else ("", "", line)
            histogram = HdrHistogram.decode(rest.split(",")[3].strip()) if "HISTF" in rest else None
            tags.setdefault(tag[4:], []).append(histogram)
    runs = []
    for tag, histograms in tags.items():
        run = {"response": {"type": "hdr"}}
        if tag:
            run["variant"] = tag
        if None not in histograms:
            run["completed"] = run["response"]["n"] = sum(each.total_count for each in histograms)
            run["response"]["max"] = max(each.get_value_at_percentile(100) for each in histograms)
        elif name in HLOG_TOTALS:
            run["completed"] = int(HLOG_TOTALS[name]["total_count"])
            # The library's test adds two digits up into three, which takes the lower end of a bucket.
            largest = int(HLOG_TOTALS[name]["max"])
            run["response"].update({"n": run["completed"], "max": (largest, largest / 100)})
        runs.append(run)
    return runs


@tool("hgrm", "hdrhistogram/net/*", "hdrhistogram/java/GoogleChartsExample/*", "hdrhistogram/wrk2/*.txt",
      options=("--unit", "ms"))
def hgrm(path):
    rows = re.findall(r"^\s*([0-9.]+)[\s,]+([0-9.]+)[\s,]+([0-9]+)[\s,]+\S+\s*$", read_text(path), re.M)
    buckets, before = [], 0
    for value, _, total in rows:
        high, n = ns(Decimal(value) / 1000), int(total) - before
        if buckets and buckets[-1][1] == high:
            buckets[-1][2] += n
        elif n:
            buckets.append([buckets[-1][1] + 1 if buckets else high, high, n])
        before = int(total)
    return [{"completed": before, "response": {"type": "buckets", "n": before, "buckets": buckets}}]


def reason_of(message, path):
    """The first line of a refusal without its place; numbers, which would tell equal reasons apart, as N."""
    line = message.splitlines()[0].removeprefix("meshbench: ").removeprefix(path).lstrip(":")
    return re.sub(r"\b[0-9]+\b", "N", re.sub(r"^([0-9]+:)*( error:)? *", "", line))


def main():
    words = sys.argv[1:]
    verbose = "-v" in words
    words = [word for word in words if word != "-v"]
    corpus, wanted = words[0], words[1:]
    files = sorted(os.path.relpath(os.path.join(folder, name), corpus)
                   for folder, _, names in os.walk(corpus) for name in names)
    print("| tool | files | imported | refused | why | values checked | wrong |\n|---|--:|--:|--:|---|--:|--:|")
    failed, notes = 0, []
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.json")
        for name, patterns, function, options in TOOLS:
            if wanted and name not in wanted:
                continue
            own = [path for path in files if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)]
            imported = refused = values = wrong = 0
            reasons = {}
            for path in own:
                checked, faults, message = check_file(os.path.join(corpus, path), function, options, out)
                values += checked
                wrong += bool(faults)
                refused += message is not None
                imported += message is None and not faults
                if message is not None:
                    reason = reason_of(message, os.path.join(corpus, path))
                    reasons[reason] = reasons.get(reason, 0) + 1
                    notes.append(f"refused {path}: {message.splitlines()[0].replace(corpus + '/', '')}")
                for fault in faults[: None if verbose else 5]:
                    notes.append(f"WRONG {path}: {fault}")
            failed += wrong
            why = "; ".join(f"{n} x {reason}" for reason, n in reasons.items())
            print(f"| {name} | {len(own)} | {imported} | {refused} | {why} | {values} | {wrong} |")
    print(*notes, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
