"""Moving along the frames that are drawn: to the caller, to what is called most, to neighbours of the same depth."""

from __future__ import annotations

from resq_flame.tui.flame.graph import ROOT, Graph
from resq_flame.tui.flame.rows import Run


def place(graph: Graph, rows: list[list[Run]], frame: int) -> tuple[int, int] | None:
    """The row of a frame and its place there; None where it is too narrow to be drawn, or outside of the graph."""
    row = graph.depth(frame)
    if row >= len(rows):
        return None
    return next(((row, at) for at, run in enumerate(rows[row]) if run.frame == frame), None)


def deeper(graph: Graph, rows: list[list[Run]], frame: int) -> int:
    """The widest drawn child, the frame itself where none is."""
    row = graph.depth(frame) + 1
    if row >= len(rows):
        return frame
    inside = graph.below(frame)
    children = [run for run in rows[row] if run.frame in inside]
    return max(children, key=lambda run: run.end - run.start).frame if children else frame


def beside(graph: Graph, rows: list[list[Run]], frame: int, step: int) -> int:
    """The neighbour in the same row, the frame itself at its end."""
    found = place(graph, rows, frame)
    if found is None:
        return frame
    row, at = found
    return rows[row][min(max(at + step, 0), len(rows[row]) - 1)].frame


def next_of(frames: list[int], rows: list[list[Run]], frame: int, step: int) -> int | None:
    """The next of these frames that is drawn, in preorder, round and round; None where none is."""
    wanted = set(frames)
    drawn = sorted(run.frame for row in rows for run in row if run.frame in wanted)
    if not drawn:
        return None
    if step > 0:
        return next((found for found in drawn if found > frame), drawn[0])
    return next((found for found in reversed(drawn) if found < frame), drawn[-1])


def visible(graph: Graph, rows: list[list[Run]], frame: int) -> int:
    """The frame, or the nearest caller that is drawn."""
    while frame != ROOT and place(graph, rows, frame) is None:
        frame = graph.parent(frame)
    return frame
