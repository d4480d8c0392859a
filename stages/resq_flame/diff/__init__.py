"""Puts two sides of a comparison into one differential profile."""

from __future__ import annotations

from collections.abc import Sequence

from resq_flame.folded import BEFORE_AFTER, Differential, Folded, Meta, Number, Stack


class IncomparableError(ValueError):
    """The two sides do not measure the same."""


def diff(before: Sequence[Folded], after: Sequence[Folded]) -> Differential:
    """One column a profile, the rounds before first; a stack that a profile lacks weighs 0 in it.

    Raises IncomparableError where the units differ.
    """
    profiles = [*before, *after]
    found = {profile.meta.unit for profile in profiles}
    if len(found) > 1:
        raise IncomparableError(
            f"expected one unit on both sides, found {_units(before)} before, {_units(after)} after"
        )
    rows: dict[Stack, list[Number]] = {}
    for column, profile in enumerate(profiles):
        for entry, weight in profile.stacks.items():
            row = rows.get(entry)
            if row is None:
                row = rows[entry] = [0] * len(profiles)
            row[column] += weight
    columns = (BEFORE_AFTER[0],) * len(before) + (BEFORE_AFTER[1],) * len(after)
    sources = {profile.meta.source for profile in profiles}
    meta = Meta(found.pop(), sources.pop() if len(sources) == 1 else "", columns)
    return Differential(meta, {entry: tuple(row) for entry, row in rows.items()})


def rounds(profile: Folded | Differential) -> list[Folded]:
    """The profiles of one file: one, or the rounds of one side that it keeps. Raises ValueError for both sides."""
    if isinstance(profile, Folded):
        return [profile]
    columns = profile.meta.columns
    if len({*columns}) > 1:
        raise ValueError("expected one side, found a differential stream of both")
    meta = Meta(profile.meta.unit, profile.meta.source)
    return [
        Folded(meta, {entry: row[at] for entry, row in profile.stacks.items() if row[at]}) for at in range(len(columns))
    ]


def _units(profiles: Sequence[Folded]) -> str:
    return " and ".join(sorted({profile.meta.unit for profile in profiles}))
