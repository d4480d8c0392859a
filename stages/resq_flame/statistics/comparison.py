"""Test each function for a change of its share, and control the false discovery rate over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from resq_flame.statistics import noise, tails
from resq_flame.statistics.noise import Noise, Rounds, Scatter
from resq_flame.statistics.reference import Ratio, Reference, reference

FALSE_DISCOVERIES = 0.05
"""The expected part of false ones among what is called a change; where nothing changed, the chance of any alarm."""

CONFIDENCE = 0.95

_LEAST = 5.0  # samples to expect on each side: below that the normal approximation fails, and nothing could be told
_LEAST_OF_ONE = 20.0  # with one round a side: a single stall of the machine puts a dozen samples on one stack
_LEAST_ERROR = 1e-3  # of the logarithm of a ratio; a share of all has no error
_POWER = 0.84  # standard errors for finding a change 80 times of 100


@dataclass(frozen=True, slots=True)
class Test:
    """One function: its change of share (after minus before), how sure that is, and how far it may be off.

    ``own`` is the change beyond what the changes of other functions did to this share (see ``reference``). ``error``
    is the standard error of ``change``, ``low`` to ``high`` its confidence interval. ``p`` is the chance of such a
    share, ``own_p`` of such a share and such a change of its own, where there is none; ``q`` and ``own_q`` are the
    smallest false discovery rates at which they count. Shares are parts of 1. What has too few samples to be
    ``tested`` is never significant.
    """

    change: float
    own: float
    error: float
    low: float
    high: float
    p: float
    own_p: float
    tested: bool
    q: float = 1.0
    own_q: float = 1.0

    @property
    def significant(self) -> bool:
        """The function itself changed, and so did its share."""
        return self.own_q <= FALSE_DISCOVERIES

    @property
    def shifted(self) -> bool:
        """Its share changed, but no more than the changes of others explain."""
        return self.q <= FALSE_DISCOVERIES < self.own_q


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test for each row, and what they were held against: the noise, and what became of unchanged functions."""

    tests: list[Test]
    noise: Noise
    reference: Reference
    rounds: Rounds
    critical: float

    def more(self, test: Test) -> float:
        """How many times as many rounds would tell (in 80 of 100 cases) whether such a change is real."""
        drift = 2 * self.rounds.drift**2  # which rounds do not lessen
        room = (test.change / (self.critical + _POWER)) ** 2 - drift
        return max(0.0, test.error**2 - drift) / room if room > 0 else math.inf


@dataclass(frozen=True, slots=True)
class _Row:
    """A function on the way to its test."""

    shares: tuple[float, float]
    pooled: float
    scatter: Scatter
    testable: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """What each row is held against."""

    rounds: Rounds
    noise: Noise
    degrees: float
    widening: float
    reference: Reference


def compare(rows: Sequence[Sequence[float]], rounds: Rounds, disjoint: int | None = None) -> Comparison:
    """Test each row: the weight of one function in each round, in samples. Every round has some.

    The first ``disjoint`` rows (usually the selves; all, if not given) have no sample in common. Equal rows are one
    hypothesis (a function and its only caller), and count once.
    """
    distinct = list(dict.fromkeys(map(tuple, rows)))
    measured = [_measured(row, rounds) for row in distinct]
    testable = [one for one in measured if one.testable]
    first = len({*map(tuple, rows[:disjoint])})
    found = noise.fit(
        [one.scatter for one in measured[:first] if one.testable], [one.scatter for one in testable], rounds.degrees
    )
    others = reference([ratio for one in measured[:first] if (ratio := _ratio(one, rounds, found)) is not None])
    held = _Held(rounds, found, found.degrees + rounds.degrees, _widening(testable, rounds, found), others)
    tests = _adjusted([_tested(one, held) for one in measured])
    by_row = dict(zip(distinct, tests, strict=True))
    critical = tails.t_quantile(FALSE_DISCOVERIES / 2 / max(1, len(testable)), held.degrees)
    return Comparison([by_row[tuple(row)] for row in rows], found, others, rounds, critical)


def _measured(row: Sequence[float], rounds: Rounds) -> _Row:
    before, after = (
        sum(row[at] for at in rounds.side(side)) / sum(rounds.samples[at] for at in rounds.side(side))
        for side in (False, True)
    )
    pooled = min(1.0, sum(row) / sum(rounds.samples))
    chance = pooled * (1 - pooled)
    smaller = min(sum(rounds.samples[at] for at in rounds.side(side)) for side in (False, True))
    testable = min(pooled, 1 - pooled) * smaller >= (_LEAST if rounds.degrees else _LEAST_OF_ONE)
    return _Row((before, after), pooled, noise.scatter(row, rounds, pooled) if chance else Scatter(0.0, 0.0), testable)


