"""Scores change point detectors. Run by change.sh, with the path of the program made from
change.c. Real Otava takes part where the package apache-otava is installed."""
import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import time

MARGIN = 5  # as in the TCPD paper (van den Burg and Williams, arXiv 2003.06222)
KINDS = ["log-normal", "autocorrelated", "outliers", "rounded", "drifting"]
# The univariate series that are in the TCPD repository, by name. Every second one served
# for tuning, chosen before the first run; the others were looked at once, at the end.
TCPD = ["bank", "brent_spot", "businv", "debt_ireland", "gdp_croatia", "gdp_japan",
        "global_co2", "ozone", "quality_control_3", "quality_control_5", "rail_lines",
        "seatbelts", "shanghai_license", "unemployment_nl"]
try:
    from otava.analysis import compute_change_points
except ImportError:
    compute_change_points = None


def parse(text):
    """name -> (steps as (index, size), values as words)"""
    series = {}
    for line in text.splitlines():
        words = line.split()
        count = int(words[1])
        steps = [(int(words[2 + 2 * i]), float(words[3 + 2 * i])) for i in range(count)]
        series[words[0]] = (steps, words[3 + 2 * count:])
    return series


def ours(program, detector, text):
    done = subprocess.run([program, "detect", *detector], input=text, text=True, check=True,
                          capture_output=True)
    found = {line.split()[0]: [int(word) for word in line.split()[1:]]
             for line in done.stdout.splitlines()}
    return found, float(done.stderr)


def real_otava(series):
    start = time.process_time()
    found = {name: [int(point.index) for point in
                    compute_change_points([float(word) for word in values])[0]]
             for name, (_, values) in series.items()}
    return found, time.process_time() - start


def detect_all(program, text):
    series = parse(text)
    rows = {"default": ours(program, ["default"], text),
            "otava, ours": ours(program, ["otava"], text)}
    if compute_change_points:
        rows["Otava 0.8"] = real_otava(series)
    return series, rows


def match(places, found):
    """Places that have a point of their own within MARGIN; the nearest one counts."""
    left, hits = set(found), []
    for place in places:
        near = [point for point in left if abs(point - place) <= MARGIN]
        if near:
            left.remove(min(near, key=lambda point: abs(point - place)))
            hits.append(place)
    return hits, len(left)


def score(series, found, kinds):
    """steps, hits, alarms, values, hits by chance: places without a step that got a point"""
    total = {"steps": 0, "hits": 0, "alarms": 0, "values": 0, "chance": 0, "tries": 0}
    sizes = {}
    rng = random.Random(1)
    for name, (steps, values) in series.items():
        if not any(f"-{kind}-" in name for kind in kinds):
            continue
        hits, alarms = match([index for index, _ in steps], found[name])
        total["steps"] += len(steps)
        total["hits"] += len(hits)
        total["alarms"] += alarms
        total["values"] += len(values)
        for index, size in steps:
            row = sizes.setdefault(abs(size), [0, 0])
            row[0] += index in hits
            row[1] += 1
        for _ in range(5 if steps else 0):
            place = rng.randrange(10, len(values) - 5)
            if all(abs(place - index) > 3 * MARGIN for index, _ in steps):
                total["tries"] += 1
                total["chance"] += any(abs(point - place) <= MARGIN
                                       for point in found[name])
    return total, sizes


