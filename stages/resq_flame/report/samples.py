"""How many samples a weight stands for: what tells how sure a share is.

A stream of microseconds or bytes does not say how often was looked. What looks at regular intervals and writes the
time of one (perf's period, Go's 10 ms) is seen by its weights being multiples of that time. Else a stack that was seen
once weighs one sample, and a real profile has many such: the lower quartile of the weights of a round's stacks is taken
for it (in a capture by Node that is 355 microseconds where 230 are true). A profile of few, often seen stacks looks
like less than it is, so that the error is on the safe side; where the producer is known to look at least a hundred
times a second, it is not taken for less. Off-CPU time and bytes come in pieces of all sizes: only rounds tell how they
scatter.

Samples count as themselves, with two exceptions. resq-diff --normalize scaled them: then they are no whole numbers any
more. And a folded file or SVG of another tool calls all that it counts samples: billions are nanoseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from resq_flame.folded import Meta, Number

COUNTED = frozenset({"samples", "count", "counts", "ticks", "calls", "objects", "allocations", "contentions"})
"""Units in which 1 is one event."""

_A_SECOND = {"nanoseconds": 1e9, "microseconds": 1e6, "milliseconds": 1e3, "seconds": 1.0}
_REGULAR = frozenset({"austin", "cpuprofile", "perf", "perf-data", "py-spy"})
_WAITING = frozenset({"offcpu", "bcc", "bpftrace"})
_SLOWEST = 100  # samples a second: what perf and py-spy do when nothing is asked for
_FASTEST = 20_000
_MOST = 10_000_000  # samples of one round: a day of a CPU at 100 a second
_TICK = 1000  # the least common divisor that is no coincidence, in nanoseconds or microseconds that are called samples


def sample_weight(meta: Meta, column: Iterable[Number]) -> float:
    """The weight of one sample in a round with these weights of stacks, in the unit of the stream."""
    weights = sorted(float(weight) for weight in column if weight)
    if not weights:
        return 1.0
    whole = all(weight.is_integer() for weight in weights)
    if meta.unit in COUNTED and whole and not is_time_in_disguise(weights):
        return 1.0
    second = _A_SECOND.get(meta.unit, 0.0)
    divisor = float(math.gcd(*map(int, weights))) if whole and len(weights) > 1 else 1.0
    least = max(second / _FASTEST, 2.0) if second else float(_TICK)
    regular = divisor >= least and (second or meta.unit in COUNTED) and meta.source not in _WAITING
    longest = second / _SLOWEST if second and meta.source in _REGULAR else weights[-1]
    return min(divisor if regular else weights[len(weights) // 4], longest)


def is_time_in_disguise(weights: list[float]) -> bool:
    """Are these samples, in order, too many to be any? A profile that big has stacks that were seen once."""
    return sum(weights) > _MOST and weights[len(weights) // 4] >= _TICK
