"""What each function costs: self and total, in every column of a profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resq_flame.folded import Number, Stack
from resq_flame.report.grouping import BY, Grouping


@dataclass(frozen=True, slots=True)
class Cost:
    """What a function costs by itself, and with all that it calls: a weight a column. Recursion counts once."""

    name: str
    self: list[Number]
    total: list[Number]


def costs(stacks: Iterable[tuple[Stack, Sequence[Number]]], columns: int, by: str = "function") -> dict[str, Cost]:
    """Every function (or what ``by`` says) of these stacks, by its name."""
    groups: Grouping = BY[by]()
    found: dict[str, Cost] = {}
    for entry, row in stacks:
        names = groups(entry)
        weights = [(column, weight) for column, weight in enumerate(row) if weight]
        for name in dict.fromkeys(names):  # in their order: sums of floats later depend on it
            cost = found.get(name)
            if cost is None:
                cost = found[name] = Cost(name, [0] * columns, [0] * columns)
            for column, weight in weights:
                cost.total[column] += weight
        alone = found[names[-1]].self
        for column, weight in weights:
            alone[column] += weight
    return found
