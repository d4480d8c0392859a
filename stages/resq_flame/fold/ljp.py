"""The Lightweight Java Profiler's traces.txt.

By lightweight-java-profiler, src/display.cc, and FlameGraph's stackcollapse-ljp.awk; the number of samples, the number
of frames, and the frames with the leaf first:

    42 3  my_func_b(prog.java:455)
          my_func_a(prog.java:123)
          java.lang.Thread.run(Thread.java:744)
    Total trace count = 42

--lines keeps file and line.
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

_CALL = r"(?P<method>[\w$.<>/]+)\((?P<file>[^():]*)(?::(?P<line>-?\d+))?\)\s*"
_BEGINS = re.compile(rf"\s*(?P<count>\d{{1,30}})\s+(?P<depth>\d+)\s+{_CALL}")
_FRAME = re.compile(rf"\s+{_CALL}")
_SNIFF = re.compile(
    rb"\s*\d+\s+\d+\s+[\w$.<>/]+\([^()\n]*\)[ \t\r]*\n(?:\s+[\w$.<>/]+\([^()\n]*\)|\s*\d+\s+\d+\s|\s*Total)"
)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The samples of each stack, root first."""
    frames: list[str] = []
    count = 0
    for line in lines(stream):
        if begins := _BEGINS.fullmatch(line):
            if frames:
                yield frames[::-1], count
            frames, count = [_name(begins, bool(options.lines))], int(begins["count"])
        elif frames and (frame := _FRAME.fullmatch(line)):
            frames.append(_name(frame, bool(options.lines)))
        elif line.strip() and not line.lstrip().startswith("Total"):
            ledger.drop("lines that are no frame")
    if frames:
        yield frames[::-1], count


def _name(found: re.Match[str], lines: bool) -> str:
    return located(found["method"], found["file"], int((found["line"] or "0")[:9])) if lines else found["method"]
