"""A profile as a tree to walk in: what the flame graph and the functions beside it show and move along.

Frames are numbers, those of ``trie``; ROOT stands above all of them and is the whole profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resq_flame.folded import Differential, Folded, Meta, Number
from resq_flame.render.layout import Layout, layout
from resq_flame.render.svg import ROOT as ROOT_NAME
from resq_flame.units import share

ROOT = -1


@dataclass(frozen=True, slots=True)
class Graph:
    """The boxes of a profile and how they hang together. ``parents`` has an entry a frame, ROOT for the outermost."""

    meta: Meta
    boxes: Layout
    parents: list[int] = field(repr=False)
    starts: list[float] = field(repr=False)
    totals: list[float] = field(repr=False)

    @property
    def whole(self) -> Number:
        return self.boxes.shown.whole

    def name(self, frame: int) -> str:
        return ROOT_NAME if frame == ROOT else self.boxes.trie.names[self.boxes.trie.frame[frame]]

    def total(self, frame: int) -> Number:
        return self.whole if frame == ROOT else self.boxes.shown.total[frame]

    def own(self, frame: int) -> Number:
        return 0 if frame == ROOT else self.boxes.shown.own[frame]

    def depth(self, frame: int) -> int:
        """Frames from the root to this one; the root has 0."""
        return 0 if frame == ROOT else self.boxes.trie.depth[frame]

    def below(self, frame: int) -> range:
        """All frames that this one calls, directly or not, in preorder."""
        return range(len(self.parents)) if frame == ROOT else range(frame + 1, self.boxes.trie.end[frame])

    def parent(self, frame: int) -> int:
        return ROOT if frame == ROOT else self.parents[frame]

    def children(self, frame: int) -> Iterator[int]:
        inside = self.below(frame)
        at = inside.start
        while at < inside.stop:
            yield at
            at = self.boxes.trie.end[at]

    def ancestors(self, frame: int) -> list[int]:
        """From the root to the caller; nothing for the root."""
        found = []
        while frame != ROOT:
            frame = self.parents[frame]
            found.append(frame)
        return found[::-1]

    def path(self, frame: int) -> tuple[str, ...]:
        """The names from the outermost frame to this one."""
        return () if frame == ROOT else tuple(map(self.name, [*self.ancestors(frame)[1:], frame]))

    def find(self, path: tuple[str, ...]) -> int:
        """The frame with this path, or the last one of it that is there."""
        frame = ROOT
        for name in path:
            deeper = next((child for child in self.children(frame) if self.name(child) == name), None)
            if deeper is None:
                break
            frame = deeper
        return frame

    def grown(self, frame: int) -> float | None:
        """Points of share that a frame grew by, of the newer whole; None of a profile with one side."""
        before, after = self.boxes.before, self.boxes.after
        if before is None:
            return None
        old, new = (side.whole if frame == ROOT else side.total[frame] for side in (before, after))
        return share(new - old, self.whole)


def graph(profile: Folded | Differential, *, callers: bool = False) -> Graph:
    """The graph of a profile that weighs something; ``callers`` turns its stacks, so that leaves come first."""
    boxes = layout(profile, reverse=callers)
    shown = boxes.shown
    return Graph(
        profile.meta,
        boxes,
        _parents(boxes.trie.depth),
        [float(at) for at in shown.start],
        [float(w) for w in shown.total],
    )


def _parents(depths: list[int]) -> list[int]:
    parents: list[int] = []
    path = [ROOT]
    for frame, depth in enumerate(depths):
        del path[depth:]
        parents.append(path[-1])
        path.append(frame)
    return parents
