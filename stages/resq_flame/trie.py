"""Stacks that share their beginnings, as a tree of frames.

A profile has 100,000 of them, so frames are rows of parallel lists, not objects. They come in preorder: a frame, then
everything it calls, then its next sibling. Frame ``i`` and all below it are ``i`` to ``end[i]``.

A frame without a name (``GAP``) is no call: in a tree that is ordered by time it is what its caller itself spent
between two calls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from resq_flame.folded import Number, Stack, order

Weight = TypeVar("Weight")

GAP = ""


@dataclass(frozen=True, slots=True)
class Trie(Generic[Weight]):
    """All lists but ``names`` have one entry a frame, in preorder.

    ``frame`` is an index into ``names``; ``depth`` counts the frames from the root, itself included; ``weight`` is
    what the stack that ends here weighs, None where no stack does (a stack of weight 0 is still a stack).
    """

    names: list[str]
    frame: list[int]
    depth: list[int]
    end: list[int]
    weight: list[Weight | None]


def grow(stacks: Mapping[Stack, Weight]) -> Trie[Weight]:
    """The tree of these stacks, siblings by name."""
    return planted((entry, stacks[entry]) for entry in sorted(stacks, key=order))


def grow_as_given(stacks: Mapping[Stack, Weight]) -> Trie[Weight]:
    """The tree of these stacks, siblings as they first appear."""
    seen: dict[Stack, int] = {}
    places: dict[Stack, list[int]] = {}
    for entry in stacks:
        ends = [at for at, letter in enumerate(entry) if letter == ";"] + [len(entry)]
        places[entry] = [seen.setdefault(entry[:end], len(seen)) for end in ends]
    return planted((entry, stacks[entry]) for entry in sorted(places, key=places.__getitem__))


def grow_in_time(entries: Iterable[tuple[Stack, Number]]) -> Trie[Number]:
    """The tree of stacks one after the other in time: equal neighbours are one, what comes back later is another."""
    return planted(_merged(entries))


def planted(entries: Iterable[tuple[Stack, Weight]]) -> Trie[Weight]:
    """The tree of stacks that stand in its order, none of them twice.

    Long for a function, because the time of a rendering is spent in its loops.
    """
    names: defaultdict[str, int] = defaultdict()
    names.default_factory = names.__len__
    frame: list[int] = []
    depth: list[int] = []
    end: list[int] = []
    weights: list[Weight | None] = []
    paths, open_frames = [""], [-1]  # the stack being built: the text up to each frame, and the frame
    for entry, weight in entries:
        path = entry + ";"
        while not path.startswith(paths[-1]):
            paths.pop()
            end[open_frames.pop()] = len(frame)
        length = len(paths[-1])
        for name in path[length:-1].split(";"):
            length += len(name) + 1
            open_frames.append(len(frame))
            frame.append(names[name])
            depth.append(len(paths))
            paths.append(path[:length])
            end.append(0)
            weights.append(None)
        weights[-1] = weight
    for last in open_frames[1:]:
        end[last] = len(frame)
    return Trie(list(names), frame, depth, end, weights)


def turned(stacks: Mapping[Stack, Weight]) -> dict[Stack, Weight]:
    """The same stacks, leaf first. No two become one: turning is its own inverse."""
    return {";".join(entry.split(";")[::-1]): weight for entry, weight in stacks.items()}


def _merged(entries: Iterable[tuple[Stack, Number]]) -> Iterator[tuple[Stack, Number]]:
    """Neighbours added up; a stack that comes back while its last call is still the newest frame gets a gap."""
    last: Stack | None = None
    sum_: Number = 0
    for entry, weight in entries:
        if last is not None and f"{last};".startswith(f"{entry};"):
            if last in (entry, f"{entry};{GAP}"):
                sum_ += weight
                continue
            entry = f"{entry};{GAP}"  # the stack itself, later
        if last is not None:
            yield last, sum_
        last, sum_ = entry, weight
    if last is not None:
        yield last, sum_
