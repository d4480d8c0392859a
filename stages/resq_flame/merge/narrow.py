"""Leaves out the frames that are too narrow to matter: what they weigh stays with their callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from resq_flame import trie
from resq_flame.folded import Stack

Weight = TypeVar("Weight")


@dataclass(frozen=True, slots=True)
class Cut(Generic[Weight]):
    """What remains; the weight that went to callers (``moved``), and that of root frames, which have none."""

    kept: dict[Stack, Weight]
    moved: list[Weight]
    dropped: list[Weight]


def cut(
    stacks: Mapping[Stack, Weight], plus: Callable[[Weight, Weight], Weight], wide: Callable[[Weight], bool]
) -> Cut[Weight]:
    """The stacks without the frames of which ``wide`` says no, given the frame's weight with all that it calls."""
    frames = trie.grow(stacks)
    totals = _totals(frames, plus)
    found: Cut[Weight] = Cut({}, [], [])
    path: list[str] = []
    at = 0
    while at < len(frames.frame):
        whole, own = totals[at], frames.weight[at]
        del path[frames.depth[at] - 1 :]
        caller = ";".join(path)
        if not wide(whole):
            if caller:
                found.kept[caller] = plus(found.kept[caller], whole) if caller in found.kept else whole
            (found.moved if caller else found.dropped).append(whole)
            at = frames.end[at]
            continue
        path.append(frames.names[frames.frame[at]])
        if own is not None:
            found.kept[";".join(path)] = own
        at += 1
    return found


def _totals(frames: trie.Trie[Weight], plus: Callable[[Weight, Weight], Weight]) -> list[Weight]:
    """The weight of each frame with all that it calls: the leaves' first, then their callers'."""
    totals: list[Weight | None] = list(frames.weight)
    callers: list[int] = []
    parent = [0] * len(totals)
    for at, depth in enumerate(frames.depth):
        del callers[depth - 1 :]
        parent[at] = callers[-1] if callers else -1
        callers.append(at)
    for at in range(len(totals) - 1, -1, -1):
        above, own = parent[at], totals[at]
        if above >= 0 and own is not None:
            before = totals[above]
            totals[above] = own if before is None else plus(before, own)
    return [whole for whole in totals if whole is not None]  # none is: every leaf ends a stack
