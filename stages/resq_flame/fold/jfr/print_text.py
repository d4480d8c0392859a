"""The text that ``jfr print`` writes of a recording.

By OpenJDK 17, jdk/jfr/internal/tool/PrettyWriter.java: numbers are rounded, and a stack that is cut ends in dots.

    jdk.ObjectAllocationSample {
      startTime = 22:44:44.032
      weight = 18.7 MB
      eventThread = "main" (javaThreadId = 1)
      stackTrace = [
        java.util.concurrent.ConcurrentHashMap.initTable() line: 2301
        ...
      ]
    }
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.jfr import event
from resq_flame.fold.jfr.event import Event
from resq_flame.fold.jfr.print_json import note_of_depth
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options

_SNIFF = re.compile(rb"\s*[A-Za-z_][\w.]*\.\w+ \{\r?\n  startTime = ")
_START = re.compile(r"([A-Za-z_][\w.]*\.\w+) \{")
_VALUE = re.compile(r"  (\w+) = (.*)")
_FRAME = re.compile(r"    (?P<class>\S+)\.(?P<method>[^.\s(]+)\(.*?\)(?: line: (?P<line>\d{1,9}))?.*")
_THREAD = re.compile(r'"(.*)" \(.*')
_QUANTITY = re.compile(r"(\d{1,18}(?:[.,]\d{1,9})?) (\w+)")
_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9} | {
    "byte": 1,
    "bytes": 1,
    "kB": 1 << 10,
    "MB": 1 << 20,
    "GB": 1 << 30,
    "TB": 1 << 40,
}


@dataclass(slots=True)
class _Printed:
    """What was read of an event; frames are leaf first, None before its stack begins."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    frames: list[str] | None = None


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def events(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Event]:
    """The events with a stack."""
    deepest = 0
    printed: _Printed | None = None
    for line in lines(stream):
        if start := _START.fullmatch(line):
            printed = _Printed(start[1])
        elif printed and line == "}":
            if printed.frames is not None:
                deepest = max(deepest, len(printed.frames))
                yield _event(printed, options)
            printed = None
        elif printed:
            _read(printed, line, options)
    note_of_depth(deepest, ledger)


def _read(printed: _Printed, line: str, options: Options) -> None:
    if found := _VALUE.fullmatch(line):
        printed.values[found[1]] = found[2]
        printed.frames = [] if found[1] == "stackTrace" else printed.frames
    elif printed.frames is not None and (found := _FRAME.fullmatch(line)):
        owner = found["class"].replace(".", "/")
        printed.frames.append(event.frame(owner, found["method"], int(found["line"] or 0), lines=options.lines))


def _event(printed: _Printed, options: Options) -> Event:
    frames = (printed.frames or [])[::-1]
    if options.threads and frames:
        thread = _THREAD.fullmatch(printed.values.get("sampledThread") or printed.values.get("eventThread", ""))
        frames.insert(0, f"thread {thread[1] if thread else '(unknown)'}")
    source, unit = event.WEIGHTS.get(printed.name, event.DURATION if "duration" in printed.values else event.COUNT)
    weight = _quantity(printed.values.get(source, "")) if source else 1
    return Event(printed.name, frames, weight, unit, False)


def _quantity(text: str) -> int:
    """``18.7 MB`` in bytes, ``1 m 12 s`` in nanoseconds, ``12`` as it is."""
    if text.isdecimal():
        return int(text[:18])
    parts = _QUANTITY.findall(text)
    return round(sum(float(number.replace(",", ".")) * _UNITS.get(unit, 0) for number, unit in parts))
