"""Visual Studio's profiler, its call tree exported as CSV (CallTreeSummary.csv).

By Visual Studio 2015, from its reports (FlameGraph's stackcollapse-vsprof.pl, inferno's tests/data/collapse-vsprof):

    Level,Function Name,Number of Calls,Elapsed Inclusive Time %,Elapsed Exclusive Time %,Module
    0,"Raytracer.exe",0,100.00,0.00,"",
    1,"Raytracer.Tracer.TraceImage(int32)","2,893,824",54.37,4.21,"Raytracer.exe",

    Level,Function Name,Inclusive Samples,Exclusive Samples,Inclusive Samples %,Exclusive Samples %,Module Name,

The weight is the row's own: exclusive samples where there are some, else the number of calls, which is no time.
--sample-type names any other column, such as "Elapsed Exclusive Time %". The row of level 0 is the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents import table
from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options

_SNIFF = re.compile(rb"Level,Function Name,[^\n]*(?:Number of Calls|Samples)")
_SAMPLES, _CALLS = "Exclusive Samples", "Number of Calls"


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head.removeprefix(b"\xef\xbb\xbf")))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each stack, root first. Raises ProfileError for columns that no such export has."""
    text = lines(stream)
    titles = [title.strip() for title in table.cells(next(text, "").removeprefix("\ufeff")) if title.strip()]
    if titles[:2] != ["Level", "Function Name"]:
        raise ProfileError('1: expected the columns "Level" and "Function Name", found others')
    chosen = options.sample_type or (_SAMPLES if _SAMPLES in titles else _CALLS)
    if chosen not in titles[2:]:
        raise OptionError(f"expected a column it has ({', '.join(titles[2:])}), found {chosen!r}")
    if chosen == _CALLS:
        ledger.note(f"the weights are numbers of calls, not times (other columns: {', '.join(titles[3:])})")
    ledger.unit = _unit(chosen)
    rows = _rows(text, titles, chosen, ledger)
    return call_tree.of_total(rows, ledger) if "Inclusive" in chosen else call_tree.of_self(rows)


def _unit(title: str) -> str:
    if title.endswith("%"):
        return "percent"
    return "samples" if "Samples" in title else "calls" if title == _CALLS else "milliseconds"


def _rows(text: Iterator[str], titles: list[str], chosen: str, ledger: Ledger) -> Iterator[Row]:
    for _, row in table.rows(text, titles, ledger):
        weight = table.number(row[chosen])
        if weight is None or not row["Level"].isdecimal():
            ledger.drop(f'rows whose "Level" or "{chosen}" is no number')
        else:
            yield int(row["Level"][:9]), row["Function Name"], weight