def _ratio(row: _Row, rounds: Rounds, found: Noise) -> Ratio | None:
    """Of a function that is well seen on both sides."""
    before, after = row.shares
    if not row.testable or not before or not after:
        return None
    one, two = (_variance(share, rounds, found, side) for side, share in zip((False, True), row.shares, strict=True))
    return Ratio(math.log(after / before), math.sqrt(max(one / before**2 + two / after**2, _LEAST_ERROR**2)))


def _variance(share: float, rounds: Rounds, found: Noise, after: bool) -> float:
    """Of the share of one side, its rounds taken together."""
    places, chance = rounds.side(after), share * (1 - share)
    samples = [rounds.samples[at] for at in places]
    return sum(n * chance * found.dispersion(n * chance) for n in samples) / sum(samples) ** 2


def _statistic(row: _Row, rounds: Rounds, found: Noise, widening: float) -> tuple[float, float]:
    """The change in standard errors, were there none, corrected for skewness; and that standard error."""
    factor = found.shrunk(row.scatter, rounds.degrees) * widening**2
    before, after = (_variance(row.pooled, rounds, found, side) for side in (False, True))
    least = _variance(row.pooled, rounds, _BINOMIAL, False) + _variance(row.pooled, rounds, _BINOMIAL, True)
    error = math.sqrt(max(factor * (before + after), least) + 2 * rounds.drift**2)
    z = (row.shares[1] - row.shares[0]) / error
    return z - _skewness(row.pooled, rounds, error) * (z * z - 1) / 6, error


def _skewness(share: float, rounds: Rounds, error: float) -> float:
    """Of the difference between the sides: none where they are equally large (first term of Cornish and Fisher's)."""
    third = share * (1 - share) * (1 - 2 * share)
    before, after = (sum(rounds.samples[at] for at in rounds.side(side)) for side in (False, True))
    return third * (after**-2 - before**-2) / error**3


_BINOMIAL = Noise(1.0, 0.0, math.inf)


def _widening(rows: Sequence[_Row], rounds: Rounds, found: Noise) -> float:
    """With one round a side, what the functions themselves say about the noise."""
    if rounds.degrees:
        return 1.0
    return noise.between_functions([_statistic(row, rounds, found, 1.0)[0] for row in rows])


def _tested(row: _Row, held: _Held) -> Test:
    change = row.shares[1] - row.shares[0]
    own = row.shares[1] - held.reference.factor * row.shares[0]
    low, high = _interval(row, held.rounds, held.noise, held.degrees, held.widening)
    if not 0 < row.pooled < 1:
        return Test(change, own, 0.0, low, high, 1.0, 1.0, tested=False)
    z, error = _statistic(row, held.rounds, held.noise, held.widening)
    p = tails.two_sided(z, held.degrees) if row.testable and z * change > 0 else 1.0
    own_p = max(p, tails.two_sided(_own(row, held.reference, error), held.degrees)) if own * change > 0 else 1.0
    return Test(change, own, error, low, high, p, own_p, row.testable)


def _own(row: _Row, others: Reference, error: float) -> float:
    """The change beyond that of the others in standard errors: half of the factor on each side, so that swapping
    the sides negates."""
    half = math.sqrt(others.factor)
    before, after = row.shares[0] * half, row.shares[1] / half
    return (after - before) / math.hypot(error, others.error * (before + after) / 2)


def _interval(row: _Row, rounds: Rounds, found: Noise, degrees: float, widening: float) -> tuple[float, float]:
    """The confidence interval of the change; one sample more and one less on each side keep it honest near 0 and 1
    (Agresti and Caffo 2000)."""
    factor = found.shrunk(row.scatter, rounds.degrees) * widening**2
    variance = 2 * rounds.drift**2
    for after, share in zip((False, True), row.shares, strict=True):
        samples = sum(rounds.samples[at] for at in rounds.side(after))
        variance += _variance((share * samples + 1) / (samples + 2), rounds, found, after)
    reach = tails.t_quantile((1 - CONFIDENCE) / 2, degrees) * math.sqrt(max(1.0, factor) * variance)
    change = row.shares[1] - row.shares[0]
    return max(-1.0, change - reach), min(1.0, change + reach)


def _adjusted(tests: list[Test]) -> list[Test]:
    """With both q, over those that could be tested."""
    places = [place for place, test in enumerate(tests) if test.tested]
    rates = _false_discoveries([tests[place].p for place in places])
    own_rates = _false_discoveries([tests[place].own_p for place in places])
    for place, q, own_q in zip(places, rates, own_rates, strict=True):
        tests[place] = replace(tests[place], q=q, own_q=own_q)
    return tests


def _false_discoveries(chances: Sequence[float]) -> list[float]:
    """The q of each p, by Benjamini and Hochberg (1995)."""
    found = [1.0] * len(chances)
    smallest = 1.0
    order = sorted(range(len(chances)), key=chances.__getitem__)
    for rank in range(len(order), 0, -1):
        smallest = min(smallest, chances[order[rank - 1]] * len(order) / rank)
        found[order[rank - 1]] = smallest
    return found
