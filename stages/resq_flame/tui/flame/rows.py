"""Which frame stands where: a graph below one frame, in rows of columns.

A column belongs, in each row, to the frame at its middle. So a row of many narrow frames still shows as many of them
as it has columns, whatever a column shows is one whole stack, and frames between two middles are never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from resq_flame.tui.flame.graph import ROOT, Graph


@dataclass(frozen=True, slots=True)
class Run:
    """The columns ``start`` to ``end`` (not included) of one frame."""

    start: int
    end: int
    frame: int


def rows(graph: Graph, zoomed: int, columns: int) -> list[list[Run]]:
    """The rows from the root on: it and the callers of ``zoomed`` fill theirs, as does the frame itself."""
    found = [[Run(0, columns, frame)] for frame in [*graph.ancestors(zoomed), zoomed]]
    depths, ends, starts, totals = graph.boxes.trie.depth, graph.boxes.trie.end, graph.starts, graph.totals
    origin = 0.0 if zoomed == ROOT else starts[zoomed]
    whole = float(graph.total(zoomed))
    scale = columns / whole if whole else 0.0
    inside = graph.below(zoomed)
    frame = inside.start
    while frame < inside.stop:
        begin = starts[frame] - origin  # an end is computed as the begin of what follows, so that they meet
        start, end = ceil(begin * scale - 0.5), ceil((begin + totals[frame]) * scale - 0.5)
        if start < end:
            if depths[frame] == len(found):
                found.append([])
            found[depths[frame]].append(Run(start, end, frame))
            frame += 1
        else:
            frame = ends[frame]
    return found


def at(row: list[Run], column: int) -> Run | None:
    """The run at a column, if there is one."""
    return next((run for run in row if run.start <= column < run.end), None)
