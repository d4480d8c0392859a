"""The signals by which a user ends a recording early: Ctrl-C, SIGTERM, a terminal that goes away."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NoReturn

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def heard(receive: Callable[[int], object]) -> Iterator[None]:
    """Hand these signals to ``receive``; those that are ignored (nohup, a shell's &) stay so."""
    if threading.current_thread() is not threading.main_thread():  # there, whoever runs us handles signals
        yield
        return
    numbers = [number for number in STOPS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda found, _: receive(found)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Stop:
    """What was received so far. A signal that comes again insists: a SIGTERM behind a Ctrl-C does not, as that is what
    the death of a parent sends that had the Ctrl-C too."""

    def __init__(self) -> None:
        self._received: Counter[int] = Counter()

    def __bool__(self) -> bool:
        return bool(self._received)

    @property
    def insists(self) -> bool:
        return any(times > 1 for times in self._received.values())

    def receive(self, number: int) -> None:
        self._received[number] += 1


@contextlib.contextmanager
def politely() -> Iterator[Stop]:
    """A Stop that is set by the first signal; one that insists ends the program (SystemExit)."""
    stop = Stop()

    def receive(number: int) -> None:
        stop.receive(number)
        if stop.insists:
            _end(number)

    with heard(receive):
        yield stop


def _end(number: int) -> NoReturn:
    raise SystemExit(128 + number)
