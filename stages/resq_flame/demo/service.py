"""A small service that spends its time in a known way: hash_rows 60 %, render_template 30 %, parse_body 10 %.

The three do the same arithmetic 600, 300 and 100 times a request, so the split holds on any machine and any Python.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import os
import sys
import threading
import time
from collections import Counter
from types import FrameType
from urllib.parse import parse_qs, urlsplit

UNIT = 100
"""Rounds of arithmetic in a hundredth of a request; a request takes some milliseconds."""

ROUNDS = {"hash_rows": 60 * UNIT, "render_template": 30 * UNIT, "parse_body": 10 * UNIT}
"""Of each function in a request."""


def hash_rows(rows: int) -> int:
    digest = 7
    for row in range(rows):
        digest = (digest * 31 + row) & 0xFFFFFFFF
    return digest


def render_template(parts: int) -> int:
    length = 7
    for part in range(parts):
        length = (length * 17 + part) & 0xFFFFFFFF
    return length


def parse_body(tokens: int) -> int:
    state = 7
    for token in range(tokens):
        state = (state * 13 + token) & 0xFFFFFFFF
    return state


class OrderService:
    def create(self) -> int:
        order = parse_body(ROUNDS["parse_body"])
        self.store(order)
        return self.respond(order)

    def store(self, order: int) -> int:
        return order ^ hash_rows(ROUNDS["hash_rows"])

    def respond(self, order: int) -> int:
        return order ^ render_template(ROUNDS["render_template"])


def handle_request(service: OrderService) -> int:
    return service.create()


def serve(service: OrderService, end: float) -> None:
    """One request after the other, without a pause, until the time is over."""
    while time.monotonic() < end:
        handle_request(service)


def sample(seconds: float, hertz: int = 100) -> bytes:
    """Folded stacks of all threads but this one, root first."""
    stacks: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for thread, frame in sys._current_frames().items():
            if thread != threading.get_ident():
                stacks[";".join(names(frame))] += 1
        time.sleep(1 / hertz)
    return "".join(f"{stack} {count}\n" for stack, count in stacks.items()).encode()


def names(frame: FrameType | None) -> list[str]:
    found = []
    while frame:
        found.append(f"{frame.f_code.co_name} ({os.path.basename(frame.f_code.co_filename)})")
        frame = frame.f_back
    return found[::-1]


def answer(path: str, key: str) -> tuple[int, bytes]:
    """GET /admin/profile?seconds=5 is for holders of `x-api-key: $ADMIN_API_KEY`."""
    url = urlsplit(path)
    if url.path == "/healthz":
        return 200, b"ok\n"
    if url.path != "/admin/profile":
        return 200, b"%d\n" % handle_request(OrderService())
    secret = os.environ.get("ADMIN_API_KEY", "")
    if not secret or not hmac.compare_digest(key.encode(), secret.encode()):
        return 401, b"unknown credential\n"
    seconds = float(parse_qs(url.query).get("seconds", ["5"])[0])
    return (200, sample(seconds)) if 0 < seconds <= 600 else (400, b"seconds\n")


def listen(port: int) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # slow to import, and seldom needed

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path, self.headers.get("x-api-key", ""))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Requests are not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)


def slow_down(slower: str) -> None:
    """``hash_rows=1.3``: that function has 1.3 times as much to do."""
    name, _, factor = slower.partition("=")
    if name not in ROUNDS:
        raise SystemExit(f"--slower: expected one of {', '.join(ROUNDS)}, found {name}")
    ROUNDS[name] = round(ROUNDS[name] * float(factor))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="how long to run (default: until killed)")
    parser.add_argument(
        "--port",
        type=int,
        help="also answer HTTP there; /healthz costs nothing, any other path a request (0: any free port)",
    )
    parser.add_argument("--slower", metavar="NAME=FACTOR", help="a function that takes longer, such as hash_rows=1.3")
    options = parser.parse_args()
    if options.slower:
        slow_down(options.slower)
    if options.port is not None:
        listen(options.port)
    with contextlib.suppress(KeyboardInterrupt):
        serve(OrderService(), time.monotonic() + options.seconds)


if __name__ == "__main__":
    main()
