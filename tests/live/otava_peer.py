"""usage: otava_peer.py PROGRAM SERIES SEED: PROGRAM (tests/bench/change.c) against the
package apache-otava on random series, some without noise, and on the series of Otava's own
tests where the corpus is there. Exits 1 when an index differs."""
import json
import os
import subprocess
import sys
import warnings

import numpy as np
from otava.analysis import compute_change_points

warnings.filterwarnings("ignore")
program, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def noise(kind, n, rng):
    if kind == 0:
        return 100 * np.exp(rng.normal(0, 0.05, n))
    if kind == 1:
        x = np.zeros(n + 1)
        for i in range(1, n + 1):
            x[i] = 0.7 * x[i - 1] + rng.normal(0, 1)
        return 100 + x[1:]
    if kind == 2:
        return 100 + rng.standard_t(2, n)
    if kind == 3:
        return np.round(100 + rng.normal(0, 1.5, n))
    if kind == 4:
        return 100 + 0.05 * np.arange(n) + rng.normal(0, 1, n)
    if kind == 5:
        return np.where(rng.random(n) < 0.8, 0.1, 0.3)
    if kind == 6:
        return np.full(n, 0.1)
    return np.round(rng.normal(0, 0.6, n))


def random_series():
    rng = np.random.default_rng(seed)
    for number in range(count):
        n = int(rng.integers(0, 600))
        values = noise(number % 8, n, rng)
        for _ in range(int(rng.integers(0, 4)) if n else 0):
            values[int(rng.integers(0, n)):] *= 1 + rng.choice([-0.1, 0.05, 0.1, 0.3])
        yield f"random-{number}", [float(value) for value in values]


def known_series():
    path = os.path.join(os.environ.get("MB_CORPUS", "../shared/corpus"),
                        "otava/known-changepoints.json")
    if not os.path.exists(path):
        print(f"SKIPPED the series of Otava's tests: no {path}; set MB_CORPUS")
        return
    with open(path) as file:
        for case in json.load(file)["cases"]:
            if "series" in case:
                yield case["id"], [float(value) for value in case["series"]]


def main():
    series = dict(known_series()) | dict(random_series())
    text = "".join(f"{name} 0 {len(values)} " + " ".join(map(repr, values)) + "\n"
                   for name, values in series.items())
    done = subprocess.run([program, "detect", "otava"], input=text, text=True, check=True,
                          capture_output=True)
    found = {line.split()[0]: [int(word) for word in line.split()[1:]]
             for line in done.stdout.splitlines()}
    points, different = 0, 0
    for name, values in series.items():
        expected = [int(point.index) for point in compute_change_points(values)[0]]
        points += len(expected)
        if found[name] != expected:
            different += 1
            print(f"DIFFERENT {name}: ours {found[name]}, Otava {expected}")
    print(f"{len(series)} series, {points} change points, {different} series differ")
    return different > 0


sys.exit(main())
