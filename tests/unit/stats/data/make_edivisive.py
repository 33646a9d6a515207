#!/usr/bin/env python3
"""Prints edivisive.txt: random series and the change points that Apache Otava 0.8 finds
in them. Needs: pip install apache-otava==0.8.0. usage: make_edivisive.py > edivisive.txt"""
import warnings

import numpy as np
from otava.analysis import compute_change_points

warnings.filterwarnings("ignore")
OPTIONS = [(50, 0.001, 0), (30, 0.01, 0), (50, 0.001, 0.05), (20, 0.1, 0), (7, 0.6, 0),
           (2, 0.3, 0), (50, 0.01, 0.2), (11, 0.04, 0)]


def noise(kind, n, rng):
    if kind == "lognormal":
        return 100 * np.exp(rng.normal(0, 0.05, n))
    if kind == "autocorrelated":
        x = np.zeros(n + 1)
        for i in range(1, n + 1):
            x[i] = 0.7 * x[i - 1] + rng.normal(0, 1)
        return 100 + x[1:]
    if kind == "heavy":
        return 100 + rng.standard_t(2, n)
    if kind == "rounded":
        return np.round(100 + rng.normal(0, 1.5, n))
    if kind == "drift":
        return 100 + 0.05 * np.arange(n) + rng.normal(0, 1, n)
    if kind == "two-values":
        return np.where(rng.random(n) < 0.8, 0.1, 0.3)
    if kind == "constant":
        return np.full(n, 0.1)
    return np.round(rng.normal(0, 0.6, n))  # integers around zero


KINDS = ["lognormal", "autocorrelated", "heavy", "rounded", "drift", "two-values",
         "constant", "zeros"]
rng = np.random.default_rng(20261123)
print("# made by make_edivisive.py with Apache Otava 0.8.0")
print("# name window p_value min_magnitude count values.. = indexes..")
for number in range(200):
    kind = KINDS[number % len(KINDS)]
    n = int(rng.integers(0, 12 if number % 10 == 0 else 190))
    series = noise(kind, n, rng)
    for _ in range(int(rng.integers(0, 4))):
        if n:
            series[int(rng.integers(0, n)):] *= 1 + rng.choice([-0.1, 0.05, 0.1, 0.3])
    series = [float(f"{value:.6g}") for value in series]
    window, p_value, magnitude = OPTIONS[0] if number % 3 == 0 else OPTIONS[
        int(rng.integers(0, len(OPTIONS)))]
    points, _ = compute_change_points(series, window_len=window, max_pvalue=p_value,
                                      min_magnitude=magnitude)
    print(f"{kind}-{number}", window, p_value, magnitude, n,
          *(f"{value:.6g}" for value in series), "=", *(int(p.index) for p in points))
