"""The gate: which functions became slower by more than is allowed, and really so."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

from resq_flame import stage
from resq_flame.report.changes import Change, Measure

MEASURES = ("total", "self")


@dataclass(frozen=True, slots=True)
class Limit:
    """By how much a share may grow of itself: ``2`` points of share, or ``5%`` of what it was."""

    amount: float
    relative: bool

    def exceeded(self, measure: Measure) -> bool:
        allowed = self.amount * measure.before / 100 if self.relative else self.amount
        return measure.grown > allowed

    def __str__(self) -> str:
        return f"{self.amount:g} %" if self.relative else f"{self.amount:g} points"


def limit(text: str) -> Limit:
    """An argparse type."""
    number = text.strip().removesuffix("%").strip()
    try:
        amount = float(number)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError(f"expected points of share (2) or percent (5%), found {text!r}")
    return Limit(amount, text.strip().endswith("%"))


@dataclass(frozen=True, slots=True)
class Gate:
    """What must not grow, ``self`` or ``total``, and by how much."""

    limit: Limit
    measure: str

    def __str__(self) -> str:
        return f"{self.limit} ({self.measure})"

    def regressions(self, functions: Iterable[Change]) -> list[Change]:
        """The functions whose share grew significantly and beyond the limit, the worst first."""
        found = [one for one in functions if self._fails(self._of(one))]
        return sorted(found, key=lambda one: (-self._of(one).points, one.name))

    def said(self, one: Change) -> str:
        """What regressed, from where to where, how sure that is, and what is allowed."""
        grown = self._of(one)
        assert grown.test is not None
        relative = "new" if grown.relative is None else f"{grown.relative:+.0f} %"
        return (
            f"regression: {one.name}: {self.measure} {grown.before:.1f} % before, {grown.after:.1f} % after, "
            f"{grown.points:+.1f} points ({100 * grown.test.low:+.1f} to {100 * grown.test.high:+.1f}; {relative}), "
            f"the limit is {self.limit}"
        )

    def _of(self, one: Change) -> Measure:
        return one.self if self.measure == "self" else one.total

    def _fails(self, one: Measure) -> bool:
        return one.significant and one.points > 0 and self.limit.exceeded(one)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-above",
        type=limit,
        metavar="N",
        help="exit 3 when the share of a function really grew by more than N points (or N%% of what it was)",
    )
    parser.add_argument("--fail-on", choices=MEASURES, help="which share --fail-above looks at (default: total)")


def from_arguments(options: argparse.Namespace) -> Gate | None:
    """Raises UsageError for --fail-on alone, which would check nothing."""
    if options.fail_above is None:
        if options.fail_on is not None:
            raise stage.UsageError("--fail-on: expected --fail-above with it, found none: how much may a share grow?")
        return None
    return Gate(options.fail_above, options.fail_on or MEASURES[0])
