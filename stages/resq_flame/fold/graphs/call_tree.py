"""Call trees printed as indented rows: the stack of each row, and its own weight where the row has that of its subtree.

    825 start            ->  start             0
      500 main           ->  start;main      175
        325 work         ->  start;main;work 325
      325 stop           ->  start;stop      325

A row is a child of the nearest row above it that stands further left, so that skipped levels do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from resq_flame.fold.ledger import Ledger
from resq_flame.folded import Number, text

Row: TypeAlias = "tuple[int, str, Number]"
"""Indentation, name and weight."""

Sample: TypeAlias = "tuple[list[str], Number]"


@dataclass(slots=True)
class _Open:
    indent: int
    name: str
    own: Number


def of_self(rows: Iterable[Row]) -> Iterator[Sample]:
    """The stacks, root first, of rows that have their own weight; rows of no weight are only parents."""
    path: list[_Open] = []
    for indent, name, weight in rows:
        while path and path[-1].indent >= indent:
            path.pop()
        path.append(_Open(indent, name, weight))
        if weight > 0:
            yield [node.name for node in path], weight


def of_total(rows: Iterable[Row], ledger: Ledger) -> Iterator[Sample]:
    """The stacks, root first, of rows that have the weight of their whole subtree, with what is their own of it."""
    path: list[_Open] = []
    for indent, name, weight in rows:
        while path and path[-1].indent >= indent:
            yield from _closed(path, ledger)
        if path:
            path[-1].own -= weight
        path.append(_Open(indent, name, weight))
    while path:
        yield from _closed(path, ledger)


def _closed(path: list[_Open], ledger: Ledger) -> Iterator[Sample]:
    frames = [node.name for node in path]
    own = path.pop().own
    if own > 0:
        yield frames, own
    elif own < 0:
        ledger.note(f"{frames[-1]} has less weight than its callees, by {text(-own)}: rounded when it was printed?")
