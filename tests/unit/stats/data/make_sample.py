#!/usr/bin/env python3
"""Expected values for tests/unit/stats/test_sample.c, from SciPy.

Each line of sample.txt: kind, confidence, count and values of one or two samples, "=",
expected numbers. Run: python3 make_sample.py > sample.txt   (SciPy 1.11 or newer)
"""
import itertools

import numpy as np
from scipy import stats

rng = np.random.default_rng(20261123)


def draw(n, kind):
    if kind == 0:
        return rng.normal(0.3, 1.0, n)
    if kind == 1:
        return rng.lognormal(0.0, 0.7, n)
    if kind == 2:  # quantised: many ties
        return np.round(rng.normal(0.5, 2.0, n))
    return rng.standard_t(2, n)


def line(kind, confidence, samples, expected):
    parts = [kind, repr(confidence)]
    for sample in samples:
        parts.append(str(len(sample)))
        parts += [repr(float(v)) for v in sample]
    parts.append("=")
    parts += [repr(float(v)) for v in expected]
    print(" ".join(parts))


def permutation_signed_rank(x):
    """Twice the smaller tail of the exact permutation distribution, zeros dropped."""
    x = x[x != 0]
    if len(x) == 0:
        return 1.0
    ranks = np.rint(2 * stats.rankdata(np.abs(x))).astype(int)
    ways = np.zeros(ranks.sum() + 1)
    ways[0] = 1
    for r in ranks:
        shifted = np.zeros_like(ways)
        shifted[r:] = ways[:-r]
        ways = ways + shifted
    seen = ranks[x > 0].sum()
    return min(1.0, 2 * min(ways[: seen + 1].sum(), ways[seen:].sum()) / ways.sum())


def brute_rank_sum(x, y):
    """Every split of the pooled ranks, counted one by one."""
    ranks = np.rint(2 * stats.rankdata(np.concatenate([x, y]))).astype(int)
    sums = np.array([sum(c) for c in itertools.combinations(ranks, len(x))])
    seen = ranks[: len(x)].sum()
    return min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))


def detectable(n, x, twin, confidence, power=0.8):
    """The effect that n pairs with the spreads of x and twin find; intervals at 95%."""
    error = np.std(x, ddof=1) / np.sqrt(n)
    twin_error = 0.0 if twin is None else np.std(twin, ddof=1) / np.sqrt(n)
    critical = stats.t.ppf(0.5 + confidence / 2, n - 1)
    hurdle = max(critical * error, stats.t.ppf(0.975, n - 1) * twin_error)
    scatter = max(error, twin_error) * np.sqrt(1 + critical**2 / (2 * (n - 1)))
    found = hurdle + stats.t.ppf(power, n - 1) * scatter
    if twin is None:  # with known spread: never less than the power promised
        t, shift = critical, found / error
        exact = stats.nct.sf(t, n - 1, shift)
        assert exact > power or np.isnan(exact), (n, confidence, exact)
    return found


def needed(x, twin, confidence, limit=200):
    n = 2
    while n < limit and detectable(n, x, twin, confidence) > abs(np.mean(x)):
        n += 1
    return n


for i in range(250):
    n = int(rng.integers(2, 40))
    x = draw(n, i % 4)
    confidence = float(rng.choice([0.9, 0.95, 0.99]))
    if np.std(x) == 0:
        continue
    t = stats.ttest_1samp(x, 0.0)
    ci = t.confidence_interval(confidence)
    line("paired", confidence, [x], [x.mean(), ci.low, ci.high, t.pvalue])
for i in range(250):
    x, y = draw(int(rng.integers(2, 40)), i % 4), draw(int(rng.integers(2, 40)), i % 4)
    confidence = float(rng.choice([0.9, 0.95, 0.99]))
    if np.std(x) + np.std(y) == 0:
        continue
    t = stats.ttest_ind(y, x, equal_var=False)
    ci = t.confidence_interval(confidence)
    line("welch", confidence, [x, y], [y.mean() - x.mean(), ci.low, ci.high, t.pvalue])
for i in range(250):
    x = draw(int(rng.integers(1, 90)), i % 4)
    kept = x[x != 0]
    if len(kept) == 0:
        p = 1.0
    elif len(kept) > 60:
        p = stats.wilcoxon(kept, correction=True, method="approx").pvalue
    elif len(set(np.abs(kept))) == len(kept):
        p = stats.wilcoxon(kept, method="exact").pvalue
    else:
        p = permutation_signed_rank(kept)
    line("signed", 0.95, [x], [p])
for i in range(250):
    big = i % 5 == 0
    x = draw(int(rng.integers(1, 60 if big else 9)), i % 4)
    y = draw(int(rng.integers(1, 60 if big else 9)), i % 4)
    both = np.concatenate([x, y])
    if len(both) > 60:
        p = stats.mannwhitneyu(x, y, method="asymptotic").pvalue
    elif len(set(both)) == len(both):
        p = stats.mannwhitneyu(x, y, method="exact").pvalue
    elif len(both) <= 12:
        p = brute_rank_sum(x, y)
    else:
        p = None
    if p is not None:
        line("ranksum", 0.95, [x, y], [p])
for i in range(60):
    x, y = draw(int(rng.integers(1, 20)), i % 4), draw(int(rng.integers(1, 20)), i % 4)
    shift = np.median(np.subtract.outer(y, x))
    walsh = [(a + b) / 2 for k, a in enumerate(x) for b in x[k:]]
    line("shift", 0.95, [x, y], [shift, np.median(walsh)])
for i in range(100):
    x = draw(int(rng.integers(3, 30)), i % 2)
    margin = float(rng.uniform(0.1, 2.0))
    low = stats.ttest_1samp(x, -margin, alternative="greater").pvalue
    high = stats.ttest_1samp(x, margin, alternative="less").pvalue
    line("tost", margin, [x], [max(low, high)])
for i in range(150):
    n = int(rng.integers(2, 40))
    x, twin = rng.normal(0.2, 1.0, n), rng.normal(0.0, 10 ** rng.uniform(-1, 1), n)
    confidence = float(rng.choice([0.9, 0.95, 0.99]))
    line("detectable", confidence, [x, twin], [
        detectable(n, x, None, confidence), detectable(n, x, twin, confidence),
        needed(x, None, confidence), needed(x, twin, confidence)])
for i in range(60):
    p = rng.uniform(0, 0.2, int(rng.integers(1, 12)))
    p = np.round(p, 3)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    worst = 0.0
    for rank, k in enumerate(order):
        worst = max(worst, min(1.0, p[k] * (len(p) - rank)))
        adjusted[k] = worst
    line("holm", 0.95, [p], adjusted)
for i in range(200):
    df = float(rng.uniform(0.7, 200))
    t = float(rng.normal(0, 4))
    p = float(rng.uniform(1e-6, 1 - 1e-6))
    print("special", repr(df), repr(t), repr(p), "=", *(repr(float(v)) for v in (
        stats.t.cdf(t, df), 2 * stats.t.sf(abs(t), df), stats.t.ppf(p, df),
        stats.norm.cdf(t), stats.norm.ppf(p))))
for i in range(100):
    n = int(rng.integers(1, 5000))
    k = int(rng.integers(0, n + 1))
    p = float(rng.uniform(0.001, 0.999))
    print("binomial", n, k, repr(p), "=", repr(float(stats.binom.cdf(k, n, p))))
