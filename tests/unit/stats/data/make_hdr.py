"""Writes hdr.txt: histograms as the PyPI package `hdrhistogram` makes and encodes them.

pip install hdrhistogram==0.10.8 && python3 make_hdr.py > hdr.txt
"""

import base64
import random
import zlib

from hdrh.histogram import HdrHistogram

HOUR_NS = 3_600_000_000_000
PERCENTILES = ["0.1", "1", "10", "25", "50", "75", "90", "95", "99", "99.9", "99.99", "100"]


def cases():
    rng = random.Random(20261123)
    yield "empty", 1, HOUR_NS, 3, []
    yield "one_zero", 1, HOUR_NS, 3, [(0, 1)]
    yield "one_value", 1, HOUR_NS, 3, [(1_234_567, 1)]
    yield "edges", 1, HOUR_NS, 3, [(v, 1) for v in (0, 1, 2047, 2048, 2049, 4095, 4096, HOUR_NS)]
    yield "past_highest", 1, HOUR_NS, 3, [(HOUR_NS + 1, 1), (4_398_046_511_103, 2)]
    yield "big_counts", 1, HOUR_NS, 3, [(7, 2**31), (3000, 2**40), (10**9, 2**55)]
    yield "latencies", 1, HOUR_NS, 3, [(int(rng.lognormvariate(14, 0.6)), 1) for _ in range(1000)]
    yield "ten_thousand", 1, HOUR_NS, 3, [(int(rng.expovariate(1 / 5e6)), 10) for _ in range(1000)]
    yield "odd_number", 1, HOUR_NS, 3, [(int(rng.lognormvariate(12, 2)), 1) for _ in range(777)]
    yield "one_digit", 1, 1_000_000, 1, [(rng.randrange(10**6), 1) for _ in range(300)]
    yield "five_digits", 1, HOUR_NS, 5, [(int(rng.lognormvariate(15, 1)), 1) for _ in range(200)]
    yield "coarse_unit", 20000, HOUR_NS, 2, [(int(rng.lognormvariate(14, 2)), 1) for _ in range(500)]
    yield "unit_of_1000", 1000, 2**62, 3, [(rng.randrange(2**61), 3) for _ in range(100)]


def main():
    for name, lowest, highest, digits, values in cases():
        histogram = HdrHistogram(lowest, highest, digits)
        for value, count in values:
            assert histogram.record_value(value, count), (name, value)
        text = histogram.encode().decode()
        payload = zlib.decompress(base64.b64decode(text)[8:])
        decoded = HdrHistogram.decode(text)
        print("case", name, lowest, highest, digits, len(values))
        print("values", *(f"{value} {count}" for value, count in values))
        print("payload", payload.hex())
        print("base64", text)
        print("percentiles", len(PERCENTILES))
        for percentile in PERCENTILES:
            share = int(float(percentile) * 10_000_000)
            rank = histogram.get_target_count_at_percentile(float(percentile))
            print(share, rank, histogram.get_value_at_percentile(float(percentile)))
        print("decoded", decoded.get_total_count(), decoded.get_min_value(), decoded.get_max_value(),
              repr(decoded.get_mean_value()))


main()
