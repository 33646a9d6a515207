"""Exports a result to every format and has the tools that it is for read it.

usage: export_peers.py RESULT WORK     (meshbench on PATH; WORK is an empty folder)
Each check compares what the peer gives back with `meshbench show --format json`. Ends with 1 on the first
difference, with 77 when no peer is installed.
"""
import csv
import http.server
import importlib.util
import json
import math
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree

RESULT, WORK = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CHECKS = []


def check(*needs):
    """A check and the programs or Python packages that it needs."""
    def add(function):
        CHECKS.append((function, needs))
        return function
    return add


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def export(name, *options):
    folder = os.path.join(WORK, "-".join((name,) + options))
    run("meshbench", "export", RESULT, "--to", name, "-q", "-o", folder + "/", *options)
    return folder


def shown():
    return json.loads(run("meshbench", "show", RESULT, "--format", "json"))["cells"]


def near(left, right, share=1e-9):
    assert abs(left - right) <= share * max(abs(left), abs(right)), f"{left} is not {right}"


def cell_id(cell):
    pace = "max" if cell["asked_rps"] is None else f"r{cell['asked_rps']:g}"
    return f"{cell['variant']}-{cell['workload']}-c{cell['connections']}-{pace}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def wait_for(url):
    for _ in range(100):
        try:
            return fetch(url)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


class Server:
    """A process that is stopped at the end of its block."""
    def __init__(self, *words, **options):
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@check("fortio")
def fortio_report():
    folder = export("fortio")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with Server("fortio", "report", "-data-dir", folder, "-http-port", f"127.0.0.1:{port}", "-redirect-port",
                "disabled"):
        page = wait_for(base + "/")
        names = re.findall(r'<option value="([^"]+)"', page)
        assert sorted(names) == sorted(os.listdir(folder)), names
        for cell in shown():
            run_of = json.loads(fetch(f"{base}/data/{cell_id(cell)}.json"))
            histogram = run_of["DurationHistogram"]
            assert histogram["Count"] == sum(bucket["Count"] for bucket in histogram["Data"])
            assert histogram["Count"] == sum(run_of["RetCodes"].values()) == cell["intended"]
            assert run_of["ErrorsDurationHistogram"]["Count"] == cell["errors"]
            ends = [bucket["End"] for bucket in histogram["Data"]]
            assert ends == sorted(ends) and histogram["Data"][-1]["Percent"] == 100
            if cell["errors"] == 0:
                near(histogram["Avg"] * 1e3, cell["service_time_ms"]["mean"])
                for percentile in histogram["Percentiles"]:
                    known = cell["service_time_ms"].get(f"p{percentile['Percentile']:g}")
                    if known is not None:  # fortio interpolates within a bucket of 3 digits
                        near(percentile["Value"] * 1e3, known, 2e-3)
        chart(f"{base}/browse?url={names[0]}")
    return f"{len(names)} runs listed and loaded"


