"""What regress.sh times. usage: regress.py FOLDER ROUNDS SERIES POINTS (with Otava importable)"""
import csv
import hashlib
import random
import sqlite3
import statistics
import subprocess
import sys
import time

from otava.analysis import compute_change_points

folder, rounds, series_count, point_count = sys.argv[1], *map(int, sys.argv[2:])
TABLE, STORE = f"{folder}/table.csv", f"{folder}/history.db"


def values(rng, count):
    """Normal noise of 1% around a level that moves by 3 to 10% now and then."""
    level, made = 100.0, []
    for _ in range(count):
        if rng.random() < 0.002:
            level *= 1 + rng.choice((-1, 1)) * rng.uniform(0.03, 0.1)
        made.append(rng.gauss(level, 0.01 * level))
    return made


def table_make(path):
    rng = random.Random(1)
    columns = [values(rng, 5000) for _ in range(10)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "commit", *(f"m{i}" for i in range(10))])
        for i, row in enumerate(zip(*columns)):
            writer.writerow([1600000000 + 3600 * i, f"c{i}", *(f"{v:.4f}" for v in row)])
    return [[round(v, 4) for v in column] for column in columns]


def store_fill(path):
    """Adds results and values past `store add`, which would take hours to be given so many."""
    rng = random.Random(2)
    patterns = [values(rng, point_count) for _ in range(100)]
    with sqlite3.connect(path) as db:
        environment, = db.execute("SELECT environment FROM result").fetchone()
        results = [(hashlib.sha256(b"r%d" % i).hexdigest(), "made.json", "made", environment,
                    1_600_000_000_000_000_000 + 86_400_000_000_000 * i) for i in range(point_count)]
        ids = [db.execute("INSERT INTO result (digest, name, spec_name, environment, time_ns, finished_ns,"
                          " added_ns, size, complete, imported) VALUES (?, ?, ?, ?, ?5, ?5, ?5, 1, 1, 0)",
                          row).lastrowid for row in results]
        for i in range(series_count):
            digest = hashlib.sha256(b"s%d" % i).hexdigest()
            series = db.execute(
                "INSERT INTO series (digest, benchmark, application, workload, variant, variant_name, point,"
                " metric, title, unit, higher_is_better) VALUES (?, 'b', 'a', 'w', 'v', ?, 'p',"
                " 'response_time.p99', ?, 'ns', 0)", (digest, f"variant-{i}", f"variant-{i} · p99")).lastrowid
            db.executemany("INSERT INTO point (series, result, value, trials) VALUES (?, ?, ?, 5)",
                           [(series, result, value) for result, value in zip(ids, patterns[i % 100])])


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ours(*arguments):
    return timed(lambda: subprocess.run(["meshbench", "regress", *arguments, "--format", "json"], check=True,
                                        stdout=subprocess.DEVNULL))


columns = table_make(TABLE)
CSV = ["--csv", TABLE, "--time", "time", "--attribute", "commit"]
contestants = {
    "Otava's function": lambda: timed(lambda: [compute_change_points(column) for column in columns]),
    "meshbench regress": lambda: ours(*CSV),
    "meshbench regress --detector otava": lambda: ours(*CSV, "--detector", "otava"),
}
taken = {name: [] for name in contestants}
for _ in range(rounds):
    for name, run in contestants.items():
        taken[name].append(run())
print("10 series of 5,000 points")
base = statistics.median(taken["Otava's function"])
failed = False
for name, times in taken.items():
    median = statistics.median(times)
    print(f"  {name}: median {1e3 * median:.1f} ms, fastest {1e3 * min(times):.1f} ms, "
          f"{base / median:.1f} times as fast")
    failed |= name.startswith("meshbench") and median * 30 > base
store_fill(STORE)
seconds = ours("--store", STORE)
print(f"{series_count} series of {point_count} points from a store: {seconds:.2f} s")
sys.exit(failed or seconds > 10)
