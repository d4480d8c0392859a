"""The reports: what is said, as a table for people and as data for programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from resq_flame import folded
from resq_flame.folded import BEFORE_AFTER, Differential, Folded, Number
from resq_flame.report import notes
from resq_flame.report.changes import Change, Changes, Measure
from resq_flame.report.costs import costs
from resq_flame.report.peek import Peek, peek
from resq_flame.units import amount, plural, quantity, share

Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported, whichever way it is written: a summary, a table with the name last, remarks, the same as data.

    ``left_out`` rows are not shown, ``verdict`` is what a gate says. A heading of two lines says above to which group
    its column belongs.
    ``narrow`` are the columns for which 80 characters have room, all if there are none.
    """

    summary: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    left_out: int
    data: Data
    notes: tuple[str, ...] = ()
    narrow: tuple[int, ...] = ()
    verdict: str = ""


_SELF_ORDER: dict[str, Callable[[tuple[str, Number, Number]], tuple[object, ...]]] = {
    "self": lambda one: (-one[1], -one[2], one[0]),
    "total": lambda one: (-one[2], -one[1], one[0]),
    "name": lambda one: (one[0],),
}

_CHANGE_ORDER: dict[str, Callable[[Change], tuple[object, ...]]] = {
    "self": lambda one: (not one.significant, -abs(one.self.points), -abs(one.total.points), one.name),
    "total": lambda one: (not one.significant, -abs(one.total.points), -abs(one.self.points), one.name),
    "name": lambda one: (one.name,),
}

SORTS = tuple(_SELF_ORDER)
MEASURES = ("self", "total")


def report(profile: Folded, sort: str, top: int, by: str = "function") -> Report:
    """The ``top`` functions (0: all) by ``sort``: self, total or name."""
    whole = folded.total(profile.stacks.values())
    unit = profile.meta.unit
    counted = costs(((entry, (weight,)) for entry, weight in profile.stacks.items()), 1, by)
    found = sorted(((one.name, one.self[0], one.total[0]) for one in counted.values()), key=_SELF_ORDER[sort])
    shown = found[: top or None]
    source = f" from {profile.meta.source}" if profile.meta.source else ""
    return Report(
        f"{quantity(whole, unit)} in {plural(len(profile.stacks), 'stack')} of {plural(len(found), by)}{source}",
        ("self", "self %", "total", "total %", by),
        [
            (
                amount(alone, unit),
                f"{share(alone, whole):.1f}",
                amount(anywhere, unit),
                f"{share(anywhere, whole):.1f}",
                name,
            )
            for name, alone, anywhere in shown
        ],
        len(found) - len(shown),
        {
            "unit": unit,
            "source": profile.meta.source,
            "by": by,
            "total": whole,
            "functions": [{"name": name, "self": alone, "total": anywhere} for name, alone, anywhere in shown],
        },
    )


def report_changes(meta: folded.Meta, found: Changes, sort: str, top: int, by: str, notable: float) -> Report:
    """The ``top`` functions (0: all) whose share changed most, the real changes first; ``sort`` as above.

    Changes of ``notable`` points that are not significant are pointed out.
    """
    ordered = sorted(found.functions, key=_CHANGE_ORDER[sort])
    shown = ordered[: top or None]
    return Report(
        summary_of_changes(meta, found.before, found.after),
        (
            *(f"{group} %\n{name}" for group in MEASURES for name in ("before", "after", "points", "change")),
            "real",
            by,
        ),
        [
            (*_cells(one.self), *_cells(one.total), notes.verdict(one.self, one.total, notable), one.name)
            for one in shown
        ],
        len(ordered) - len(shown),
        {
            "unit": meta.unit,
            "by": by,
            "before": found.before,
            "after": found.after,
            **_noise(found),
            "functions": [
                {"name": one.name, "self": _measure(one.self), "total": _measure(one.total)} for one in shown
            ],
        },
        tuple(notes.said(found, notable, by)),
        # The measure that it is sorted by, and whether that makes a difference for the other.
        (4, 5, 6, 7, 2, 8, 9) if sort == "total" else (0, 1, 2, 3, 6, 8, 9),
    )


def summary_of_changes(meta: folded.Meta, before: Number, after: Number) -> str:
    sides = f"{quantity(before, meta.unit)} before, {quantity(after, meta.unit)} after"
    return f"{sides}; shares in % of each side, changes in points"


