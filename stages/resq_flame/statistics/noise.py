"""How much the share of a function varies between rounds of the same thing.

The variance of a share p in a round of n samples is taken as

    p (1 - p) / n  *  (sampling + spread**2 * n p (1 - p))

``sampling`` is 1 for independent samples and more where they come in clumps; ``spread`` is the relative difference
between runs (0.03: 3 %). Both come from the scatter of the rounds within each side, pooled over all functions: a
gamma regression with identity link, the dispersion trend of DESeq2 (Love, Huber, Anders 2014). Each function's own
scatter is then shrunk towards that trend, as limma and edgeR do (Smyth 2004).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ASSUMED_SPREAD = 0.08
"""Between runs, where no side has a second round to learn it from: a service in Python on a shared machine with two
cores showed 5 to 9 % from start to start (bench/significance.py measures it)."""

ASSUMED_CLUMPS = 2.0
"""There, too: a process that waits for the CPU is seen at the same place several times in a row."""

LEAST_SPREAD = 0.01
"""However alike the rounds of a side are: the two sides were not taken in the same minute."""

LEAST_DRIFT = 0.0005
LEAST_DRIFT_SAMPLES = 1.5
"""And so the share of a function, on each side, is not known better than to 0.05 points, nor to so many samples of a
round: start-up reads from a warm disk cache or from a cold one, which no scatter of the rounds tells. Five rounds of
5 s of the demo service had no sample of 999 in imports, the next five had four each."""

_ROBUST = 20  # functions whose changes may stand in for rounds
_FEW = 10.0  # functions that what is usual weighs as much as
_USUAL = 10.0  # degrees of freedom the trend is worth, where little is known
_MOST = 32.0  # and however alike functions seem: the trend is a model, and decides far out in the tails
_LEAST_RATIO = 0.02  # two counts may well be equal
_OUTLIER = 6.0  # times what the trend expects: more than that tells of one restless function, not of the trend
_TURNS = 20
_QUARTILE = 0.6744897501960817  # of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of a comparison: how many ``samples`` each has (estimated), and whether it is one ``after``."""

    samples: tuple[float, ...]
    after: tuple[bool, ...]

    def side(self, after: bool) -> list[int]:
        return [place for place, one in enumerate(self.after) if one is after]

    @property
    def drift(self) -> float:
        """What the share of a side is off by, however many rounds it has: a standard error."""
        return max(LEAST_DRIFT, LEAST_DRIFT_SAMPLES * len(self.samples) / sum(self.samples))

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the scatter within both sides, of one function."""
        return sum(max(0, len(self.side(after)) - 1) for after in (False, True))


@dataclass(frozen=True, slots=True)
class Scatter:
    """The mean square of one function's deviations within its sides, in units of binomial variance, and its n p q."""

    square: float
    information: float


@dataclass(frozen=True, slots=True)
class Noise:
    """See above. ``degrees`` is how many degrees of freedom the trend is worth when a function's own are added."""

    sampling: float
    spread: float
    degrees: float

    def dispersion(self, information: float) -> float:
        """What the variance of a share exceeds the binomial by, at n p (1 - p)."""
        return self.sampling + self.spread**2 * information

    def shrunk(self, scatter: Scatter, own: int) -> float:
        """The factor between the trend and this function, from its ``own`` degrees of freedom and the trend's."""
        if not own:
            return 1.0
        ratio = scatter.square / self.dispersion(scatter.information)
        return (self.degrees + own * ratio) / (self.degrees + own)


def scatter(row: Sequence[float], rounds: Rounds, share: float) -> Scatter:
    """How far the rounds of one function, in samples, lie from their side; ``share`` is the pooled one, not 0 or 1."""
    square, chance = 0.0, share * (1 - share)
    for after in (False, True):
        places = rounds.side(after)
        mean = sum(row[at] for at in places) / sum(rounds.samples[at] for at in places)
        square += sum((row[at] - mean * rounds.samples[at]) ** 2 / (rounds.samples[at] * chance) for at in places)
    information = chance * sum(rounds.samples) / len(rounds.samples)
    return Scatter(square / rounds.degrees if rounds.degrees else 0.0, information)


