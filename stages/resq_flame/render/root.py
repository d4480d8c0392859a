"""Stacks that begin at chosen functions: --base, as inferno has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from resq_flame.folded import Differential, Number, Stack
from resq_flame.render.layout import Profile
from resq_flame.render.timeline import Timeline
from resq_flame.stage import StageError

Weight = TypeVar("Weight")


def rooted(profile: Profile, functions: Sequence[str]) -> Profile:
    """The stacks from the first of these functions on, the others left out. Raises StageError where none is left."""
    if isinstance(profile, Timeline):
        entries = list(_cut(profile.entries, functions))
        left: Profile = replace(profile, entries=entries)
    elif isinstance(profile, Differential):
        rows: dict[Stack, tuple[Number, ...]] = {}
        for entry, row in _cut(profile.stacks.items(), functions):
            rows[entry] = tuple(a + b for a, b in zip(rows[entry], row, strict=True)) if entry in rows else row
        left = replace(profile, stacks=rows)
    else:
        stacks: dict[Stack, Number] = {}
        for entry, weight in _cut(profile.stacks.items(), functions):
            stacks[entry] = stacks.get(entry, 0) + weight
        left = replace(profile, stacks=stacks)
    if not (left.entries if isinstance(left, Timeline) else left.stacks):
        raise StageError(f"--base: expected a stack with the function {' or '.join(functions)}, found none")
    return left


def _cut(entries: Iterable[tuple[Stack, Weight]], functions: Sequence[str]) -> Iterator[tuple[Stack, Weight]]:
    for entry, weight in entries:
        frames = entry.split(";")
        at = next((at for at, name in enumerate(frames) if name in functions), None)
        if at is not None:
            yield ";".join(frames[at:]), weight
