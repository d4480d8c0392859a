"""Calls in a trace of events: spans of time on a thread, of which the longer ones hold the shorter ones.

A span is an ``X`` event with its duration, or a ``B`` event with the ``E`` event that ends it. What a span's children
do not cover is its own time. By the "Trace Event Format" an ``E`` needs no name, events may stand in any order, and
those of the same time are in the order of the file. Times are microseconds with up to three decimals: here they are
whole nanoseconds.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from resq_flame.fold.documents.json_document import number
from resq_flame.fold.documents.json_tables import called, text
from resq_flame.fold.ledger import Ledger
from resq_flame.folded import Number

PHASES = ("X", "B", "E")

ThreadId = tuple[str, str]
"""Process and thread."""

_Event = tuple[int, int, dict[str, Any]]
"""When, at which place in the file, and what."""


class Span(NamedTuple):
    """A call, in nanoseconds; its place among the events settles which of two equal ones is the caller."""

    start: int
    end: int
    place: int
    name: str


@dataclass(slots=True)
class _Open:
    """A span whose end was not reached yet, with what of its time is its own."""

    end: int
    frames: tuple[str, ...]
    own: int


def spans_by_thread(events: list[dict[str, Any]], lines: bool | None, ledger: Ledger) -> dict[ThreadId, list[Span]]:
    """The calls on each thread. The ledger learns of ends without a beginning, and of beginnings without an end."""
    threads: dict[ThreadId, list[_Event]] = defaultdict(list)
    for place, event in enumerate(events):
        if event.get("ph") in PHASES:
            threads[thread_of(event)].append((nanoseconds(event.get("ts"), "ts"), place, event))
    found = {}
    for thread, entries in threads.items():
        entries.sort(key=lambda entry: entry[:2])
        found[thread] = list(_spans(entries, lines, ledger))
    return found


def thread_of(event: dict[str, Any]) -> ThreadId:
    """Process and thread of an event; both are numbers, or texts (some producers name them so)."""
    pid, tid = event.get("pid"), event.get("tid")
    return str(pid) if isinstance(pid, int | str) else "", str(tid) if isinstance(tid, int | str) else ""


def own_times(spans: list[Span], ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    """The stacks of one thread, root first and each once, and the microseconds that it was on top.

    A span that outlasts the one it began in is cut there: on one thread that cannot be. The ledger learns of it.
    """
    opened: list[_Open] = []
    own: Counter[tuple[str, ...]] = Counter()
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.place)):
        _end(opened, span.start, own)
        end = span.end
        if opened:
            if end > opened[-1].end:
                ledger.drop("ends of events that outlast the one they began in", microseconds(end - opened[-1].end))
                end = opened[-1].end
            opened[-1].own -= end - span.start
        frames = opened[-1].frames if opened else ()
        opened.append(_Open(end, (*frames, span.name), end - span.start))
    _end(opened, None, own)
    for stack, lasted in own.items():
        yield stack, microseconds(lasted)


def nanoseconds(found: object, what: str) -> int:
    """A time of the trace. Raises ProfileError where it is no number, under the name ``what``."""
    return round(
        found * 1000 if isinstance(found, float) and math.isfinite(found * 1000) else number(found, what) * 1000
    )


def microseconds(time: int) -> Number:
    """Nanoseconds as a weight."""
    from decimal import Decimal

    return time // 1000 if time % 1000 == 0 else Decimal(time).scaleb(-3)


def _end(opened: list[_Open], now: int | None, own: Counter[tuple[str, ...]]) -> None:
    """Take off what has ended by ``now``, and add up its own time; None is the end of all."""
    while opened and (now is None or opened[-1].end <= now):
        span = opened.pop()
        if span.own > 0:
            own[span.frames] += span.own


def _spans(entries: list[_Event], lines: bool | None, ledger: Ledger) -> Iterator[Span]:
    """The spans of one thread's events, which are in the order of time. None of them is without duration."""
    begun: list[_Event] = []
    for at, place, event in entries:
        if event["ph"] == "X":
            lasted = nanoseconds(event.get("dur", event.get("tdur", 0)), "dur")
            if lasted > 0:
                yield Span(at, at + lasted, place, _name(event, lines))
        elif event["ph"] == "B":
            begun.append((at, place, event))
        else:
            depth = _begun(begun, event.get("name"))
            if depth is None:
                ledger.drop("ends of events that had not begun")
            else:
                yield from _until(begun[depth:], at, lines)
                del begun[depth:]
    if begun:
        ledger.note(f"{len(begun)} events have no end: each lasts to the last event of its thread")
        yield from _until(begun, entries[-1][0], lines)


def _begun(begun: list[_Event], name: object) -> int | None:
    """Which of the events that began last an end is of: the last one of its name, any without a name."""
    for depth in range(len(begun) - 1, -1, -1):
        if name is None or begun[depth][2].get("name") == name:
            return depth
    return None


def _until(begun: list[_Event], end: int, lines: bool | None) -> Iterator[Span]:
    for at, place, event in begun:
        if end > at:
            yield Span(at, end, place, _name(event, lines))


def _name(event: dict[str, Any], lines: bool | None) -> str:
    """The name; py-spy and Hermes have file and line among the arguments."""
    args = event.get("args")
    where = args if isinstance(args, dict) else {}
    return called(
        text(event.get("name")) or "(unnamed)", where.get("filename") or where.get("url"), where.get("line"), lines
    )