def percent(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "-"


def report_steps(part, series, rows):
    print(f"\n### Injected steps, part `{part}`: {len(series)} series, "
          f"{sum(len(values) for _, values in series.values())} values\n")
    print("| noise | " + " | ".join(f"{name}: found | by chance | false per 1,000"
                                    for name in rows) + " |")
    print("|---|" + "---|" * 3 * len(rows))
    for kind in KINDS + ["all"]:
        cells = []
        for found, _ in rows.values():
            total, _ = score(series, found, KINDS if kind == "all" else [kind])
            cells += [percent(total["hits"], total["steps"]),
                      percent(total["chance"], total["tries"]),
                      f"{1000 * total['alarms'] / total['values']:.2f}"]
        print(f"| {kind} | " + " | ".join(cells) + " |")
    print("\n| found of steps of | 2% | 5% | 10% | 20% | CPU |\n|---|---|---|---|---|---|")
    for name, (found, cpu) in rows.items():
        _, sizes = score(series, found, KINDS)
        print(f"| {name} | " + " | ".join(percent(*sizes[size]) for size in sorted(sizes))
              + f" | {cpu:.2f} s |")


def report_quiet(series, rows):
    print("\n| series of noise only that got a point | " + " | ".join(KINDS)
          + " |\n|---|" + "---|" * len(KINDS))
    for name, (found, _) in rows.items():
        cells = []
        for kind in KINDS:
            quiet = [key for key, (steps, _) in series.items()
                     if not steps and f"-{kind}-" in key]
            cells.append(percent(sum(bool(found[key]) for key in quiet), len(quiet)))
        print(f"| {name} | " + " | ".join(cells) + " |")


def report_curve(program, text, series):
    print("\n| default with a p-value of | found | false per 1,000 |\n|---|---|---|")
    for p_value in ("0.001", "0.01", "0.05", "0.1", "0.25", "0.5"):
        found, _ = ours(program, ["default", p_value], text)
        total, _ = score(series, found, KINDS)
        print(f"| {p_value} | {percent(total['hits'], total['steps'])} "
              f"| {1000 * total['alarms'] / total['values']:.2f} |")


def f1(annotations, found):
    """F1 of the TCPD paper: precision over the union of all annotators, recall averaged
    over them; the first value counts as a change point for everybody."""
    truth = {who: set(points) | {0} for who, points in annotations.items()}
    found = sorted(set(found) | {0})
    union = sorted(set().union(*truth.values()))
    precision = len(match(union, found)[0]) / len(found)
    recall = statistics.mean(len(match(sorted(points), found)[0]) / len(points)
                             for points in truth.values())
    return 2 * precision * recall / (precision + recall)


def interval(values):
    rng = random.Random(1)
    means = sorted(statistics.mean(rng.choices(values, k=len(values)))
                   for _ in range(10000))
    return f"{statistics.mean(values):.3f} ({means[250]:.3f} to {means[9749]:.3f})"


def report_tcpd(program, corpus, parts):
    root = os.path.join(corpus, "tcpd")
    with open(os.path.join(root, "annotations.json")) as file:
        annotations = json.load(file)
    lines = []
    for name in TCPD:
        with open(os.path.join(root, "datasets", name, name + ".json")) as file:
            values = json.load(file)["series"][0]["raw"]
        values = ["nan" if value is None else repr(float(value)) for value in values]
        lines.append(f"{name} 0 {len(values)} " + " ".join(values))
    _, rows = detect_all(program, "\n".join(lines) + "\n")
    rows["no change at all"] = ({name: [] for name in TCPD}, 0.0)
    names = {"tuning": TCPD[0::2], "held out": TCPD[1::2], "all": TCPD}
    print("\n### TCPD: mean F1, margin 5, 95% interval over series (bootstrap)\n")
    print("| detector | " + " | ".join(parts) + " |\n|---|" + "---|" * len(parts))
    for row, (found, _) in rows.items():
        cells = [interval([f1(annotations[name], found[name]) for name in names[part]])
                 for part in parts]
        print(f"| {row} | " + " | ".join(cells) + " |")
    print("\n| series | " + " | ".join(rows) + " |\n|---|" + "---|" * len(rows))
    for name in (TCPD if "held out" in parts else TCPD[0::2]):
        print(f"| {name} | " + " | ".join(f"{f1(annotations[name], found[name]):.3f}"
                                          for found, _ in rows.values()) + " |")


def report_speed(program):
    rng = random.Random(1)
    lines = [f"speed-{number} 0 5000 " + " ".join(
        f"{(100 if i < 2500 else 110) * rng.lognormvariate(0, 0.03):.7g}"
        for i in range(5000)) for number in range(10)]
    _, rows = detect_all(program, "\n".join(lines) + "\n")
    print("\n### Speed: 10 series of 5,000 values, CPU\n")
    for name, (_, cpu) in rows.items():
        print(f"- {name}: {1000 * cpu:.1f} ms")


def cells_of_istio(corpus):
    """Cells that istio/tools measured more than once, in order of time, per metric."""
    path = os.path.join(corpus, "tables", "istio_tools_benchmark_2020.csv")
    cells = {}
    with open(path) as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in sorted(rows, key=lambda row: row["StartTime"]):
            # The first word of a label is the run's own number.
            label = row["Labels"].split("_", 1)[-1]
            for metric in ("ActualQPS", "p50", "p90", "p99"):
                cells.setdefault(f"istio:{label}:{metric}", []).append(row[metric])
    return {name.replace(" ", ""): values for name, values in cells.items()
            if len(values) > 1}


def report_null(program, corpus):
    null = cells_of_istio(corpus)
    with open(os.path.join(corpus, "tcpd/datasets/quality_control_5/"
                           "quality_control_5.json")) as file:
        null["tcpd:quality_control_5"] = json.load(file)["series"][0]["raw"]
    for name in ("art_noisy", "art_flatline"):
        with open(os.path.join(corpus, f"nab/data/artificialNoAnomaly/{name}.csv")) as file:
            null["nab:" + name] = [row["value"] for row in csv.DictReader(file)]
    text = "".join(f"{name[:60]} 0 {len(values)} " + " ".join(map(str, values)) + "\n"
                   for name, values in null.items())
    _, rows = detect_all(program, text)
    print(f"\n### Nothing changed: {len(null)} series of the corpus, "
          f"{sum(len(values) for values in null.values())} values\n")
    for name, (found, _) in rows.items():
        alarms = {series: len(points) for series, points in found.items() if points}
        print(f"- {name}: {sum(alarms.values())} false alarms {alarms or ''}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--series", type=int, default=1000, help="of each noise and part")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--corpus", default=os.environ.get("MB_CORPUS", "../shared/corpus"))
    parser.add_argument("--tuning-only", action="store_true",
                        help="leave out what is held back")
    options = parser.parse_args()
    if not compute_change_points:
        print("SKIPPED Otava: no package apache-otava (pip install apache-otava)")
    for part in ["tuned", "other"] + ([] if options.tuning_only else ["held"]):
        made = subprocess.run([options.program, "generate", part, str(options.series),
                               str(options.seed)], text=True, check=True,
                              capture_output=True).stdout
        series, rows = detect_all(options.program, made)
        report_steps(part, series, rows)
        report_quiet(series, rows)
        report_curve(options.program, made, series)
    report_speed(options.program)
    if not os.path.isdir(options.corpus):
        print(f"SKIPPED corpus: no folder {options.corpus}; set MB_CORPUS")
        return
    report_tcpd(options.program, options.corpus,
                ["tuning"] if options.tuning_only else ["tuning", "held out", "all"])
    report_null(options.program, options.corpus)


sys.exit(main())
