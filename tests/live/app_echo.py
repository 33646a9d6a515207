"""The sample server, spoken to over raw sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOOL = os.environ["MESHBENCH"]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class App:
    def __init__(self, *options):
        self.process = subprocess.Popen([TOOL, "app", "echo", "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, text=True)
        host, port = self.process.stdout.readline().split()[-1].rsplit(":", 1)
        self.address = (host, int(port))

    def connect(self):
        sock = socket.create_connection(self.address, 5)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def stats(self):
        _, _, body = self.ask(b"GET /stats HTTP/1.1\r\n\r\n")
        return json.loads(body)

    def ask(self, request):
        with self.connect() as sock:
            sock.sendall(request)
            return read_answer(sock)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=10)
        check(self.process.returncode == 0, f"exit status {self.process.returncode}")
        return json.loads(out.splitlines()[-1])


def check(condition, message="not as expected"):
    if not condition:
        raise AssertionError(message)


def read_answer(sock, head=False):
    """(status, header fields in lower case, body); None when the server closed instead."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(1)
        if not piece:
            check(data == b"", f"cut short: {data!r}")
            return None
        data += piece
    lines = data.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    length = 0 if head else int(fields.get("content-length", 0))
    body = b""
    while len(body) < length:
        piece = sock.recv(min(65536, length - len(body)))
        check(piece, "body cut short")
        body += piece
    return int(lines[0].split()[1]), fields, body


def closed(sock):
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def keeps_connections(app):
    with app.connect() as sock:
        for _ in range(3):
            sock.sendall(GET)
            status, fields, body = read_answer(sock)
            check(status == 200 and len(body) == 64 and "connection" not in fields)


def answers_head(app):
    with app.connect() as sock:
        sock.sendall(GET.replace(b"GET", b"HEAD"))
        status, fields, _ = read_answer(sock, head=True)
        check(status == 200 and fields["content-length"] == "64")
        sock.sendall(GET)
        check(read_answer(sock)[0] == 200, "a body followed the answer to HEAD")


