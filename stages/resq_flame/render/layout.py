"""Folded stacks as boxes: where each frame stands and how wide it is.

A flame graph has a box for every distinct path from the root (``trie``), and one running sum over the frames' own
weights gives every box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias, TypeVar

from resq_flame import trie
from resq_flame.folded import BEFORE_AFTER, Differential, Folded, Number, Stack
from resq_flame.render.timeline import Timeline
from resq_flame.trie import Trie

Weight = TypeVar("Weight")

Profile: TypeAlias = Folded | Differential | Timeline
"""What can be drawn."""


@dataclass(frozen=True, slots=True)
class Spans:
    """One column of weights over the frames of a trie: a box begins at ``start`` and is ``total`` wide."""

    own: Sequence[Number]
    start: list[Number]
    total: list[Number]
    whole: Number


@dataclass(frozen=True, slots=True)
class Layout:
    """A profile's boxes. ``before`` is there in a differential profile; ``after`` is then the newer side."""

    trie: Trie[Any]
    after: Spans
    before: Spans | None = None

    @property
    def shown(self) -> Spans:
        """The side that gives the boxes their widths: the newer one, unless nothing is left on it."""
        return self.after if self.after.whole or self.before is None else self.before


def layout(profile: Profile, *, reverse: bool = False, as_given: bool = False) -> Layout:
    """The boxes of a profile, siblings by name. ``reverse`` turns each stack, so that leaves become roots.

    ``as_given`` has siblings in the order in which the profile has them; those of a timeline always are.
    """
    if isinstance(profile, Differential):
        many = _grown(profile.stacks, reverse, as_given)
        before, after = (_side(many, profile.meta.columns, name) for name in BEFORE_AFTER)
        return Layout(many, after, before)
    if isinstance(profile, Timeline):
        one = trie.grow_in_time(profile.entries)
    else:
        one = _grown(profile.stacks, reverse, as_given)
    return Layout(one, spans(one, [weight or 0 for weight in one.weight]))


def spans(frames: Trie[Any], own: Sequence[Number]) -> Spans:
    """The boxes that the frames' own weights make."""
    sums: list[Number] = [0, *accumulate(own)]
    return Spans(own, sums[:-1], [sums[end] - start for end, start in zip(frames.end, sums, strict=False)], sums[-1])


def wide(frames: Trie[Any], total: Sequence[Number], least: float) -> Iterator[int]:
    """The frames at least this wide, in preorder. What is below a narrower one is never looked at."""
    index, count = 0, len(frames.frame)
    while index < count:
        if total[index] >= least:
            yield index
            index += 1
        else:
            index = frames.end[index]


def _grown(stacks: Mapping[Stack, Weight], reverse: bool, as_given: bool) -> Trie[Weight]:
    ready = trie.turned(stacks) if reverse else stacks
    return trie.grow_as_given(ready) if as_given else trie.grow(ready)


def _side(frames: Trie[tuple[Number, ...]], columns: Sequence[str], name: str) -> Spans:
    """The rounds of one side, added up."""
    places = [at for at, column in enumerate(columns) if column == name]
    return spans(frames, [sum((row[at] for at in places), 0) if row else 0 for row in frames.weight])
