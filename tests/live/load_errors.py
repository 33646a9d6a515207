"""Servers that misbehave, and what `meshbench load` must say about them.

Each scenario is a function that gets a connected socket with one request already read
from it, and answers (or not). It returns True when the connection may be used again.
Nothing here uses code of meshbench."""

import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

TOOL = os.environ["MESHBENCH"]
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
AFTER_SENDING = ("timeout", "reset", "closed", "protocol", "other")


def reset(sock):
    """Closes with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


# --- well-behaved in odd ways: every request must succeed


def plain(sock, n):
    sock.sendall(RESPONSE)
    return True


def byte_by_byte(sock, n):
    for i in range(len(RESPONSE)):
        sock.sendall(RESPONSE[i : i + 1])
    return True


def chunked_splits(sock, n):
    whole = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"1\r\na\r\n10;ext=1\r\n0123456789abcdef\r\n0\r\nX-Trailer: yes\r\n\r\n"
    )
    rng = random.Random(n)
    at = 0
    while at < len(whole):
        step = rng.randint(1, 9)
        sock.sendall(whole[at : at + step])
        at += step
    return True


def until_close(sock, n):
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nno length, so the end is the end")
    return False


def connection_close(sock, n):
    sock.sendall(RESPONSE.replace(b"Content", b"Connection: close\r\nContent"))
    return False


def http_1_0(sock, n):
    sock.sendall(RESPONSE.replace(b"HTTP/1.1", b"HTTP/1.0"))
    return False


def continue_first(sock, n):
    sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    time.sleep(0.001)
    sock.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RESPONSE)
    return True


def no_content(sock, n):
    sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    return True


def redirect(sock, n):
    sock.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
    return True


def large_body(sock, n):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300000)
    return True


def closes_idle(sock, n):
    """Closes between requests, which is its right and nobody's error. (A request that is
    sent at that very moment is lost, and is an error: so this wants pauses.)"""
    sock.sendall(RESPONSE)
    time.sleep(0.001)
    return False


# --- failures


def never(sock, n):
    return "hold"


def slow_head(sock, n):
    try:
        for byte in RESPONSE * 10:
            sock.sendall(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        pass
    return False


def close_silently(sock, n):
    return False


def close_in_head(sock, n):
    sock.sendall(b"HTTP/1.1 200 O")
    return False


def close_in_body(sock, n):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    return False


def close_in_chunk(sock, n):
    sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal")
    return False


def reset_silently(sock, n):
    return reset(sock)


def reset_in_body(sock, n):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    time.sleep(0.002)
    return reset(sock)


def garbage(sock, n):
    sock.sendall(b"\x00\x01\x02 not HTTP at all \xff\r\n\r\n")
    return True


def huge_head(sock, n):
    try:
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-Filler: ")
        for _ in range(8):
            sock.sendall(b"a" * 65536)
    except OSError:
        pass
    return False


def too_much(sock, n):
    sock.sendall(RESPONSE + b"and more")
    return True


def unavailable(sock, n):
    sock.sendall(RESPONSE.replace(b"200 OK", b"503 No"))
    return True


def every_third_fails(sock, n):
    sock.sendall(RESPONSE.replace(b"200 OK", b"500 No") if n % 3 == 2 else RESPONSE)
    return True


def chaos(sock, n):
    rng = random.Random(n * 7919)
    kinds = [plain, chunked_splits, until_close, connection_close, close_in_body, garbage,
             reset_silently, reset_in_body, unavailable, too_much]
    return rng.choice(kinds)(sock, n)


class Server:
    """A thread per connection; `handler` answers, `read` counts requests read whole."""

    def __init__(self, handler):
        self.handler = handler
        self.read = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        again = True
        try:
            while again:
                data = b""
                while b"\r\n\r\n" not in data:
                    piece = sock.recv(65536)
                    if not piece:
                        return
                    data += piece
                with self.lock:
                    n = self.read
                    self.read += 1
                again = self.handler(sock, n)
                if again == "hold":
                    while sock.recv(65536):
                        pass
                    return
        except OSError:
            pass
        finally:
            sock.close()

    def has_read(self, expected):
        """Waits a little: what was sent may still lie in the kernel."""
        for _ in range(100):
            if self.read >= expected:
                break
            time.sleep(0.02)
        return self.read

    def close(self):
        self.listener.close()


def run(url, *options, interrupt_after=None):
    """Returns (exit status, counts of the part in the result, the --format json cell)."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        command = [TOOL, "load", url, "--format", "json", "-o", path, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if interrupt_after is not None:
            time.sleep(interrupt_after)
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        if not os.path.exists(path):
            raise AssertionError(f"no result: {err.decode()}")
        with open(path, encoding="utf-8") as file:
            part = json.load(file)["cells"][0]["trials"][0]["parts"][0]
        return process.returncode, part, json.loads(out)["cells"][0]


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def check_identities(part):
    counts = part["counts"]
    kinds = counts["errors_by_kind"]
    errors = sum(kinds.values())
    unfinished = counts.get("unfinished", 0)
    check(counts["intended"] == counts["ok"] + errors + unfinished,
          f"intended {counts['intended']} is not ok + errors + unfinished: {counts}")
    check(counts["completed"] == counts["ok"] + kinds.get("status", 0), f"completed: {counts}")
    after = sum(kinds.get(kind, 0) for kind in AFTER_SENDING)
    low = counts["completed"] + after
    check(low <= counts["sent"] <= low + unfinished, f"sent: {counts}")
    statuses = sum(counts["status_codes"].values())
    check(statuses == counts["completed"], f"statuses: {counts}")
    return counts, kinds


