"""The functions of a profile and what they cost: the rows beside the flame graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resq_flame import folded
from resq_flame.folded import Differential, Folded
from resq_flame.report.costs import costs
from resq_flame.units import share

MOST = 500
"""Rows that are shown: nobody reads on, and a table of 100,000 is slow to fill."""


@dataclass(frozen=True, slots=True)
class Function:
    """Shares in percent of the whole; of a comparison, of the newer side, with the points that they grew by."""

    name: str
    self: float
    total: float
    self_grown: float = 0.0
    total_grown: float = 0.0


def functions(profile: Folded | Differential) -> list[Function]:
    """All functions of a profile, in no order. Recursion counts once."""
    if isinstance(profile, Folded):
        whole = folded.total(profile.stacks.values())
        found = costs(((entry, (weight,)) for entry, weight in profile.stacks.items()), 1)
        return [Function(one.name, share(one.self[0], whole), share(one.total[0], whole)) for one in found.values()]
    plain = folded.summed(profile)
    sides = tuple(folded.total(row[side] for row in plain.stacks.values()) for side in (0, 1))
    changes = []
    for one in costs(plain.stacks.items(), 2).values():
        alone, total = ([share(weights[side], sides[side]) for side in (0, 1)] for weights in (one.self, one.total))
        changes.append(Function(one.name, alone[1], total[1], alone[1] - alone[0], total[1] - total[0]))
    return changes


ORDERS: dict[str, Callable[[Function], tuple[object, ...]]] = {
    "self": lambda one: (-one.self, -one.total, one.name),
    "total": lambda one: (-one.total, -one.self, one.name),
    "name": lambda one: (one.name,),
}
GROWTH: dict[str, Callable[[Function], tuple[object, ...]]] = {
    "self": lambda one: (-abs(one.self_grown), -abs(one.total_grown), one.name),
    "total": lambda one: (-abs(one.total_grown), -abs(one.self_grown), one.name),
    "name": ORDERS["name"],
}


def ordered(found: list[Function], by: str, *, differential: bool) -> list[Function]:
    """The first MOST of them: the costliest, or those that changed most, or by name."""
    return sorted(found, key=(GROWTH if differential else ORDERS)[by])[:MOST]
