"""Each function's share over the profiles of the past."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resq_flame import compressed, folded, units
from resq_flame.folded import Number, Stack
from resq_flame.history import Entry
from resq_flame.merge.filters import Filters, select
from resq_flame.report.costs import costs


@dataclass(frozen=True, slots=True)
class Shares:
    """A profile of the past: the share of each function by name, alone and with all that it calls, in percent."""

    entry: Entry
    self: dict[str, float]
    total: dict[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A function through all profiles, the oldest first: its share in percent, 0 where it was not seen."""

    name: str
    shares: tuple[float, ...]

    @property
    def change(self) -> float:
        """Points of share from the first profile to the last."""
        return self.shares[-1] - self.shares[0]


def shares(entry: Entry, filters: Filters, *, collapse_recursion: bool = False) -> Shares:
    """The shares in an entry, all its rounds together. Raises FoldedError, OSError."""
    summed: dict[Stack, Number] = {}
    for path in entry.files:
        with open(path, "rb") as file:
            profile = folded.parse(compressed.peel(file, str(path)))
        for stack, weight in profile.stacks.items():
            if isinstance(weight, tuple):
                raise folded.FoldedError(f"{path}: expected one weight a stack, found several")
            summed[stack] = summed.get(stack, 0) + weight
    kept = select(summed.items(), filters, operator.add, collapse_recursion=collapse_recursion).kept
    whole = sum(kept.values())
    found = costs(((stack, (weight,)) for stack, weight in kept.items()), 1)
    return Shares(
        entry,
        {name: units.share(cost.self[0], whole) for name, cost in found.items()},
        {name: units.share(cost.total[0], whole) for name, cost in found.items()},
    )


def lines(profiles: Iterable[dict[str, float]], top: int) -> list[Line]:
    """The ``top`` functions by their largest share in any profile, the largest first, then by name."""
    profiles = list(profiles)
    largest: dict[str, float] = {}
    for profile in profiles:
        for name, share in profile.items():
            largest[name] = max(share, largest.get(name, 0.0))
    # A function that is on every stack, main, says nothing: its line is flat at the top.
    telling = [name for name in largest if any(profile.get(name, 0.0) < 99.95 for profile in profiles)] or list(largest)
    names: Sequence[str] = sorted(telling, key=lambda name: (-largest[name], name))[:top]
    return [Line(name, tuple(profile.get(name, 0.0) for profile in profiles)) for name in names]
