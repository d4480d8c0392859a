"""Searching a graph: a regular expression, or plain text where it is none."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from resq_flame.tui.flame.graph import ROOT, Graph


@dataclass(frozen=True, slots=True)
class Matches:
    """The numbers of the names that match, and their frames in preorder; no match counts twice in ``total``."""

    wanted: str
    names: Container[int]
    frames: list[int]
    total: float


def search(graph: Graph, wanted: str) -> Matches:
    """The frames whose names hold ``wanted``; upper and lower case differ only where it has an upper-case letter."""
    pattern = _pattern(wanted)
    return _matches(graph, wanted, {at for at, name in enumerate(graph.boxes.trie.names) if pattern.search(name)})


def named(graph: Graph, name: str) -> Matches:
    """The frames of exactly this name."""
    return _matches(graph, name, {at for at, found in enumerate(graph.boxes.trie.names) if found == name})


def heaviest(graph: Graph, matches: Matches) -> int:
    """The matching frame with the largest total, the root where there is none."""
    return max(matches.frames, key=graph.totals.__getitem__, default=ROOT)


def _matches(graph: Graph, wanted: str, names: set[int]) -> Matches:
    frame_names, ends = graph.boxes.trie.frame, graph.boxes.trie.end
    frames = [frame for frame, name in enumerate(frame_names) if name in names] if names else []
    total, after = 0.0, 0
    for frame in frames:
        if frame >= after:  # not below a match, which has it already
            total += graph.totals[frame]
            after = ends[frame]
    return Matches(wanted, names, frames, total)


def _pattern(wanted: str) -> re.Pattern[str]:
    flags = re.IGNORECASE if wanted == wanted.lower() else 0
    try:
        return re.compile(wanted, flags)
    except re.error:
        return re.compile(re.escape(wanted), flags)
