"""GHC's time and allocation profile (``+RTS -p``, ``-P`` with ticks and bytes, ``-pj`` in JSON).

By the GHC 9 user's guide, "Cost centres and cost-centre stacks", and rts/ProfilerReport.c, ProfilerReportJson.c:

    \ttotal time  =        0.02 secs   (23 ticks @ 1000 us, 1 processor)
    \ttotal alloc =  59,542,424 bytes  (excludes profiling overheads)

    COST CENTRE   MODULE   SRC             no.   entries  %time %alloc   %time %alloc  ticks     bytes
    MAIN          MAIN     <built-in>      337         0    0.0    0.0   100.0  100.0      0       640
     CAF          Main     <entire-module> 532         0    0.0    0.0     0.0    0.0      0        32

Depth is the indentation, the weight the row's own. --sample-type is ``time`` (microseconds, the default), ``ticks`` or
``bytes``; without the columns of ``-P`` they are percentages of the totals above, in steps of a thousandth of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_UNITS = {"time": "microseconds", "ticks": "ticks", "bytes": "bytes"}
_SNIFF = re.compile(rb"\s[^\n]*Time and Allocation Profiling Report")
_TICKS = re.compile(r"\s*total time +=.*\((\d+) ticks @ (\d+) us")
_ALLOC = re.compile(r"\s*total alloc += *([\d,]+) bytes")
_TITLES = re.compile(
    r"COST CENTRE +MODULE +SRC +no\. +entries +%time +%alloc +%time +%alloc(?P<exact> +ticks +bytes)?\s*"
)
# The source location may hold blanks (<no location info>); what follows it are numbers only.
_ROW = re.compile(
    r"(?P<indent> *)(?P<name>\S+) +(?P<module>\S+) +(?P<source>.*?) +\d+ +\d+ +(?P<time>\d+\.\d+) +(?P<alloc>\d+\.\d+)"
    r" +\d+\.\d+ +\d+\.\d+(?: +(?P<ticks>\d+) +(?P<bytes>\d+))?\s*"
)


def sniff(head: bytes) -> bool:
    if head.lstrip().startswith(b"{"):
        return b'"rts_arguments"' in head and b'"cost_centres"' in head
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The microseconds, ticks or bytes of each stack, root first. Raises ProfileError where the totals are missing."""
    chosen = options.sample_type or "time"
    if chosen not in _UNITS:
        raise OptionError(f"expected a sample type it has ({', '.join(_UNITS)}), found {chosen!r}")
    ledger.unit = _UNITS[chosen]
    text = lines(stream)
    first = next((line for line in text if line.strip()), "")
    if first.lstrip().startswith("{"):
        return call_tree.of_self(_json_rows("\n".join([first, *text]), chosen))
    return call_tree.of_self(_rows(text, chosen, ledger))


def _rows(text: Iterator[str], chosen: str, ledger: Ledger) -> Iterator[Row]:
    ticks = interval = allocated = 0
    titles = None
    for line in text:
        if found := _TICKS.match(line):
            ticks, interval = int(found[1][:30]), int(found[2][:30])
        elif found := _ALLOC.match(line):
            allocated = int(found[1].replace(",", "")[:30] or 0)
        elif titles is None:
            titles = _TITLES.fullmatch(line)
            if titles and not titles["exact"]:
                ledger.note("the weights are percentages with one decimal (+RTS -P prints them exactly)")
        elif row := _ROW.fullmatch(line):
            yield len(row["indent"]), f"{row['module']}.{row['name']}", _weight(row, chosen, ticks, interval, allocated)
        elif line.strip():
            ledger.drop("lines that are no cost centre")
    if titles is None:
        raise ProfileError('expected the table "COST CENTRE MODULE SRC no. entries", found none: cut short?')


def _weight(row: re.Match[str], chosen: str, ticks: int, interval: int, allocated: int) -> Number:
    if chosen == "bytes":
        return int(row["bytes"][:30]) if row["bytes"] else _share(row["alloc"], allocated)
    counted = int(row["ticks"][:30]) if row["ticks"] else _share(row["time"], ticks)
    return counted * interval if chosen == "time" else counted


def _share(percent: str, whole: int) -> Number:
    part = Decimal(percent[:30]) * whole / 100
    return int(part) if part == int(part) else part


def _json_rows(text: str, chosen: str) -> Iterator[Row]:
    try:
        said = json.loads(text)
        centres = {entry["id"]: f"{entry['module']}.{entry['label']}" for entry in said["cost_centres"]}
        interval = int(said["tick_interval"])
        waiting: list[tuple[int, Any]] = [(0, said["profile"])]
        while waiting:
            depth, node = waiting.pop()
            weight = int(node["alloc"]) if chosen == "bytes" else int(node["ticks"])
            yield depth, centres[node["id"]], weight * interval if chosen == "time" else weight
            waiting += [(depth + 1, child) for child in reversed(node["children"])]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProfileError(f"expected the JSON of +RTS -pj, found it damaged or cut short ({error})") from None