def chart(url):
    """fortio's own script has made a chart of it, without an error."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("  left out: the chart in a browser (no chromium)")
        return
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={WORK}/profile",
         "--enable-logging=stderr", "--virtual-time-budget=8000", "--dump-dom", url],
        capture_output=True, text=True, timeout=60)
    errors = [line for line in done.stderr.splitlines() if ":CONSOLE" in line and "Uncaught" in line]
    assert not errors, errors
    name = urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["url"][0]
    assert f"data/{name}" in done.stdout, "the page does not show the run"
    assert re.search(r'id="cc1"[^>]*display: block', done.stdout), "the page shows no chart"


@check("benchstat")
def benchstat():
    text = run("benchstat", "-format", "csv", os.path.join(export("gobench"), f"{spec_name()}.txt"))
    medians, unit = {}, None
    for row in csv.reader(text.splitlines()):
        if len(row) > 1 and row[0] == "" and row[1] not in ("", "CI"):
            unit = row[1]
        elif len(row) > 1 and row[0].startswith("Load/"):
            medians[row[0], unit] = float(row[1])
    compared = 0
    for cell in shown():
        pace = "max" if cell["asked_rps"] is None else f"{cell['asked_rps']:g}"
        name = (f"Load/variant={cell['variant']}/workload={cell['workload']}/model={cell['load_model']}/rate={pace}"
                f"/connections={cell['connections']}")
        for unit, path, scale in (("p50-sec", "p50", 1e3), ("p99-sec", "p99", 1e3), ("sec/op", "mean", 1e3)):
            values = [trial["response_time_ms"][path] for trial in cell["trials"]]
            values = [value / scale for value in values if value is not None]
            if values:
                near(medians[name, unit], statistics.median(values), 1e-6)
                compared += 1
        near(medians[name, "req/s"], statistics.median(trial["achieved_rps"] for trial in cell["trials"]), 1e-6)
    assert compared > 0
    return f"{compared} medians equal"


def spec_name():
    return json.loads(run("meshbench", "show", RESULT, "--format", "json"))["name"]


@check("python:hdrh")
def hdrhistogram():
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogReader
    whole = {}
    reader = HistogramLogReader(os.path.join(export("hlog"), f"{spec_name()}.hlog"), HdrHistogram(1, 3600000000000, 3))
    while True:
        histogram = reader.get_next_interval_histogram()
        if histogram is None:
            break
        tag = histogram.get_tag()
        whole.setdefault(tag, HdrHistogram(1, 3600000000000, 3)).add(histogram)
    spectra = export("hgrm")
    lines = 0
    for cell in shown():
        ours, theirs = cell["response_time_ms"], whole[cell_id(cell)]
        assert theirs.get_total_count() == cell["ok"]
        below, total = {}, 0  # highest value of each bucket: values at or below it
        for item in theirs.get_recorded_iterator():
            total += item.count_added_in_this_iter_step
            below[theirs.get_highest_equivalent_value(item.value_iterated_to)] = total
        for percentile in ("p50", "p90", "p99"):
            if cell["errors"] == 0 and ours[percentile] is not None:  # nearest rank, which the package rounds
                rank = math.ceil(int(percentile[1:]) * cell["ok"] / 100)
                near(min(value for value in below if below[value] >= rank) / 1e6, ours[percentile])
        with open(os.path.join(spectra, cell_id(cell) + ".hgrm"), encoding="ascii") as file:
            rows = [line.split() for line in file if line.strip() and line[0] != "#" and "Value" not in line]
        assert [(round(float(row[0]) * 1e6), int(row[2])) for row in rows] == sorted(below.items())
        for row in rows:
            near(float(row[1]), int(row[2]) / cell["ok"])
        lines += len(rows)
    return f"{len(whole)} tags and {lines} lines of spectra agree"


@check("otava")
def otava():
    folder = export("otava")
    environment = dict(os.environ, OTAVA_CONFIG="otava.yaml")
    tests = run("otava", "list-tests", cwd=folder, env=environment).split()
    rows = 0
    for cell in shown():
        name = cell_id(cell)
        assert name in tests, tests
        text = run("otava", "analyze", name, cwd=folder, env=environment)
        for trial in cell["trials"]:
            line = next(line for line in text.splitlines() if trial["id"] in line)
            near(float(line.split()[4]), trial["response_time_ms"]["p50"], 1e-5)
            rows += 1
    return f"{len(tests)} tests, {rows} rows"


@check("promtool")
def promtool():
    with open(os.path.join(export("openmetrics"), f"{spec_name()}.txt"), encoding="utf-8") as file:
        done = subprocess.run(["promtool", "check", "metrics"], stdin=file, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr
    dated = os.path.join(export("openmetrics", "--timestamps"), f"{spec_name()}.txt")
    text = run("promtool", "tsdb", "create-blocks-from", "openmetrics", dated, os.path.join(WORK, "blocks"))
    with open(dated, encoding="utf-8") as file:
        samples = sum(1 for line in file if not line.startswith("#"))
    assert any(line.split()[6:7] == [str(samples)] for line in text.splitlines()), text
    return f"no finding, {samples} samples backfilled"


@check("prometheus")
def prometheus():
    with open(os.path.join(export("openmetrics"), f"{spec_name()}.txt"), "rb") as file:
        body = file.read()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    target = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    config = os.path.join(WORK, "prometheus.yml")
    with open(config, "w", encoding="ascii") as file:
        json.dump({"scrape_configs": [{"job_name": "meshbench", "scrape_interval": "500ms", "scrape_timeout": "500ms",
                                       "static_configs": [{"targets": [f"127.0.0.1:{target.server_port}"]}]}]}, file)
    port = free_port()
    seen = 0
    with Server("prometheus", f"--config.file={config}", f"--storage.tsdb.path={WORK}/tsdb",
                f"--web.listen-address=127.0.0.1:{port}", cwd=WORK):
        wait_for(f"http://127.0.0.1:{port}/-/ready")
        for _ in range(100):
            up = json.loads(fetch(f"http://127.0.0.1:{port}/api/v1/query?query=up"))["data"]["result"]
            if up and up[0]["value"][1] == "1":
                break
            time.sleep(0.1)
        query = urllib.parse.quote('meshbench_response_time_seconds{quantile="0.5"}')
        samples = json.loads(fetch(f"http://127.0.0.1:{port}/api/v1/query?query={query}"))["data"]["result"]
        for cell in shown():
            sample = next(sample for sample in samples if sample["metric"]["variant"] == cell["variant"]
                          and sample["metric"]["workload"] == cell["workload"])
            near(float(sample["value"][1]) * 1e3, cell["response_time_ms"]["p50"])
            seen += 1
    target.shutdown()
    return f"{seen} medians scraped"


def smp_message():
    """PerformanceTestResult as protos/service_mesh_performance.proto numbers and names its fields."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2
    kind = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="smp.proto", package="smp", syntax="proto3",
                                              dependency=[timestamp_pb2.DESCRIPTOR.name])
    result = file.message_type.add(name="PerformanceTestResult")
    latency = result.nested_type.add(name="Latency")
    for number, name in enumerate(("min", "average", "p50", "p90", "p99", "max"), 1):
        latency.field.add(name=name, number=number, type=kind.TYPE_DOUBLE, label=kind.LABEL_OPTIONAL)
    entry = result.nested_type.add(name="LabelsEntry")
    entry.options.map_entry = True
    for number, name in enumerate(("key", "value"), 1):
        entry.field.add(name=name, number=number, type=kind.TYPE_STRING, label=kind.LABEL_OPTIONAL)
    fields = (("smp_version", None), ("id", None), ("labels", ".smp.PerformanceTestResult.LabelsEntry"),
              ("start_time", ".google.protobuf.Timestamp"), ("end_time", ".google.protobuf.Timestamp"),
              ("latencies_ms", ".smp.PerformanceTestResult.Latency"), ("actual_qps", "double"), ("details_uri", None),
              ("test_id", None), ("mesh_config_id", None), ("env_id", None))
    for number, (name, of) in enumerate(fields, 1):
        field = result.field.add(name=name, number=number)
        field.label = kind.LABEL_REPEATED if name == "labels" else kind.LABEL_OPTIONAL
        if of is None or of == "double":
            field.type = kind.TYPE_STRING if of is None else kind.TYPE_DOUBLE
        else:
            field.type, field.type_name = kind.TYPE_MESSAGE, of
    pool = descriptor_pool.DescriptorPool()
    pool.Add(descriptor_pb2.FileDescriptorProto.FromString(timestamp_pb2.DESCRIPTOR.serialized_pb))
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("smp.PerformanceTestResult"))


