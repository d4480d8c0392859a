"""Burns CPU: 60 % in hash_rows, 30 % in render_template, 10 % in parse_body."""

import time

END = time.monotonic() + 60


def hash_rows() -> None:
    until = time.process_time() + 0.012
    while time.process_time() < until:
        pass


def render_template() -> None:
    until = time.process_time() + 0.006
    while time.process_time() < until:
        pass


def parse_body() -> None:
    until = time.process_time() + 0.002
    while time.process_time() < until:
        pass


def handle() -> None:
    parse_body()
    hash_rows()
    render_template()


while time.monotonic() < END:
    handle()
