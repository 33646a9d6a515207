"""usage: store_fill.py STORE SERIES RESULTS

Fills a store, which 'meshbench store add' has made, with made-up series: one result a day, a
random walk about 1 ms in each series. The tables are written directly, because adding so many
results one by one would take hours.
"""
import random
import sqlite3
import sys

DAY_NS = 86_400_000_000_000
START_NS = 1_600_000_000_000_000_000


def digest(kind, number):
    return f"{kind:02x}{number:062x}"


def main():
    path, series, results = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random.seed(1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    for table in "point", "content", "tag", "result", "series":
        db.execute(f"DELETE FROM {table}")
    db.execute("INSERT INTO version (id, text) VALUES (1000, '1.28.0'), (1001, '1.28.1')")
    db.executemany(
        "INSERT INTO result VALUES (?, ?, ?, 'made-up', 'e', ?, ?, 0, 1, 1, 0)",
        ((i + 1, digest(1, i), f"r{i}.json", START_NS + i * DAY_NS, START_NS + i * DAY_NS)
         for i in range(results)))
    db.executemany(
        "INSERT INTO series VALUES (?, ?, 'a', 'w', 'v', ?, 'steady-c16-r100',"
        " 'response_time.p99', NULL, ?, 'ns', 0)",
        ((i + 1, digest(2, i), f"variant-{i}", f"variant-{i} · steady · response_time.p99")
         for i in range(series)))

    def points():
        for i in range(series):
            noise = random.getrandbits(16 * results).to_bytes(2 * results, "little")
            for j in range(results):
                value = 1e6 + 256 * noise[2 * j] + noise[2 * j + 1] + 0.5
                yield i + 1, j + 1, value, None, 5, 1000 + (j > results // 2)

    db.executemany("INSERT INTO point VALUES (?, ?, ?, ?, ?, ?)", points())
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


main()
