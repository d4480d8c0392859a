"""Profiles in CSV: rows under a line of titles."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from resq_flame.fold.ledger import Ledger
from resq_flame.folded import Number


def cells(line: str) -> list[str]:
    """The cells of one line; none where it is no CSV."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:  # a cell of more than 128 KiB
        return []


def rows(lines: Iterable[str], titles: list[str], ledger: Ledger) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by its titles, and by how many blanks it is indented, which would be in the way of a quoted first cell.

    Rows of too few cells are counted in the ledger.
    """
    for line in lines:
        text = line.lstrip(" ")
        found = cells(text)
        if len(found) >= len(titles):
            yield len(line) - len(text), dict(zip(titles, found, strict=False))
        elif text:
            ledger.drop("rows of too few columns")


def number(cell: str) -> Number | None:
    """``"2,893,824"`` or ``0.050``, without its thousands' separators; None for what is no weight."""
    try:
        value = Decimal(cell.replace(",", "").replace(" ", "").removesuffix("s"))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value < Decimal(10) ** 30 or value.adjusted() < -30:
        return 0 if value == 0 else None
    return int(value) if value == int(value) else round(value, 9)
