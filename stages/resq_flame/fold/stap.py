"""SystemTap's print_backtrace() or print_ubacktrace(), each stack with its count below.

By SystemTap 4.8, runtime/sym.c (_stp_print_addr), and FlameGraph's stackcollapse-stap.pl:

     0xffffffff8103ce3b : native_safe_halt+0xb/0x10 [kernel]
     0xffffffff81013236 : cpu_idle+0xd6/0x120 [kernel]
     0xffffffff81aebbfe : start_kernel+0x3ba/0x3c5 [kernel]
        2404

The leaf comes first. Where there is no symbol, the frame is its module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^ *0x[0-9a-f]{6,16} : [^\n]+\+0x[0-9a-f]+/0x[0-9a-f]+", re.MULTILINE)
_COUNT = re.compile(r"\s*(\d{1,30})\s*")
_FRAME = re.compile(
    r"\s*(0x[0-9a-f]+)(?: : (?P<symbol>.+?)(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?)?"
    r"(?: \[(?P<module>[^\]]*?)(?:\+0x[0-9a-f/x]+)?\])?(?: \(inexact\))?\s*"
)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The count of each stack, root first."""
    ledger.unit = "count"
    frames: list[str] = []
    for line in lines(stream):
        if count := _COUNT.fullmatch(line):
            if frames:
                yield frames[::-1], int(count[1])
            frames = []
        elif found := _FRAME.fullmatch(line):
            unknown = f"[{base_name(found['module'])}]" if found["module"] else found[1]
            frames += reversed(symbols.tidy(found["symbol"])) if found["symbol"] else [unknown]
        elif line.strip():
            ledger.drop("lines that are no frame and no count")
    if frames:
        ledger.drop("stacks without a count: cut short?")
