"""``go tool pprof -traces``: each sample with its stack, as text.

By pprof's internal/report/report.go (printTraces) of Go 1.26; labels and the size of a heap's objects stand first, the
leaf is on the line of the value:

    File: app
    Type: cpu
    Duration: 3.03s, Total samples = 350ms (11.55%)
    -----------+-------------------------------------------------------
          tier:  x
          50ms   main.(*Cart[go.shape.int]).Total
                 main.main.func1
                 main.main
    -----------+-------------------------------------------------------

A value is rounded to a unit that suits it, so that sums differ from the profile's; nanoseconds and bytes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import PLACED, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_RULE = re.compile(r"-+\+-+")
_SNIFF = re.compile(rb"(?:[^\n]{1,200}\n){0,30}?Type: \S+\r?\n(?:[^\n]{1,200}\n){0,9}?-{9,}\+-{20,}\r?\n +\S")
_TYPE = re.compile(r"Type: (\S+)")
_LABEL = re.compile(r" *\S+: .*")
_VALUE = re.compile(r" *(?P<number>-?\d{1,18}(?:\.\d{1,9})?)(?P<unit>[^\W\d]*) {3}(?P<frame>\S.*)")
_FRAME = re.compile(r" {13}(?P<frame>\S.*)")
_TIMES = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "mins": 60 * 10**9, "hrs": 3600 * 10**9}
_SIZES = {"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40, "PB": 1 << 50}
_ADDRESS = re.compile(r"^[0-9a-f]{16} (?=\S)")  # of -addresses
_INLINE = re.compile(r" \((?:partial-)?inline\)$")


def sniff(head: bytes) -> bool:
    return b"Showing nodes accounting for" not in head and bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The value of each sample and its stack, root first."""
    ledger.unit = "count"
    ledger.note("values are rounded as they are printed (pprof -proto and -raw have them exactly)")
    frames: list[str] = []
    weight: Number = 0
    for line in lines(stream):
        if _RULE.fullmatch(line):
            yield from _sample(frames, weight, ledger)
            frames, weight = [], 0
        elif found := _TYPE.fullmatch(line):
            ledger.unit = "samples" if found[1] == "samples" else ledger.unit
        elif not frames and not _LABEL.fullmatch(line) and (found := _VALUE.fullmatch(line)):
            weight = _weight(found["number"], found["unit"], ledger)
            frames = [_name(found["frame"], options)]
        elif frames and (found := _FRAME.fullmatch(line)):
            frames.append(_name(found["frame"], options))
    yield from _sample(frames, weight, ledger)


def _weight(number: str, unit: str, ledger: Ledger) -> Number:
    for scale, name in ((_TIMES, "nanoseconds"), (_SIZES, "bytes")):
        if unit in scale:
            ledger.unit = name
            return round(Decimal(number) * scale[unit])
    return round(Decimal(number))


def _sample(frames: list[str], weight: Number, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    if frames and weight > 0:
        yield frames[::-1], weight
    elif frames:
        ledger.drop("samples of no weight" if not weight else "samples of negative weight", weight)


def _name(text: str, options: Options) -> str:
    """The function, with file and line where -lines printed them and they are wanted."""
    name = _ADDRESS.sub("", _INLINE.sub("", text))
    found = PLACED.fullmatch(name)
    if not found:
        return name
    return located(found["name"], found["file"], int(found["line"])) if options.lines else found["name"]
