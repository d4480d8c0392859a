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
``f(level,left,width,type,'name')``. The weight is the width, the number of samples or what the event counts; the frame
``all`` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import SECOND, Ledger, ProfileError
from resq_flame.fold.options import Options

_SNIFF = re.compile(rb"\s*<!DOCTYPE html>", re.IGNORECASE)
_NAME = re.compile(r"'(?P<name>(?:[^'\\]|\\.)*)',?")
_CALL = re.compile(r"(?P<what>[fun])\((?P<numbers>\d{1,15}(?:,\d{0,15})*)\)")
_OLD_CALL = re.compile(r"f\((?P<level>\d{1,15}),\d+,(?P<width>\d{1,15}),\d+,'(?P<name>(?:[^'\\]|\\.)*)'.*\)")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head)) and b"async-profiler" in head and b"<canvas" in head


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each stack, root first. Raises ProfileError for a page without such data."""
    for frames, weight in call_tree.of_total(_rows(stream), ledger):
        if frames[1:]:
            yield frames[1:], weight
        else:
            ledger.drop("samples without a frame", weight)


def _rows(stream: BinaryIO) -> Iterator[Row]:
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