# name: (handler, expected kinds as shares of all requests, extra options)
ALL = 1.0
SCENARIOS = {
    "plain": (plain, {}, ()),
    "plain over new connections": (connection_close, {}, ("--no-keepalive",)),
    "one byte at a time": (byte_by_byte, {}, ()),
    "chunked, split anywhere": (chunked_splits, {}, ()),
    "body until close": (until_close, {}, ()),
    "connection: close": (connection_close, {}, ()),
    "HTTP/1.0": (http_1_0, {}, ()),
    "100 and 103 before 200": (continue_first, {}, ()),
    "204": (no_content, {}, ()),
    "302": (redirect, {}, ()),
    "300 kB body": (large_body, {}, ()),
    "large request": (plain, {}, ("--body", "x" * 100000)),
    "never answers": (never, {"timeout": ALL}, ("--timeout", "30ms")),
    "header too slow": (slow_head, {"timeout": ALL}, ("--timeout", "30ms")),
    "closes without an answer": (close_silently, {"closed": ALL}, ()),
    "closes within the header": (close_in_head, {"closed": ALL}, ()),
    "closes within the body": (close_in_body, {"closed": ALL}, ()),
    "closes within a chunk": (close_in_chunk, {"closed": ALL}, ()),
    "resets without an answer": (reset_silently, {"reset": ALL}, ()),
    "resets within the body": (reset_in_body, {"reset": ALL}, ()),
    "garbage": (garbage, {"protocol": ALL}, ()),
    "header without end": (huge_head, {"protocol": ALL}, ()),
    "more than it announced": (too_much, {"protocol": ALL}, ()),
    "503": (unavailable, {"status": ALL}, ()),
    "every third 500": (every_third_fails, {"status": 1 / 3}, ()),
    "chaos": (chaos, None, ()),
}

MODELS = {
    "open": ("-r", "200", "-d", "500ms", "-c", "8"),
    "open poisson, 2 threads": ("-r", "200", "-d", "500ms", "-c", "8", "-t", "2",
                                "--arrivals", "poisson"),
    "paced": ("-r", "200", "-d", "500ms", "-c", "8", "--model", "paced"),
    "closed": ("-d", "300ms", "-c", "4"),
    "closed, warm-up": ("-d", "200ms", "-w", "100ms", "-c", "4", "-t", "2"),
}


def scenario(name, model):
    handler, expected, extra = SCENARIOS[name]
    server = Server(handler)
    try:
        status, part, cell = run(f"http://127.0.0.1:{server.port}/", *MODELS[model], *extra)
        counts, kinds = check_identities(part)
        read = server.has_read(counts["sent"])
    finally:
        server.close()
    total = counts["intended"]
    check(status == 0, f"exit status {status}")
    check(total > 0, "nothing was sent")
    if model == "open":
        check(total == 100, f"intended {total}, not 100")
    if "warm-up" not in model:
        check(read == counts["sent"],
              f"the server read {read} requests, {counts['sent']} were sent")
    else:
        check(read >= counts["sent"], "the server read less than was sent")
    check(cell["requests"] == counts["completed"] and cell["intended"] == total,
          "the summary differs from the result")
    if expected is None:
        return counts
    for kind, n in kinds.items():
        share = expected.get(kind, 0.0)
        slack = 0 if share in (0.0, ALL) else 0.05 * total + 2
        check(abs(n - share * total) <= slack,
              f"{n} of {total} are '{kind}', expected {share * total:.0f}: {kinds}")
    return counts


