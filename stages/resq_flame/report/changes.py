"""What changed between the two sides of a differential stream, and whether it is real."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from resq_flame import folded
from resq_flame.folded import BEFORE_AFTER, Differential, Number
from resq_flame.report.costs import costs
from resq_flame.report.samples import sample_weight
from resq_flame.statistics.comparison import Comparison, Test, compare
from resq_flame.statistics.noise import Rounds
from resq_flame.units import share


@dataclass(frozen=True, slots=True)
class Measure:
    """A share in percent of its side, before and after. ``test`` is None where a side is empty."""

    before: float
    after: float
    test: Test | None

    @property
    def points(self) -> float:
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """The change in percent of what was there before; None for what is new."""
        return 100 * self.points / self.before if self.before else (None if self.after else 0.0)

    @property
    def grown(self) -> float:
        """The points by which it grew, less those by which others made its share grow."""
        return self.points if self.test is None else min(self.points, 100 * self.test.own)

    @property
    def significant(self) -> bool:
        return self.test is not None and self.test.significant

    @property
    def shifted(self) -> bool:
        """Its share changed because those of others did."""
        return self.test is not None and self.test.shifted


@dataclass(frozen=True, slots=True)
class Change:
    """The shares of one function, by itself and with all that it calls."""

    name: str
    self: Measure
    total: Measure

    @property
    def significant(self) -> bool:
        return self.self.significant or self.total.significant


@dataclass(frozen=True, slots=True)
class Changes:
    """Every function of either side, in no order; what they were tested against, None where a side is empty."""

    functions: list[Change]
    before: Number
    after: Number
    comparison: Comparison | None


def changes(profile: Differential, by: str = "function") -> Changes:
    """Compare the sides; their columns are rounds. A round without any weight tells nothing and is left out."""
    columns = profile.meta.columns
    wholes = [folded.total(row[place] for row in profile.stacks.values()) for place in range(len(columns))]
    sides = [[place for place, name in enumerate(columns) if name == side] for side in BEFORE_AFTER]
    before, after = (folded.total(wholes[place] for place in side) for side in sides)
    found = list(costs(profile.stacks.items(), len(columns), by).values())
    rows = [*(one.self for one in found), *(one.total for one in found)]
    comparison = _compared(profile, rows, wholes) if before and after else None
    tests: Sequence[Test | None] = comparison.tests if comparison else [None] * len(rows)

    def measured(row: Sequence[Number], test: Test | None) -> Measure:
        one, two = (folded.total(row[place] for place in side) for side in sides)
        return Measure(share(one, before), share(two, after), test)

    functions = [
        Change(one.name, measured(one.self, tests[place]), measured(one.total, tests[len(found) + place]))
        for place, one in enumerate(found)
    ]
    return Changes(functions, before, after, comparison)


def _compared(profile: Differential, rows: Sequence[Sequence[Number]], wholes: Sequence[Number]) -> Comparison:
    taken = [place for place, whole in enumerate(wholes) if whole]
    one = {place: sample_weight(profile.meta, (row[place] for row in profile.stacks.values())) for place in taken}
    rounds = Rounds(
        tuple(float(wholes[place]) / one[place] for place in taken),
        tuple(profile.meta.columns[place] == BEFORE_AFTER[1] for place in taken),
    )
    return compare([[float(row[place]) / one[place] for place in taken] for row in rows], rounds, len(rows) // 2)


def more_rounds(found: Comparison, test: Test) -> tuple[int, int] | None:
    """How many more rounds a side, and how many samples that is, would probably tell whether this change is real.

    None where no number of them would be reasonable.
    """
    rounds = min(len(found.rounds.side(side)) for side in (False, True))
    if not test.error or not test.change:
        return None
    wanted = found.more(test) * rounds - rounds
    if not wanted < _MANY:
        return None
    more = max(1, math.ceil(wanted))
    return more, round(more * sum(found.rounds.samples) / len(found.rounds.samples))


_MANY = 1000