def consumes_bodies(app):
    with app.connect() as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200000 + GET)
        check(read_answer(sock)[0] == 200)
        check(read_answer(sock)[0] == 200)
        sock.sendall(b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(40):
            sock.sendall(b"2000\r\n" + b"y" * 0x2000 + b"\r\n")
        sock.sendall(b"0\r\n\r\n")
        check(read_answer(sock)[0] == 200)


def answers_pipelined_requests(app):
    with app.connect() as sock:
        sock.sendall(GET * 5 + b"GET /?delay=20ms&status=404 HTTP/1.1\r\n\r\n" + GET)
        statuses = [read_answer(sock)[0] for _ in range(7)]
        check(statuses == [200] * 5 + [404, 200], f"{statuses}")


def reads_byte_by_byte(app):
    with app.connect() as sock:
        for byte in b"GET /?status=418 HTTP/1.1\r\nHost: somewhere\r\n\r\n":
            sock.sendall(bytes([byte]))
        check(read_answer(sock)[0] == 418)


def speaks_1_0(app):
    with app.connect() as sock:
        sock.sendall(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        check(read_answer(sock)[1]["connection"] == "keep-alive")
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        check(read_answer(sock)[1]["connection"] == "close" and closed(sock))


def closes_when_asked(app):
    with app.connect() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        check(read_answer(sock)[1]["connection"] == "close" and closed(sock))


def answers_a_half_closed_client(app):
    with app.connect() as sock:
        sock.sendall(GET)
        sock.shutdown(socket.SHUT_WR)
        check(read_answer(sock)[0] == 200 and closed(sock))


def refuses_what_is_not_http(app):
    for request, status in (
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET /" + b"a" * 2000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 200000, 431),
        (b"GET /?delay=often HTTP/1.1\r\n\r\n", 400),
        (b"GET /?size=99Gi HTTP/1.1\r\n\r\n", 400),
    ):
        with app.connect() as sock:
            try:
                sock.sendall(request)
                answer = read_answer(sock)
            except ConnectionResetError:
                continue  # it closed with some of the request unread
            check(answer is not None and answer[0] == status, f"{request[:40]!r}: {answer}")
            check(closed(sock), "not closed")


def sends_large_bodies(app):
    with app.connect() as sock:
        sock.sendall(b"GET /?size=20Mi HTTP/1.1\r\n\r\n")
        time.sleep(0.1)  # until the socket is full
        status, _, body = read_answer(sock)
        check(status == 200 and len(body) == 20 << 20 and set(body) == {ord("x")})


def delays(app):
    start = time.monotonic()
    check(app.ask(b"GET /?delay=100ms HTTP/1.1\r\n\r\n")[0] == 200)
    check(0.1 <= time.monotonic() - start < 0.5, "not after 100 ms")


def survives_clients_that_leave(app):
    before = app.stats()
    for _ in range(20):
        with app.connect() as sock:
            sock.sendall(b"GET /?delay=50ms HTTP/1.1\r\n\r\n")
    time.sleep(0.2)
    after = app.stats()
    check(after["received"] - before["received"] == 20, f"{before} {after}")


def counts(app):
    before = app.stats()
    for _ in range(7):
        app.ask(b"GET /?status=503 HTTP/1.1\r\n\r\n")
    after = app.stats()
    check(after["served"] - before["served"] == 7)
    check(after["statuses"]["503"] - before["statuses"].get("503", 0) == 7)


def mixes_statuses():
    app = App("--status", "503:30%", "--size", "0", "--threads", "2")
    with app.connect() as sock:
        statuses = []
        for _ in range(500):
            sock.sendall(GET)
            statuses.append(read_answer(sock)[0])
    check(100 <= statuses.count(503) <= 200, f"{statuses.count(503)} of 500")
    app.process.send_signal(signal.SIGUSR1)
    line = json.loads(app.process.stdout.readline())
    check(line["statuses"]["503"] == statuses.count(503), f"{line}")
    check(app.stop()["served"] == 500)


def logs_stalls_and_answers():
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        app = App("--stall", "50ms/200ms", "--delay", "constant:2ms", "--log", log, "--log-answers")
        slow = 0
        with app.connect() as sock:
            end = time.monotonic() + 1.05
            while time.monotonic() < end:
                start = time.monotonic()
                sock.sendall(GET)
                read_answer(sock)
                slow += time.monotonic() - start > 0.02
        total = app.stop()["served"]
        with open(log, encoding="ascii") as file:
            lines = [line.split("\t") for line in file]
    stalls = [line for line in lines if line[0] == "stall"]
    answers = [line for line in lines if line[0] == "answer"]
    check(4 <= len(stalls) <= 7, f"{len(stalls)} stalls")
    check(all(int(line[3]) >= 45_000_000 for line in stalls), f"{stalls}")
    check(len(answers) == total, f"{len(answers)} of {total} answers")
    check(all(int(line[3]) >= int(line[4]) == 2_000_000 for line in answers))
    check(abs(slow - len(stalls)) <= 1, f"{slow} slow answers, {len(stalls)} stalls")


SHARED = (keeps_connections, answers_head, consumes_bodies, answers_pipelined_requests,
          reads_byte_by_byte, speaks_1_0, closes_when_asked, answers_a_half_closed_client,
          refuses_what_is_not_http, sends_large_bodies, delays, survives_clients_that_leave,
          counts)


def main():
    app = App()
    failed = 0
    cases = [(case, (app,)) for case in SHARED] + [(mixes_statuses, ()), (logs_stalls_and_answers, ())]
    for case, arguments in cases:
        try:
            case(*arguments)
        except (AssertionError, OSError, TypeError) as error:
            failed += 1
            print(f"FAILED {case.__name__}: {error!r}")
    app.stop()
    print(f"app-echo: {len(cases) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
