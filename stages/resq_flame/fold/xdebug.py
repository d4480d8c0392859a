"""Xdebug's function traces of PHP, in the computer-readable form (``xdebug.trace_format=1``).

By xdebug.org/docs/trace, "Trace file formats", of Xdebug 3; tabs between level, number of the call, 0 for its entry and
1 for its exit, seconds, bytes, and of an entry name, whether it is the user's, and file:

    TRACE START [2007-05-06 18:29:01]
    1\t0\t0\t0.010870\t114112\t{main}\t1\t\t../trace.php\t0
    2\t1\t0\t0.032009\t114272\tstr_split\t0\t\t../trace.php\t8
    2\t1\t1\t0.032073\t116632

The weight is microseconds: the time between two lines belongs to the call that is open then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^(?:Version: [^\n]*\n)?(?:File format: [^\n]*\n)?TRACE START \[", re.MULTILINE)
_PLAIN = re.compile(r" +\d+\.\d+ +\d+ +-> ")
_INCLUDES = ("include", "include_once", "require", "require_once", "eval")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The microseconds of each stack, root first. Raises ProfileError for a trace of another form."""
    ledger.unit = "microseconds"
    path: list[str] = []
    before = Decimal(0)
    for number, line in enumerate(lines(stream), 1):
        cells = line.split("\t")
        if len(cells) < 4 or not cells[0].isdecimal():
            if _PLAIN.match(line):
                raise ProfileError(f"{number}: expected a trace made with xdebug.trace_format=1, found one for people")
            continue
        if cells[2] == "R":  # the returned value, which took no time
            continue
        now = _seconds(cells[3])
        if now is None or cells[2] not in ("0", "1"):
            ledger.drop("lines of another form")
            continue
        if path and now > before:
            yield [*path], _microseconds(now - before)
        before = now
        # By the level, so that the exits that a cut or filtered trace lacks do no harm.
        del path[max(int(cells[0][:6]) - 1, 0) :]
        if cells[2] == "0":
            path.append(_name(cells))
    if path:
        ledger.note("the trace ends within a call: cut short?")


def _seconds(cell: str) -> Decimal | None:
    try:
        seconds = Decimal(cell[:40])
    except InvalidOperation:
        return None
    return seconds if seconds.is_finite() and abs(seconds) < 10**12 else None


def _microseconds(seconds: Decimal) -> Number:
    lasted = seconds * 1_000_000
    return int(lasted) if lasted == int(lasted) else round(lasted, 3)


def _name(cells: list[str]) -> str:
    """The function, and of an include the file that it reads."""
    name = cells[5] if len(cells) > 5 else ""
    file = base_name(cells[7].strip("'")) if name in _INCLUDES and len(cells) > 7 else ""
    return f"{name} ({file})" if file else name or "(unnamed)"
