"""Filters in the words of pprof, and with their meaning there (internal/driver/driver_focus.go, profile/filter.go).

In its order too: ``tag``, ``focus`` and ``ignore`` look at the stack as it came in; then frames are taken out by
``hide`` and ``show``; what is left is cut by ``show-from`` and ``prune-from``.
"""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Generic, TypeVar

from resq_flame.folded import Stack
from resq_flame.parser import pattern

Patterns = tuple[re.Pattern[str], ...]
Matcher = Callable[[str], bool]
Weight = TypeVar("Weight")

# The roots that fold writes above a stack for --processes and --threads, and as labels.
_TAG = re.compile(r"process \d|thread [(\d]|[\w.-]+=")


MEANINGS = {
    "tag": "keep only stacks under such a root frame: a command, process, thread, event or label",
    "focus": "keep only stacks with such a frame",
    "ignore": "drop stacks with such a frame",
    "hide": "take such frames out of their stacks; what they cost goes to their callers",
    "show": "take all other frames out of their stacks",
    "show_from": "begin each stack at the first such frame, and drop stacks without one",
    "prune_from": "end each stack at the last such frame",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Regular expressions over frame names, each found anywhere in a name. Of several, one is enough."""

    tag: Patterns = ()
    focus: Patterns = ()
    ignore: Patterns = ()
    hide: Patterns = ()
    show: Patterns = ()
    show_from: Patterns = ()
    prune_from: Patterns = ()

    def __bool__(self) -> bool:
        return any(getattr(self, entry.name) for entry in fields(self))


def add_arguments(parser: argparse._ArgumentGroup) -> None:
    for name, meaning in MEANINGS.items():
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, action="append", default=[], type=pattern, metavar="RE", help=meaning)
    parser.add_argument("--collapse-recursion", action="store_true", help="a frame that calls itself is one frame")


def from_arguments(options: argparse.Namespace) -> Filters:
    return Filters(**{name: tuple(getattr(options, name)) for name in MEANINGS})


@dataclass(slots=True)
class Selected(Generic[Weight]):
    """What passed the filters, and the weight of what each flag dropped."""

    kept: dict[Stack, Weight] = field(default_factory=dict)
    dropped: dict[str, Weight] = field(default_factory=dict)


def select(
    stacks: Iterable[tuple[Stack, Weight]],
    filters: Filters,
    plus: Callable[[Weight, Weight], Weight],
    *,
    collapse_recursion: bool = False,
) -> Selected[Weight]:
    """The stacks that pass the filters, those that became equal added up."""
    found: Selected[Weight] = Selected()
    passing = _passing(filters)
    for entry, weight in stacks:
        frames, dropped_by = passing(entry.split(";"))
        if dropped_by:
            name, place = dropped_by, found.dropped
        else:
            name, place = ";".join(_without_repeats(frames) if collapse_recursion else frames), found.kept
        place[name] = plus(place[name], weight) if name in place else weight
    return found


def tags(frames: list[str]) -> Iterator[str]:
    """The root frame, and the frames behind it that are no calls either."""
    yield frames[0]
    for frame in frames[1:]:
        if not _TAG.match(frame):
            return
        yield frame


def _passing(filters: Filters) -> Callable[[list[str]], tuple[list[str], str]]:
    """What remains of the frames of a stack; or the flag that drops it."""
    tag, focus, ignore, hide, show, show_from, prune_from = (
        _matcher(getattr(filters, entry.name)) for entry in fields(Filters)
    )

    def passing(frames: list[str]) -> tuple[list[str], str]:
        if tag and not any(map(tag, tags(frames))):
            return [], "--tag"
        if focus and not any(map(focus, frames)):
            return [], "--focus"
        if ignore and any(map(ignore, frames)):
            return [], "--ignore"
        if hide and not (frames := [frame for frame in frames if not hide(frame)]):
            return [], "--hide"
        if show and not (frames := [frame for frame in frames if show(frame)]):
            return [], "--show"
        if show_from and not (frames := frames[_first(show_from, frames) :]):
            return [], "--show-from"
        if prune_from:
            frames = frames[: len(frames) - _first(prune_from, frames[::-1]) % len(frames)]
        return frames, ""

    return passing


def _matcher(patterns: Patterns) -> Matcher | None:
    @functools.cache
    def matches(frame: str) -> bool:
        return any(pattern.search(frame) for pattern in patterns)

    return matches if patterns else None


def _first(matches: Matcher, frames: list[str]) -> int:
    """The place of the first such frame; behind all where there is none."""
    return next((at for at, frame in enumerate(frames) if matches(frame)), len(frames))


def _without_repeats(frames: list[str]) -> list[str]:
    return [frame for at, frame in enumerate(frames) if not at or frame != frames[at - 1]]