def idle():
    """Connections that the server closes between requests are opened again, without error."""
    server = Server(closes_idle)
    for model in ("open", "paced"):
        before = server.read
        _, part, _ = run(f"http://127.0.0.1:{server.port}/", *MODELS[model], "-r", "10",
                         "-d", "2s")
        counts, _ = check_identities(part)
        check(counts["ok"] == counts["intended"] == 20, f"{model}: {counts}")
        check(counts["connections_opened"] >= 20, f"{model}: {counts}")
        read = server.has_read(before + 20) - before
        check(read == 20, f"{model}: the server read {read}")
    server.close()


def refused():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    for model, options in MODELS.items():
        status, part, _ = run(f"http://127.0.0.1:{port}/", *options)
        counts, kinds = check_identities(part)
        check(status == 3, f"{model}: exit status {status}, not 3")
        check(kinds["connect"] == counts["intended"] > 0, f"{model}: {kinds}")
        if model == "open":
            check(counts["intended"] == 100, f"intended {counts['intended']}")
        if model.startswith("closed"):
            check(counts["intended"] < 60, f"{model}: spins on a dead server: {counts}")


def queue_full():
    """A server that accepts nobody: connecting takes for ever, and is no request's sending."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        try:
            filler.connect(("127.0.0.1", port))
        except BlockingIOError:
            pass
    time.sleep(0.1)
    for model in ("open", "paced", "closed"):
        status, part, _ = run(f"http://127.0.0.1:{port}/", *MODELS[model], "--timeout", "100ms")
        counts, kinds = check_identities(part)
        check(status == 3, f"{model}: exit status {status}")
        check(kinds["timeout_unsent"] == counts["intended"] > 0, f"{model}: {kinds}")
    for filler in fillers:
        filler.close()
    listener.close()


def overloaded():
    """An open loop at five times what the server can do ends one time-out after its window."""
    def slow(sock, n):
        time.sleep(0.02)
        sock.sendall(RESPONSE)
        return True

    server = Server(slow)
    start = time.monotonic()
    _, part, _ = run(f"http://127.0.0.1:{server.port}/", "-r", "1000", "-d", "1s", "-c", "4",
                     "--timeout", "300ms")
    took = time.monotonic() - start
    counts, kinds = check_identities(part)
    check(counts["intended"] == 1000, f"{counts}")
    check(kinds["timeout_unsent"] + kinds["timeout"] > 500, f"{kinds}")
    check(took < 2.2, f"took {took:.1f} s")
    check(server.has_read(counts["sent"]) == counts["sent"],
          f"the server read {server.read}: {counts}")
    server.close()


def sparse():
    """Rates so low that most threads, or all, have nothing to send."""
    server = Server(plain)
    url = f"http://127.0.0.1:{server.port}/"
    start = time.monotonic()
    for options, expected in (
        (("-r", "1", "-d", "300ms", "-c", "8", "-t", "4"), 1),
        (("-r", "1", "-d", "300ms", "-c", "8", "-t", "4", "--model", "paced"), 1),
        (("-r", "0.001rps", "-d", "300ms", "-c", "2", "-t", "2", "--arrivals", "poisson"), 0),
    ):
        status, part, _ = run(url, *options)
        counts, _ = check_identities(part)
        check(status == 0 and counts["intended"] == counts["ok"] == expected,
              f"{options}: status {status}, {counts}")
    check(server.read == 2, f"the server read {server.read}")
    check(time.monotonic() - start < 3, f"took {time.monotonic() - start:.1f} s")
    server.close()


def interrupted():
    for model in ("open", "paced", "closed"):
        server = Server(never if model != "open" else plain)
        status, part, _ = run(f"http://127.0.0.1:{server.port}/", *MODELS[model], "-d", "30s",
                              interrupt_after=0.6)
        counts, _ = check_identities(part)
        check(status == 130, f"{model}: exit status {status}")
        check(part.get("interrupted") is True, f"{model}: the part does not say so")
        if model != "open":
            check(counts["unfinished"] > 0, f"{model}: {counts}")
        # Closing resets a connection whose answer was not read: with it, a request may go
        # that lay unread in the server's kernel.
        read = server.has_read(counts["sent"])
        check(counts["sent"] - counts["unfinished"] <= read <= counts["sent"],
              f"{model}: the server read {read}: {counts}")
        server.close()


EXTRAS = {
    "idle connections": idle,
    "refused": refused,
    "queue full": queue_full,
    "overloaded": overloaded,
    "sparse": sparse,
    "interrupted": interrupted,
}


def main(wanted):
    failed = 0
    passed = 0
    cases = [(f"{name} · {model}", lambda n=name, m=model: scenario(n, m))
             for name in SCENARIOS for model in MODELS]
    cases += EXTRAS.items()
    for title, case in cases:
        if wanted and not any(word in title for word in wanted):
            continue
        try:
            case()
            passed += 1
        except AssertionError as error:
            failed += 1
            print(f"FAILED {title}: {error}")
    print(f"load-errors: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
