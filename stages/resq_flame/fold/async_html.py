"""async-profiler's flame graph in HTML.

By async-profiler 4.1, src/flameGraph.cpp and res/flame.html (version 3 has the same); its data are a pool of names,
each with the number of characters that it shares with the one before (as a character, from a blank on), and calls:

    const cpool = [
    'all',
    ' InstanceKlass::initialize_impl',
    '"terpreterRuntime::_new'
    ];
    n(3,793)
    u(89,487)
    f(121,1,161,306)

``f(key,level,left,width)`` is a frame whose name is ``cpool[key >>> 3]``, ``u(key,width)`` one above the last and
``n(key,width)`` one beside it; a width that is missing is the last one's. Version 2 had calls like
``f(level,left,width,type,'name')``. The weight is the width, the number of samples or, where the heading says so
(``<h1>Wall clock profile (ns)</h1>``), nanoseconds or bytes; the frame ``all`` is left out. A graph with its leaves at
the root (``reverse``) is turned round: version 3 says so (``let reverse = true``), version 4 only that it is drawn the
other way, which it does of ``inverted`` too, so that there the ends tell where threads begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from resq_flame.fold.documents import json_in_page
from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import SECOND, Ledger, ProfileError
from resq_flame.fold.options import Options

_NAME = re.compile(r"'(?P<name>(?:[^'\\]|\\.)*)',?")
_CALL = re.compile(r"(?P<what>[fun])\((?P<numbers>\d{1,15}(?:,\d{0,15})*)\)")
_OLD_CALL = re.compile(r"f\((?P<level>\d{1,15}),\d+,(?P<width>\d{1,15}),\d+,'(?P<name>(?:[^'\\]|\\.)*)'.*\)")


_THREAD = re.compile(r"\[(?:.* )?tid=\d+\]")  # with -t, at the root of a reversed graph too
_ENTRY = re.compile(r"start_thread|clone3?|_?thread_start|_start|java/lang/Thread\.run\w*|\S+\.main")
_SAID = re.compile(r"<h1>.*\((?P<unit>ns|bytes)\)</h1>|\blet (?P<way>reverse|inverted) = true;")
_UNITS = {"ns": "nanoseconds", "bytes": "bytes"}


@dataclass(slots=True)
class _Page:
    """What a page says of its graph before it draws it."""

    unit: str = "samples"
    reverse: bool = False
    inverted: bool = False

    def hear(self, said: re.Match[str]) -> None:
        if said["unit"]:
            self.unit = _UNITS[said["unit"]]
        else:
            self.reverse, self.inverted = said["way"] == "reverse", said["way"] == "inverted"


def sniff(head: bytes) -> bool:
    return json_in_page.is_page(head) and b"async-profiler" in head and b"<canvas" in head


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each stack, root first. Raises ProfileError for a page without such data."""
    page = _Page()
    stacks = [(frames[1:], weight) for frames, weight in call_tree.of_total(_rows(stream, page), ledger)]
    ledger.unit = page.unit
    reverse = page.reverse or (page.inverted and _ends_in_entries(stacks))
    if reverse:
        ledger.note("drawn with its leaves at the root (reverse): turned round")
    for frames, weight in stacks:
        if frames:
            threads = 1 if _THREAD.fullmatch(frames[0]) else 0
            yield [*frames[:threads], *frames[threads:][::-1]] if reverse else frames, weight
        else:
            ledger.drop("samples without a frame", weight)


def _ends_in_entries(stacks: list[Sample]) -> bool:
    """Whether functions that threads begin with are rather the last frames than the first."""
    first = last = Decimal(0)
    for frames, weight in stacks:
        own = frames[1:] if frames and _THREAD.fullmatch(frames[0]) else frames
        if len(own) > 1:
            first += weight if _ENTRY.fullmatch(own[0]) else 0
            last += weight if _ENTRY.fullmatch(own[-1]) else 0
    return last > first


def _rows(stream: BinaryIO, page: _Page) -> Iterator[Row]:
    names: list[str] = []
    level = width = count = 0
    pooling = False
    for line in lines(stream):
        if line.startswith("const cpool"):
            if names:
                raise ProfileError(SECOND)
            pooling = True
        elif pooling and (found := _NAME.fullmatch(line)):
            names.append(_unpacked(_unescaped(found["name"]), names))
        elif pooling and line.startswith("]"):
            pooling = False
        elif call := _CALL.fullmatch(line):
            key, level, width = _frame(call["what"], call["numbers"].split(","), level, width)
            if key >> 3 >= len(names):
                raise ProfileError(f"expected one of its {len(names)} names, found number {key >> 3}: damaged?")
            yield level, names[key >> 3], width
            count += 1
        elif said := _SAID.search(line):
            page.hear(said)
        elif old := _OLD_CALL.fullmatch(line.strip()):
            yield int(old["level"]), _unescaped(old["name"]), int(old["width"])
            count += 1
    if not count:
        raise ProfileError("expected the calls that draw a flame graph, found none: cut short, or a heat map?")


def _frame(what: str, numbers: list[str], level: int, width: int) -> tuple[int, int, int]:
    """Key, level and width of a frame, given the level and width of the one before."""
    values = [int(number or 0) for number in [*numbers, "", "", ""][:4]]
    if what == "f":
        return values[0], values[1], values[3] or width
    return values[0], level + 1 if what == "u" else level, values[1] or width


def _unpacked(packed: str, names: list[str]) -> str:
    if not names:
        return packed
    return names[-1][: max(ord(packed[0]) - 32, 0)] + packed[1:] if packed else ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