def _cells(one: Measure) -> tuple[str, ...]:
    width = f" ±{50 * (one.test.high - one.test.low):.1f}" if one.test and one.test.tested else ""
    return f"{one.before:.1f}", f"{one.after:.1f}", f"{_signed(one.points, 1)}{width}", _relative(one)


def _relative(one: Measure) -> str:
    if not one.after and one.before:
        return "gone"
    return "new" if one.relative is None else f"{_signed(one.relative, 0)} %"


def _signed(value: float, places: int) -> str:
    """With its sign, if it has one once it is rounded."""
    return f"{value:+.{places}f}" if round(value, places) else f"{0:.{places}f}"


def _measure(one: Measure) -> Data:
    test = one.test if one.test and one.test.tested else None
    return {
        "before": one.before,
        "after": one.after,
        "points": one.points,
        "relative": one.relative,
        "low": 100 * test.low if test else None,
        "high": 100 * test.high if test else None,
        "grown": one.grown,
        "p": test.own_p if test else None,
        "q": test.own_q if test else None,
        "share_q": test.q if test else None,
        "significant": one.significant,
        "shifted": one.shifted,
    }


def _noise(found: Changes) -> Data:
    if found.comparison is None:
        return {}
    rounds, noise = found.comparison.rounds, found.comparison.noise
    samples = {
        name: [round(rounds.samples[place]) for place in rounds.side(name == BEFORE_AFTER[1])] for name in BEFORE_AFTER
    }
    return {"samples": samples, "noise": {"sampling": noise.sampling, "spread": noise.spread}}


def report_peek(profile: Folded | Differential, wanted: re.Pattern[str], top: int, by: str) -> Report:
    """The callers and callees of the functions whose name ``wanted`` finds, ``top`` of each."""
    names, stacks = _columns(profile)
    wholes = [folded.total(row[column] for row in stacks.values()) for column in range(len(names))]
    found = peek(stacks.items(), len(names), wanted, by)
    rows = [(*cells, relation, name) for one in found for relation, name, cells in _neighbours(one, wholes, top)]
    left_out = sum(max(0, len(side) - (top or len(side))) for one in found for side in (one.callers, one.callees))
    return Report(
        f"callers and callees of {plural(len(found), by)} matching {wanted.pattern!r}; shares in % of the profile",
        (*(name or "total" for name in names), *(["points"] if len(names) > 1 else []), "relation", by),
        rows,
        left_out,
        {"unit": profile.meta.unit, "by": by, "totals": wholes, "functions": [_peeked(one) for one in found]},
    )


def _columns(profile: Folded | Differential) -> tuple[tuple[str, ...], Mapping[str, Sequence[Number]]]:
    if isinstance(profile, Differential):
        return BEFORE_AFTER, folded.summed(profile).stacks
    return ("",), {entry: (weight,) for entry, weight in profile.stacks.items()}


def _neighbours(one: Peek, wholes: Sequence[Number], top: int) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """The callers, the function between them, itself, its callees; each with its shares."""

    def cells(weights: Sequence[Number]) -> tuple[str, ...]:
        shares = [share(weight, whole) for weight, whole in zip(weights, wholes, strict=True)]
        points = [f"{shares[1] - shares[0]:+.1f}"] if len(shares) > 1 else []
        return (*(f"{one:.1f}" for one in shares), *points)

    for name, weights in _heaviest(one.callers, top):
        yield "caller", name, cells(weights)
    yield "function", one.name, cells(one.total)
    yield "self", one.name, cells(one.self)
    for name, weights in _heaviest(one.callees, top):
        yield "callee", name, cells(weights)


def _heaviest(side: Mapping[str, list[Number]], top: int) -> list[tuple[str, list[Number]]]:
    return sorted(side.items(), key=lambda item: (*[-weight for weight in item[1]], item[0]))[: top or None]


def _peeked(one: Peek) -> Data:
    def listed(side: Mapping[str, list[Number]]) -> list[Data]:
        return [{"name": name, "weights": weights} for name, weights in _heaviest(side, 0)]

    return {
        "name": one.name,
        "total": one.total,
        "self": one.self,
        "callers": listed(one.callers),
        "callees": listed(one.callees),
    }
