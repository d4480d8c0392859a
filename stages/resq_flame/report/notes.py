"""What a comparison says about itself, in sentences: what it rests on, what is real, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

from resq_flame.report.changes import Change, Changes, Measure, more_rounds
from resq_flame.statistics.comparison import FALSE_DISCOVERIES, Comparison, Test
from resq_flame.units import plural

_NAMED = 3


def verdict(alone: Measure, total: Measure, notable: float) -> str:
    """Is it real: ``yes``, in ``self`` or ``total`` only, ``shifted`` (a share that others moved), ``unclear`` (much
    changed, but maybe by chance), or ``-``."""
    if alone.significant or total.significant:
        return "yes" if alone.significant == total.significant else "self" if alone.significant else "total"
    if alone.shifted or total.shifted:
        return "shifted"
    return "unclear" if unclear(alone, notable) or unclear(total, notable) else "-"


def unclear(one: Measure, notable: float) -> bool:
    return not one.significant and not one.shifted and abs(one.points) >= notable


def said(found: Changes, notable: float, by: str) -> Iterator[str]:
    if found.comparison is None:
        yield "one side is empty: nothing to compare"
        return
    yield _basis(found.comparison)
    real = sum(one.significant for one in found.functions)
    yield (
        f"{real:,} of {plural(len(found.functions), by)} really changed "
        f"(false discovery rate {100 * FALSE_DISCOVERIES:g} %)"
    )
    if any(one.self.shifted or one.total.shifted for one in found.functions):
        factor = found.comparison.reference.factor
        yield (
            f"shifted: a share that {'shrank' if factor < 1 else 'grew'} only because other functions took "
            f"{'more' if factor < 1 else 'less'}; what did not change has {factor:.2f} times the share it had"
        )
    if (sentence := too_few(found, notable)) is not None:
        yield sentence


def _basis(found: Comparison) -> str:
    before, after = (len(found.rounds.side(side)) for side in (False, True))
    spread = f"{100 * found.noise.spread:.0f} %"
    samples = f"about {sum(found.rounds.samples):,.0f} samples"
    if not found.rounds.degrees:
        return (
            f"one round a side, {samples}: from sampling alone, assuming clumps of {found.noise.sampling:g} "
            f"and {spread} between runs; several rounds a side would measure both"
        )
    clumps = f", samples come in clumps of {found.noise.sampling:.1f}" if found.noise.sampling >= 1.5 else ""
    return f"{before} + {after} rounds, {samples}: shares differ by {spread} between runs{clumps}"


def too_few(found: Changes, notable: float) -> str | None:
    """Which functions changed by ``notable`` points without being significant, and what would tell."""
    if found.comparison is None:
        return None
    doubtful = sorted(
        ((one, measure) for one in found.functions if (measure := _doubtful(one, notable)) is not None),
        key=lambda pair: (-abs(pair[1].points), pair[0].name),
    )
    if not doubtful:
        return None
    first, measure = doubtful[0]
    assert measure.test is not None
    more = f" and {len(doubtful) - 1:,} more" if len(doubtful) > 1 else ""
    return (
        f"too few samples to tell whether {first.name} ({measure.points:+.1f} points){more} really changed: "
        f"{_wanted(found.comparison, measure.test)}"
    )


def _doubtful(one: Change, notable: float) -> Measure | None:
    """Of a function of which nothing is significant, what changed most."""
    measure = max((one.self, one.total), key=lambda measure: abs(measure.points))
    return measure if unclear(measure, notable) and not one.significant and measure.test is not None else None


def _wanted(found: Comparison, test: Test) -> str:
    more = more_rounds(found, test)
    if more is None:
        return "many more rounds a side, or longer ones, would be needed"
    rounds, samples = more
    return f"about {plural(rounds, 'more round')} a side ({samples:,} samples) would tell"
