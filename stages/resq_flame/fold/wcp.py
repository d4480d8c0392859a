"""The report of wallClockProfiler, which samples by gdb: its full stacks.

By wallClockProfiler.cpp (github.com/jasonrohrer/wallClockProfiler) and FlameGraph's stackcollapse-wcp.pl:

    Full stacks  (sorted by number of samples)
    99.791% ===================================== (17194 samples)
           1: poll__YNjd8fE6xG8CRNwfLnrx0g_2   (at /srv/nim-chronos/chronos/asyncloop.nim:343)
           2: main   (at /srv/app/main.nim:20)

The leaf comes first. --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^\s*\d+\.\d+% =+ \(\d+ samples\)\s*$", re.MULTILINE)
_STACKS = re.compile(r"\s*Full stacks")
_BEGINS = re.compile(r"\s*\d+\.\d+% =+ \((\d{1,30}) samples\)\s*")
_FRAME = re.compile(r"\s*\d+: (?P<name>.*?)\s*(?:\(at (?P<file>.*?)(?::(?P<line>\d+))?\))?\s*")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, _ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The samples of each stack, root first. The functions listed before them are the same samples again."""
    within, count = False, 0
    frames: list[str] = []
    for line in lines(stream):
        if _STACKS.match(line):
            within, count, frames = True, 0, []
        elif within and (begins := _BEGINS.fullmatch(line)):
            if frames:
                yield frames[::-1], count
            count, frames = int(begins[1]), []
        elif count and (frame := _FRAME.fullmatch(line)):
            frames.append(_name(frame, bool(options.lines)))
    if frames:
        yield frames[::-1], count


def _name(found: re.Match[str], lines: bool) -> str:
    return (
        located(found["name"], found["file"], int((found["line"] or "0")[:9]))
        if lines and found["file"]
        else found["name"]
    )
