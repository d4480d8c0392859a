"""What pyinstrument prints: ``pyinstrument work.py``, and ``-r text``.

By pyinstrument 5.1.3, renderers/console.py:

      _     ._   __/__   _ _  _  _ _/_   Recorded: 22:49:00  Samples:  586
    1.006 <module>  work.py:1
    └─ 1.004 main  work.py:15
       ├─ 0.319 Shop.render  work.py:8
       │     [2 frames hidden]  <built-in>
       │  └─ 0.082 [self]  work.py
       └─ 0.144 parse  work.py:10

A time is of the function with all it calls, in seconds of three decimals; pyinstrument leaves out what takes less than
a thousandth of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from resq_flame.fold.graphs.call_tree import Row
from resq_flame.fold.names import frame_name

_SNIFF = re.compile(rb"^  _     \._   __/__ .*Recorded: ", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_ROW = re.compile(r"(?P<indent>[ │├└─|`-]*)(?P<time>\d{1,12}\.\d{3}) (?P<name>\S.*?)(?:  (?P<place>\S.*))?")
_SELF = "[self]"


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def rows(text: Iterable[str], lines: bool | None) -> Iterator[Row]:
    """The functions, callers first; a frame's own time is what its callees leave."""
    for line in text:
        found = _ROW.fullmatch(_COLOUR.sub("", line).rstrip())
        if found and found["name"] != _SELF:
            file, _, number = (found["place"] or "").rpartition(":")
            first = int(number) if file and number.isdecimal() and len(number) < 10 else 0
            place = file if first else found["place"] or ""
            yield (
                len(found["indent"]),
                frame_name.called(found["name"], place.strip("<>"), first, lines),
                Decimal(found["time"]),
            )
