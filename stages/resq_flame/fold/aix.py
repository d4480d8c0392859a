"""AIX' procstack, often, as a poor man's profiler (FlameGraph's aix-perf.pl).

By IBM's AIX 7 commands reference, procstack, and FlameGraph's stackcollapse-aix.pl:

    15270118: ora_dbw0_ORCL
    ---------- tid# 25428159 (pthread ID:      1) ----------
    0x0900000000541b70  __fd_select(??, ??, ??, ??, ??) + 0x90
    0x0000000100036558  main(??, ??, ??) + 0x98

One stack is one sample, the leaf first; the root frame is the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^\d+: \S[^\n]*\n(?:-{6,} tid# \d+[^\n]*\n)?0x[0-9a-f]{8,16} +\S", re.MULTILINE)
_HEADER = re.compile(r"\d+: (?P<command>\S+)|-{6,} tid# (?P<tid>\d+)")
_FRAME = re.compile(r"(?P<address>0x[0-9a-f]+) +(?P<symbol>\S.*?)(?: \+ 0x[0-9a-f]+)?\s*$")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, _ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread, root first."""
    root: list[str] = []
    for header, found in blocks(stream, _HEADER, _FRAME):
        if header and header["command"]:
            root = [header["command"]]
        thread = [f"thread {header['tid']}"] if header and header["tid"] and options.threads else []
        if found:
            yield root + thread + [_name(frame) for frame in reversed(found)], 1


def _name(frame: re.Match[str]) -> str:
    """The function; an address where procstack says ``[unknown]`` or the like."""
    symbol = frame["symbol"]
    return frame["address"] if symbol.startswith("[") else symbols.tidy(symbol)[0]
