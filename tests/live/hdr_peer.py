"""The package's side of hdr-peer.sh: hdr_peer.py PROGRAM ROUNDS SEED"""

import base64
import random
import subprocess
import sys
import zlib

from hdrh.histogram import HdrHistogram

HOUR_NS = 3_600_000_000_000
PERCENTILES = (0.001, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 100)


def values_random(rng):
    count = rng.choice((0, 1, 2, 10, 500, 20_000))
    kind = rng.randrange(4)
    if kind == 0:
        return [rng.randrange(4096) for _ in range(count)]
    if kind == 1:
        return [rng.randrange(HOUR_NS) for _ in range(count)]
    if kind == 2:
        return [min(int(rng.lognormvariate(14, 1.5)), HOUR_NS) for _ in range(count)]
    return [1 << rng.randrange(41) for _ in range(count)]


def check(ask, values):
    words = " ".join(map(str, values))
    theirs = HdrHistogram(1, HOUR_NS, 3)
    for value in values:
        theirs.record_value(value)
    text = theirs.encode().decode()
    payload = zlib.decompress(base64.b64decode(text)[8:]).hex()
    assert ask("record " + words) == payload, "payloads differ"
    ours = HdrHistogram.decode(ask("encode " + words))
    assert ours.get_total_count() == len(values), "the package read another count"
    ranks = [theirs.get_target_count_at_percentile(p) for p in PERCENTILES]
    expected = [theirs.get_value_at_percentile(p) for p in PERCENTILES]
    assert [ours.get_value_at_percentile(p) for p in PERCENTILES] == expected, "ours, read by the package"
    answer = ask(f"ranks {text} " + " ".join(map(str, ranks)))
    assert list(map(int, answer.split())) == [len(values)] + expected, "theirs, read by us"


def main():
    program, rounds, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(line):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        total = 0
        for number in range(rounds):
            values = values_random(rng)
            try:
                check(ask, values)
            except AssertionError as error:
                sys.exit(f"hdr-peer: round {number} of seed {seed}: {error}")
            total += len(values)
        process.stdin.close()
    print(f"hdr-peer: {rounds} histograms with {total} values agree, both directions (seed {seed})")


main()
