"""What the shares of unchanged functions are multiplied by, because those of others changed.

Shares add up to 1: when one function becomes slower, all others shrink alike, and when it becomes faster all others
grow. Most functions do not change, so the factor on which most agree is that one; whatever departs from it changed
itself. Count statistics elsewhere normalise so too (DESeq's median of ratios, edgeR's trimmed mean).

Where no two functions agree, or as many agree on one factor as on another (of two functions either may have changed),
nothing is known of it, and the factor is 1: then a share that changed is all that can be said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_BISQUARE = 4.685  # standard errors: from there on a function has no say (Tukey; 95 % efficient)
_CANDIDATES = 200  # the most precise functions; others only vote
_LEAST = 1.5  # votes: two functions that agree, give or take
_AHEAD = 0.5  # votes more than for any other factor
_TURNS = 10


@dataclass(frozen=True, slots=True)
class Ratio:
    """The logarithm of the share after over that before, of one function, and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Reference:
    """The factor, and the standard error of its logarithm."""

    factor: float = 1.0
    error: float = 0.0


def reference(ratios: Sequence[Ratio]) -> Reference:
    """The factor on which most of these functions agree."""
    candidates = [0.0, *(one.value for one in sorted(ratios, key=lambda one: one.error)[:_CANDIDATES])]
    best = max(candidates, key=lambda value: (_votes(ratios, value), -abs(value)))
    least = sorted(one.error for one in ratios)[:2][-1:]  # else a function with most of the samples would decide alone
    for _ in range(_TURNS):
        weights = [_vote(one, best) / max(one.error, *least) ** 2 for one in ratios]
        if not sum(weights):
            return Reference()
        best = sum(weight * one.value for weight, one in zip(weights, ratios, strict=True)) / sum(weights)
    rivals = [one.value for one in ratios if one.value in candidates and _vote(one, best) < _AHEAD]
    if _votes(ratios, best) < _LEAST or not all(_wins(ratios, best, rival) for rival in rivals):
        return Reference()
    error = math.hypot(*(weight * one.error for weight, one in zip(weights, ratios, strict=True))) / sum(weights)
    return Reference(math.exp(best), error)


def _wins(ratios: Sequence[Ratio], best: float, rival: float) -> bool:
    """Do two functions say so, and more than against it? Those seen too seldom to tell vote for both."""
    votes = [_vote(one, best) - _vote(one, rival) for one in ratios]
    return sum(vote for vote in votes if vote > 0) >= _LEAST and sum(votes) >= _AHEAD


def _votes(ratios: Sequence[Ratio], value: float) -> float:
    return sum(_vote(one, value) for one in ratios)


def _vote(one: Ratio, value: float) -> float:
    """1 for a function whose ratio is this value, less the farther it is."""
    distance = (one.value - value) / one.error / _BISQUARE
    return (1 - distance**2) ** 2 if abs(distance) < 1 else 0.0