def fit(disjoint: Sequence[Scatter], every: Sequence[Scatter], own: int) -> Noise:
    """The noise that functions show, each with ``own`` degrees of freedom; what is assumed where that is 0.

    The trend comes from the ``disjoint`` ones, which have no sample in common: all that was seen in some nested calls
    is one observation, not ten. How far functions keep to it is asked of ``every`` one.
    """
    if not own or not every:
        return Noise(ASSUMED_CLUMPS, ASSUMED_SPREAD, math.inf)
    basis = disjoint or every
    trend = Noise(1.0, LEAST_SPREAD, 0.0)
    for _ in range(_TURNS):
        trend = _regression(basis, trend)
    worth = min(_worth(every, trend, own), own * max(1.0, (len(basis) - 1) / 2))
    return Noise(trend.sampling, trend.spread, worth)


def _regression(scatters: Sequence[Scatter], trend: Noise) -> Noise:
    """One turn: least squares of the scatter on the information, weighed by the variance that the trend expects."""
    ones = slopes = squares = heights = products = 0.0
    for one in scatters:
        expected = trend.dispersion(one.information)
        weight, height = expected**-2, min(one.square, _OUTLIER * expected)
        ones += weight
        slopes += weight * one.information
        squares += weight * one.information**2
        heights += weight * height
        products += weight * one.information * height
    determinant = ones * squares - slopes**2
    if determinant > 1e-9 * ones * squares:
        slope = (ones * products - slopes * heights) / determinant
        level = (heights - slope * slopes) / ones
        if level >= 1 and slope >= LEAST_SPREAD**2:
            return Noise(level, math.sqrt(slope), 0.0)
    # Of the two at their least values, the one that leaves the smaller error keeps it.
    slope = max(LEAST_SPREAD**2, (products - slopes) / squares)
    level = max(1.0, (heights - LEAST_SPREAD**2 * slopes) / ones)

    def error(level: float, slope: float) -> float:
        fitted = level**2 * ones + slope**2 * squares + 2 * level * slope * slopes
        return fitted - 2 * (level * heights + slope * products)

    if error(1.0, slope) <= error(level, LEAST_SPREAD**2):
        return Noise(1.0, math.sqrt(slope), 0.0)
    return Noise(level, LEAST_SPREAD, 0.0)


def _worth(scatters: Sequence[Scatter], trend: Noise, own: int) -> float:
    """The trend's degrees of freedom: many where functions follow it, few where each scatters in its own way.

    The logarithm of a scatter varies by trigamma(own / 2) where all follow it, and by trigamma(worth / 2) more
    (Smyth's d0).
    """
    logs = [math.log(max(_LEAST_RATIO, one.square / trend.dispersion(one.information))) for one in scatters]
    beyond = _variance(logs) - _trigamma(own / 2)
    varies = (_FEW * _trigamma(_USUAL / 2) + len(logs) * max(0.0, beyond)) / (_FEW + len(logs))
    low, high = 0.5, _MOST / 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _trigamma(middle) > varies else (low, middle)
    return 2 * high


def _trigamma(x: float) -> float:
    """The variance of the logarithm of a gamma variable (Abramowitz and Stegun 6.4.6 and 6.4.12)."""
    steps = 0.0
    while x < 6:
        steps += x**-2
        x += 1
    return steps + 1 / x + 1 / (2 * x * x) + 1 / (6 * x**3) - 1 / (30 * x**5)


def between_functions(changes: Sequence[float]) -> float:
    """How much wider the functions' own changes, in standard errors, are spread than chance allows; at least 1.

    Most functions do not change, so that with one round a side they tell about the noise (genomic control, Devlin and
    Roeder 1999; Efron's empirical null). Their median is taken out: when one function grows, all others shrink alike.
    """
    if len(changes) < _ROBUST:
        return 1.0
    middle = _median(changes)
    return max(1.0, _median([abs(one - middle) for one in changes]) / _QUARTILE)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / max(1, len(values) - 1)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
