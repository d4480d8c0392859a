"""async-profiler's most expensive stacks in text (``traces=N``).

By async-profiler 4.1, src/profiler.cpp (Profiler::dumpText); the leaf comes first:

    Total samples       : 793

    --- 3650000000 ns (46.03%), 365 samples
      [ 0] Work.hashRows
      [ 1] Work$Repo.call
      [ 7] Work.main

The weight is what the event counts: nanoseconds, bytes … (--sample-type samples counts those). The stacks beyond the
first N are not in the file; their samples are counted as left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger, OptionError
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^--- \d+ \S+ \(\d+\.\d+%\), \d+ samples?\s*\n +\[ *0\] ", re.MULTILINE)
_BEGINS = re.compile(
    r"--- (?P<weight>\d{1,30}) (?P<unit>\S+) \(\d+\.\d+%\), (?P<samples>\d{1,30}) samples?"
    r"|Total samples +: (?P<total>\d{1,30})"
)
_FRAME = re.compile(r"  ?\[ *\d+\] (?P<name>.+)")
_UNITS = {"ns": "nanoseconds", "total": "count"}


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The weight of each stack, root first. Raises OptionError for a weight that the file has not."""
    total = shown = 0
    for header, found in blocks(stream, _BEGINS, _FRAME):
        if header is None:
            ledger.drop("stacks without a weight: cut short?")
        elif header["total"]:
            total = int(header["total"])
        else:
            shown += int(header["samples"])
            ledger.unit = _UNITS.get(header["unit"], header["unit"])
            yield [frame["name"] for frame in reversed(found)], int(header[_group(options.sample_type, ledger)])
    if total > shown:
        ledger.note(f"has {shown} of {total} samples: the other stacks were not printed (traces=N)")


def _group(asked: str | None, ledger: Ledger) -> str:
    if asked == "samples":
        ledger.unit = "samples"
        return "samples"
    if asked not in (None, ledger.unit):
        raise OptionError(f"expected a sample type it has ({ledger.unit}, samples), found {asked!r}")
    return "weight"
