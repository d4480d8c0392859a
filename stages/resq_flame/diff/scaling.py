"""Brings the columns of a comparison to one total, so that a longer recording does not look like a slower program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resq_flame import folded
from resq_flame.folded import Differential, Number

DIGITS = 9
"""Digits that a total has after scaling, at least: a weight below a billionth of it is rounded up to that."""


def normalized(profile: Differential) -> Differential:
    """The same with each column scaled to the largest column's total; of an empty column nothing can be made.

    All totals are then exactly equal, whatever was rounded, and no weight becomes 0.
    """
    columns = list(zip(*profile.stacks.values(), strict=True))
    totals = [folded.total(column) for column in columns]
    target = max(totals, default=0)
    scaled = [
        _scaled(column, whole, target) if whole else column for column, whole in zip(columns, totals, strict=True)
    ]
    return replace(profile, stacks=dict(zip(profile.stacks, zip(*scaled, strict=True), strict=True)))


def _scaled(column: Sequence[Number], whole: Number, target: Number) -> Sequence[Number]:
    if whole == target:
        return column
    places = max(DIGITS - len(str(int(target))), 0)
    least = folded.scaled(1, 1, 10**places, places)
    weights = [folded.scaled(weight, target, whole, places) or (least if weight else 0) for weight in column]
    heaviest = max(range(len(weights)), key=weights.__getitem__)
    weights[heaviest] += target - folded.total(weights)
    return weights