@check("python:google.protobuf")
def smp():
    from google.protobuf import json_format
    message = smp_message()
    folder = export("smp")
    trials = {trial["id"]: trial for cell in shown() for trial in cell["trials"]}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        parsed = json_format.Parse(text, message())  # refuses unknown fields and wrong types
        trial = trials.pop(parsed.labels["meshbench_trial"])
        near(parsed.actual_qps, trial["achieved_rps"])
        near(parsed.latencies_ms.p50, trial["response_time_ms"]["p50"])
        near(parsed.latencies_ms.p99, trial["response_time_ms"]["p99"] or 0)
        assert (parsed.end_time.ToNanoseconds() - parsed.start_time.ToNanoseconds()) > 0
        assert json.loads(json_format.MessageToJson(parsed))["labels"] == json.loads(text)["labels"]
    assert not trials, trials
    return "every trial parses, unknown fields refused"


@check()
def tables():
    rows = 0
    for name in ("csv", "csv-wide"):
        with open(os.path.join(export(name), f"{spec_name()}.csv"), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                assert None not in row and None not in row.values(), row
                assert not any(value.startswith(tuple("=+-@\t\r")) for value in row.values()), row
                rows += 1
    suite = xml.etree.ElementTree.parse(os.path.join(export("junit"), f"{spec_name()}.xml")).getroot()
    cases = suite.findall("testsuite/testcase")
    assert len(cases) == int(suite.get("tests"))
    assert len(suite.findall("testsuite/testcase/failure")) == int(suite.get("failures"))
    return f"{rows} rows of CSV, {len(cases)} cases of JUnit"


def missing(needs):
    for need in needs:
        package = need.removeprefix("python:")
        if package != need:
            try:
                found = importlib.util.find_spec(package) is not None
            except ModuleNotFoundError:
                found = False
        else:
            found = shutil.which(need) is not None
        if not found:
            return need
    return None


ran = 0
for function, needs in CHECKS:
    lacks = missing(needs)
    if lacks is not None:
        print(f"skipped {function.__name__}: no {lacks}")
        continue
    print(f"ok {function.__name__}: {function()}")
    ran += bool(needs)
sys.exit(0 if ran else 77)
