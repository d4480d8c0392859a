"""What a profile's ``drop_frames`` and ``keep_frames`` leave of its stacks (google/pprof, profile/prune.go).

A function that ``drop_frames`` names, unless ``keep_frames`` names it too, goes from the stack with all it called;
but nothing goes before the first location that no such name is in, so that something stays. An allocator is the
usual case: ``operator new`` and what is below it say nothing that its caller does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from resq_flame.fold.ledger import Ledger

# The first "(" opens the arguments, unless it belongs to the name itself.
_ARGUMENTS = re.compile(r"\(anonymous namespace\)|operator\(\)|(\()")


@dataclass(frozen=True, slots=True)
class Place:
    """The frames of a location, root first. ``cut`` is where the uninteresting ones begin, if there are any."""

    frames: tuple[str, ...]
    cut: int | None = None


def uninteresting(drop: str, keep: str, ledger: Ledger) -> Callable[[str], bool]:
    """Whether a function is to be dropped with all it called."""
    try:
        dropped, kept = re.compile(drop or r"(?!)"), re.compile(keep or r"(?!)")
    except (re.error, OverflowError, RecursionError):  # RE2, which Go has, knows a few things that Python does not
        ledger.note(f"its drop_frames or keep_frames is no regular expression here: no frames go ({drop!r}, {keep!r})")
        return lambda _: False
    if drop:
        ledger.note(f"it asks to leave out the functions that match {drop!r}, with all they call")

    def answer(name: str) -> bool:
        plain = _without_arguments(name)
        return dropped.fullmatch(plain) is not None and kept.fullmatch(plain) is None

    return answer


def place(names: Sequence[str], frames: Sequence[str], dropped: Callable[[str], bool]) -> Place:
    """A location of these functions ("" where it has no name) and how they are shown, root first."""
    for at, name in enumerate(names):
        if name and dropped(name):
            return Place(tuple(frames[:at] or frames), at)
    return Place(tuple(frames))


def stack(places: Iterable[Place]) -> list[str]:
    """The frames that stay of these locations, root first."""
    frames: list[str] = []
    interesting = False
    for entry in places:
        if entry.cut == 0 and interesting:
            break
        frames += entry.frames
        if entry.cut is None:
            interesting = True
        elif interesting:
            break
    return frames


def _without_arguments(name: str) -> str:
    name = name.removeprefix(".")
    for found in _ARGUMENTS.finditer(name):
        if found[1]:
            return name[: found.start()]
    return name
