"""Makes results of published figures and checks what `meshbench compare` says of them.

A figure is one trial of imported origin: percentiles, CPU and memory as they were printed, nothing else. What is
expected of each comparison is computed here from the table, not from the tool.
"""
import csv
import itertools
import json
import os
import subprocess
import sys

TABLES, FOLDER = sys.argv[1:3]
TIME = "2020-08-12T00:00:00.000Z"
counted = {}


def check(what, good, *detail):
    counted[what] = counted.get(what, 0) + 1
    if not good:
        sys.exit(f"tables: {what}: {detail}")


def table(name):
    with open(os.path.join(TABLES, name), encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def cell(variant, rate, connections, quantiles, aa_of=None, seconds=240, achieved=None, cpu_ns=None, rss=None):
    """`quantiles`: {share: ns}. `cpu_ns`: of the data plane in the window."""
    window = seconds * 10**9
    completed = int((achieved if achieved is not None else rate) * seconds)
    absent = {"type": "absent", "reason": "not published"}
    dist = {"type": "quantiles", "unit": "ns", "population": "ok", "n": completed, "sum": None, "min": None, "max": None,
            "quantiles": [[round(q * 1e9), int(v)] for q, v in sorted(quantiles.items())]}
    counts = {"intended": int(rate * seconds), "completed": completed}
    part = {"worker": "unknown", "clock_offset_ns": 0, "generator": {"name": "published", "version": None},
            "load_model": "open", "co_handling": "unknown", "threads": None, "window_ns": window, "elapsed_ns": window,
            "interrupted": False, "cpu_ns": None, "run_delay_ns": None, "counts": counts,
            "dist": {"response": dist if quantiles else absent}, "series": None}
    resources = []
    if cpu_ns is not None or rss is not None:
        resources = [{"role": "data_plane", "source": "published", "scope": "process", "cpu_start_ns": 0,
                      "cpu_end_ns": cpu_ns, "rss_start_bytes": None, "rss_end_bytes": None, "rss_max_bytes": rss}]
    trial = {"id": f"b1/{variant}-{rate}-{connections}", "block": 1, "position": 1, "seed": None, "status": "complete",
             "reason": None, "start": None, "window_ns": window, "warmup_ns": None, "host": None, "parts": [part],
             "resources": resources}
    point = {"workload": "published", "load_model": "open", "connections": connections,
             "rate_micro_rps": int(rate * 1e6), "timeout_ns": None}
    return {"variant": variant, "point": point, "aa_of": aa_of, "trials": [trial]}


def fact(path, declared=None, captured=None):
    return {"path": path, "declared": declared, "captured": captured, "source": "table", "at": None, "redacted": False}


def result(name, cells, facts=()):
    for position, one in enumerate(cells):
        one["trials"][0]["position"] = position + 1
        one["trials"][0]["id"] += f"-{position}"
    path = os.path.join(FOLDER, name + ".json")
    document = {"meshbench": "v1", "kind": "result", "minor": 0,
                "tool": {"name": "tables.py", "version": "1", "commit": None}, "id": name, "labels": {},
                "origin": {"type": "imported", "tool": "published", "version": None, "sha256": "0" * 64, "importer": "tables"},
                "started_at": TIME, "finished_at": TIME, "complete": True,
                "spec": {"name": name, "path": None, "text": None, "sha256": None, "seed": None, "resolved": None},
                "keys": {"scheme": 0}, "facts": list(facts), "targets": [], "cells": cells, "findings": []}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def run(*arguments):
    return subprocess.run(["meshbench", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def compare(*arguments):
    done = run("compare", "--format", "json", *arguments)
    if done.returncode != 0:
        sys.exit(f"tables: compare {arguments}: status {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def notes(comparison, code):
    return [note["message"] for note in comparison["notes"] if note["code"] == code]


def times(comparison, code):
    return sum(note["count"] for note in comparison["notes"] if note["code"] == code)


def undecided(what, comparison):
    """No verdict that a reader could act on, and the right reason."""
    for effect in comparison["comparisons"]:
        check(what, effect["verdict"] in ("inconclusive", "incomparable"), effect)
        if effect["verdict"] == "inconclusive":
            check(what, "an interval needs 2 or more" in effect["reasons"][0], effect["reasons"])
            check(what, effect["difference_low"] is None and effect["p_value"] is None, effect)
        else:
            check(what, any(word in effect["reasons"][0] for word in ("is not known", "differs")), effect["reasons"])


def istio_tools():
    """Runs of the same mode, rate and connections are A/A pairs."""
    rows = {}
    for row in table("istio_tools_benchmark_2020.csv"):
        label = row["Labels"].split("_", 1)[1]  # without the run's own name
        rows.setdefault(label, []).append(row)

    def made(row, variant, aa_of=None):
        parts = row["Labels"].split("_")
        rate, connections = int(parts[2]), int(parts[4])
        return cell(variant, rate, connections, {q: float(row[k]) * 1e3 for q, k in ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"))},
                    aa_of, int(row["ActualDuration"]), float(row["ActualQPS"]))

    pairs = {label: both for label, both in rows.items() if len(both) > 1}
    check("A/A pairs found", len(pairs) >= 3, sorted(pairs))
    for label, both in sorted(pairs.items()):
        one = result("aa", [made(both[0], "first"), made(both[1], "again", "first")])
        check("tables are valid results", run("validate", one).returncode == 0, run("validate", one).stdout)
        undecided("A/A pairs of istio/tools, as twins", compare(one))
        left = result("left", [made(both[0], "same")])
        right = result("right", [made(both[1], "same")])
        undecided("A/A pairs of istio/tools, as two results", compare(left, right))
        check("A/A pairs fail no pipeline",
              run("compare", left, right, "--fail-on", "worse", "--fail-on", "better", "-o", os.devnull).returncode == 0)

    # Every other mode at the point of a pair, and what is not larger than what the pair differs by.
    for (label, both), (other, others) in itertools.product(sorted(pairs.items()), sorted(rows.items())):
        point = "_".join(label.split("_")[:5])
        if other == label or not other.startswith(point + "_"):
            continue
        one = result("noise", [made(both[0], "first"), made(both[1], "again", "first"), made(others[0], "other")])
        comparison = compare(one, "--metric", "response_time.p50", "--metric", "response_time.p90", "--metric", "response_time.p99")
        expected = 0
        for key in ("p50", "p90", "p99"):
            value = [float(row[key]) for row in (both[0], both[1], others[0])]
            expected += abs(value[2] - value[0]) <= abs(value[1] - value[0])
        check("effects below the noise of an A/A pair", times(comparison, "MB807") == expected, label, other, expected,
              notes(comparison, "MB807"))
        counted["of them below"] = counted.get("of them below", 0) + expected
        undecided("modes of istio/tools, one trial each", comparison)

    # Normalised CPU is not load-invariant: other rates are other load points, and never compared.
    ten, most = (rows[f"qps_{rate}_c_16_1024_none_mtls_both"][0] for rate in (10, 3000))
    done = run("compare", result("ten", [made(ten, "same")]), result("most", [made(most, "same")]))
    check("other rates are not compared", done.returncode == 1 and b"share no cell" in done.stderr, done.stderr)


def official(row, facts=()):
    """CPU and memory; what both proxies add stands in for a latency, since the page prints no other. Differences of
    percentiles need not rise as percentiles do (1.5: p90 2.8, p99 2.7); as a distribution that is refused."""
    quantiles = {q: float(row[key]) * 1e6 for q, key in ((0.9, "added_p90_ms"), (0.99, "added_p99_ms")) if row[key]}
    if 0.99 in quantiles and quantiles[0.99] < quantiles[0.9]:
        falling = result("falling", [cell("sidecar", 1000, 16, quantiles)])
        check("percentiles that fall are refused", b"MB500" in run("validate", falling).stdout)
        del quantiles[0.99]
    cpu = row["vcpu_per_1000rps"]
    return result("istio-" + row["release"],
                  [cell("sidecar", 1000, 16, quantiles, cpu_ns=round(float(cpu) * 240e9) if cpu else None,
                        rss=int(row["mem_mb"]) * 10**6 if row["mem_mb"] else None)], facts)


def istio_pages():
    rows = [row for row in table("istio_official_by_release.csv") if row["mode"] == "sidecar"]
    for row in rows:
        release, of = row["release"].split("-")[0], row["measured_for"]
        if not of:
            continue
        same = release == of or release.startswith(of + ".")
        path = official(row, [fact("variants.sidecar.version", release, release if same else of)])
        stale = notes(compare(path, path), "MB809")
        check("releases shown with another's figures", bool(stale) == (row["stale"] == "1"), row, stale)

    # By digits alone: each page against the one before it, as they were printed.
    pages = [row for row in rows if "-" not in row["release"]]
    paths = {row["release"]: official(row, [fact("variants.sidecar.version", row["release"], None)]) for row in pages}
    for before, row in zip(pages, pages[1:]):
        said = notes(compare(paths[before["release"]], paths[row["release"]]), "MB809")
        known = [key for key in ("vcpu_per_1000rps", "mem_mb", "added_p90_ms", "added_p99_ms") if row[key] and before[key]]
        repeated = bool(known) and all(float(row[key]) == float(before[key]) for key in known)
        check("figures carried over, by their digits", bool(said) == repeated, row, said)
        if row["measured_for"] == before["measured_for"]:
            check("of them on the list of stale pages", bool(said), row)

    # 1.19 was measured again, on other machines: a confounder, not an improvement.
    first, again = (next(row for row in rows if row["release"] == name) for name in ("1.19-firstpub", "1.19-rerun"))
    left = official(first, [fact("environment.machine", None, "as before")])
    right = official(again, [fact("environment.machine", None, "CNCF bare metal")])
    comparison = compare(left, right, "--metric", "response_time.p90")
    effect = comparison["comparisons"][0]
    check("a change of machine", effect["verdict"] == "incomparable" and "environment.machine differs" in effect["reasons"][0], effect)
    check("a change of machine", [c["class"] for c in comparison["confounders"]] == ["disqualifying"], comparison["confounders"])


def linkerd_2025():
    """Only differences were published: sidecar - baseline and sidecar - linkerd. Any baseline gives the same answer."""
    rows = {row["subject"]: float(row["value"]) for row in table("linkerd_istio_2021_2025.csv")
            if row["campaign"] == "2025-04" and row["rps"] == "200"}
    linkerd = rows["istio-sidecar minus baseline"] - rows["istio-sidecar minus linkerd"]
    sidecar = rows["istio-sidecar minus baseline"]
    check("the mesh beats no mesh", linkerd < 0, linkerd)
    for baseline in (5.0, 37.77, 1000.0):
        values = {"baseline": baseline, "linkerd": baseline + linkerd, "istio": baseline + sidecar}
        path = result("linkerd", [cell(name, 200, 100, {0.99: round(value * 1e6)}) for name, value in values.items()])
        comparison = compare(path, "--metric", "response_time.p99")
        said = notes(comparison, "MB808")
        check("faster with a mesh than without", len(said) == 1 and "'linkerd'" in said[0], said)
        undecided("faster with a mesh than without", comparison)


def livewyer():
    """No table: FIELD.md C gives what was offered (500 rps) and carried (about 130), the median (78 s), and a p99 of 3.03 s."""
    path = result("livewyer-v1", [cell("baseline", 500, 32, {0.5: 78e9}, achieved=130),
                                  cell("linkerd", 500, 32, {0.5: 79e9}, achieved=130)])
    comparison = compare(path)
    check("more offered than carried", times(comparison, "MB801") == 2, comparison["notes"])
    path = result("livewyer-v2", [cell("baseline", 130, 32, {0.5: 0.2e9, 0.99: 0.9e9}), cell("linkerd", 130, 32, {0.5: 0.21e9, 0.99: 3.03e9})])
    said = notes(compare(path), "MB810")
    check("a percentile made of lost SYNs", len(said) == 1 and "'linkerd'" in said[0], said)


istio_tools()
istio_pages()
linkerd_2025()
livewyer()
for what, count in counted.items():
    print(f"tables: {count:4} {what}")
