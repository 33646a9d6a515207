"""What regress.sh times. usage: regress.py FOLDER ROUNDS (with Otava importable)

FOLDER holds history.db, filled by store_fill.py."""
import csv
import random
import statistics
import subprocess
import sys
import time

from otava.analysis import compute_change_points

folder, rounds = sys.argv[1], int(sys.argv[2])
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
seconds = ours("--store", STORE)
print(f"all series of the store: {seconds:.2f} s")
sys.exit(failed or seconds > 10)
