#!/usr/bin/env python3
"""Expected values for tests/unit/stats/test_quantile.c, from SciPy.

ranks     n share confidence = low high       binom.ppf and binom.isf
interval  share confidence n values = low high   quantile_test(...).confidence_interval
needed    share confidence spared = n         least n with binom.cdf(spared, n, 1 - p) <= 1 - c

Shares are in 1e-9; nan: no bound. Run: python3 make_quantile.py > quantile.txt
"""
import numpy as np
from scipy import stats

rng = np.random.default_rng(20261124)
SHARES = [500000000, 750000000, 900000000, 950000000, 990000000, 999000000, 999900000]
CONFIDENCES = [0.9, 0.95, 0.99]


def share_draw():
    if rng.random() < 0.5:
        return int(rng.choice(SHARES))
    return int(rng.integers(1, 1000000000))


for i in range(600):
    n = int(10 ** rng.uniform(0, 6.5))
    share = share_draw()
    confidence = float(rng.choice(CONFIDENCES))
    tail = (1 - confidence) / 2
    dist = stats.binom(n, share / 1e9)
    print("ranks", n, share, confidence, "=", int(dist.ppf(tail)), int(dist.isf(tail)) + 1)
for i in range(300):
    n = int(rng.integers(1, 120))
    share = share_draw()
    confidence = float(rng.choice(CONFIDENCES))
    x = np.sort(rng.lognormal(0, 1, n)) if i % 2 else np.sort(np.round(rng.normal(9, 3, n)))
    ci = stats.quantile_test(x, q=0, p=share / 1e9).confidence_interval(confidence)
    print("interval", share, confidence, n, *(repr(float(v)) for v in x), "=",
          repr(float(ci.low)), repr(float(ci.high)))
for i in range(300):
    share = int(rng.choice(SHARES)) if i % 3 == 0 else int(1e9 - 10 ** rng.uniform(4.5, 8.9))
    confidence = float(rng.choice(CONFIDENCES))
    spared = int(rng.integers(0, 12))
    low, high = spared, spared + 1
    while stats.binom.cdf(spared, high, (1000000000 - share) / 1e9) > 1 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if stats.binom.cdf(spared, middle, (1000000000 - share) / 1e9) > 1 - confidence:
            low = middle
        else:
            high = middle
    print("needed", share, confidence, spared, "=", high)
