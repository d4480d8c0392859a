"""What Instruments puts on the clipboard with Edit > Deep Copy: a call tree in tab-separated columns.

By Instruments 7, 13 and 16 (speedscope's sample/profiles/Instruments has copies of each):

    Running Time\tSelf (ms)\t\tSymbol Name
    4273.0ms   99.9%\t0\t \tstart
    2126.0ms   49.7%\t693\t \t  delta()

    Weight\tSelf Weight\t\tSymbol Name
    47.82 Gc   49.7%\t-\t \t         example_app::example_a::h622d6879b734496d

Depth is the indentation of the name. The weight is the column of self weights: milliseconds, or cycles; where there is
none (``Bytes Used``), what the printed, rounded weights of the callees leave of the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_SNIFF = re.compile(rb"[^\n]*\b(?:Weight|Running Time|Bytes Used)\b[^\n]*\tSymbol Names?\b")
_AMOUNT = re.compile(r"\s*(\d{1,30}(?:\.\d{1,9})?) ?([A-Za-z]*)\b.*")
_SELF = ("Self Weight", "Self (ms)")
_TOTAL = ("Weight", "Running Time", "Bytes Used")
_UNITS = {
    "": ("", Decimal(1)),
    "ns": ("milliseconds", Decimal("1e-6")),
    "µs": ("milliseconds", Decimal("1e-3")),
    "us": ("milliseconds", Decimal("1e-3")),
    "ms": ("milliseconds", Decimal(1)),
    "s": ("milliseconds", Decimal(1000)),
    "min": ("milliseconds", Decimal(60_000)),
    "h": ("milliseconds", Decimal(3_600_000)),
    "cycles": ("cycles", Decimal(1)),
    "Kc": ("cycles", Decimal(10**3)),
    "Mc": ("cycles", Decimal(10**6)),
    "Gc": ("cycles", Decimal(10**9)),
    "Bytes": ("bytes", Decimal(1)),
    "KB": ("bytes", Decimal(1 << 10)),
    "MB": ("bytes", Decimal(1 << 20)),
    "GB": ("bytes", Decimal(1 << 30)),
}


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head.lstrip()))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The milliseconds, cycles or bytes of each stack, root first. Raises ProfileError for columns of another kind."""
    table = (line.split("\t") for line in lines(stream) if line.strip())
    titles = [title.strip() for title in next(table, [])]
    name = next((at for at, title in enumerate(titles) if title in ("Symbol Name", "Symbol Names")), None)
    own = next((at for at, title in enumerate(titles) if title in _SELF), None)
    whole = next((at for at, title in enumerate(titles) if title in _TOTAL), None)
    if name is None or (own is None and whole is None):
        raise ProfileError(
            f'1: expected the columns "Weight" and "Symbol Name", found {quoted(chr(9).join(titles).encode())}'
        )
    if own is not None:
        ledger.unit = "milliseconds"
        return call_tree.of_self(_rows(table, name, own, ledger))
    ledger.note("the weights were rounded when they were copied")
    return call_tree.of_total(_rows(table, name, whole or 0, ledger), ledger)


def _rows(table: Iterator[list[str]], name: int, weight: int, ledger: Ledger) -> Iterator[Row]:
    for cells in table:
        if len(cells) <= max(name, weight):
            ledger.drop("rows of too few columns")
            continue
        symbol = cells[name]
        yield (
            len(symbol) - len(symbol.lstrip()),
            symbols.tidy(symbol.strip() or "(unnamed)")[0],
            _amount(cells[weight], ledger),
        )


def _amount(cell: str, ledger: Ledger) -> Number:
    found = _AMOUNT.fullmatch(cell)
    if not found:  # "-": nothing of its own
        return 0
    unit, factor = _UNITS.get(found[2], ("", Decimal(1)))
    ledger.unit = unit or ledger.unit
    amount = Decimal(found[1]) * factor
    return int(amount) if amount == int(amount) else amount
