"""Who calls a function, and what it calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from resq_flame.folded import Number, Stack
from resq_flame.report.grouping import BY

ROOT = "(root)"
"""The caller of what nobody called."""


@dataclass(slots=True)
class Peek:
    """One function and its neighbours, a weight a column each.

    Recursion counts once: callers are those of the outermost call, callees those of the innermost, so that the callers
    add up to ``total``, and so do the callees with ``self``.
    """

    name: str
    total: list[Number]
    self: list[Number]
    callers: dict[str, list[Number]] = field(default_factory=dict)
    callees: dict[str, list[Number]] = field(default_factory=dict)


def peek(
    stacks: Iterable[tuple[Stack, Sequence[Number]]], columns: int, wanted: re.Pattern[str], by: str = "function"
) -> list[Peek]:
    """The functions whose name ``wanted`` finds, those with the largest total first."""
    groups = BY[by]()
    found: dict[str, Peek] = {}
    for entry, row in stacks:
        names = groups(entry)
        for name in dict.fromkeys(name for name in names if wanted.search(name)):
            one = found.setdefault(name, Peek(name, [0] * columns, [0] * columns))
            first = names.index(name)
            last = len(names) - 1 - names[::-1].index(name)
            _add(one.total, row)
            _add(one.callers.setdefault(names[first - 1] if first else ROOT, [0] * columns), row)
            _add(one.callees.setdefault(names[last + 1], [0] * columns) if last + 1 < len(names) else one.self, row)
    return sorted(found.values(), key=lambda one: (*[-weight for weight in one.total], one.name))


def _add(sums: list[Number], row: Sequence[Number]) -> None:
    for column, weight in enumerate(row):
        sums[column] += weight
