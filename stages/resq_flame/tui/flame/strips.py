"""A row of boxes as text: labels in boxes, thin lines between them, half cells where a box begins or ends in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style

from resq_flame.render.svg import fitted
from resq_flame.tui.flame.colours import Colours
from resq_flame.tui.flame.rows import Run

HALVES = 2
"""Columns a cell, where there are colours to fill half a cell with."""

_HALF, _LINE = "▌", "▏"


def segments(
    row: Sequence[Run],
    cells: int,
    per_cell: int,
    name: Callable[[int], str],
    style: Callable[[int], Style],
    colours: Colours,
) -> Iterator[Segment]:
    """The text of one row, exactly so many cells wide."""
    place = 0  # in columns
    before: Style | None = None  # the box that ended in the middle of a cell, right here
    for run in row:
        box = style(run.frame)
        if before is not None and run.start > place:  # nothing follows in that cell
            yield Segment(_HALF, colours.edge(before, None))
            before, place = None, place + 1
        if gap := run.start // per_cell - place // per_cell:
            yield Segment(" " * gap, colours.blank)
        start, end = run.start, run.end
        if start % per_cell:
            yield Segment(_HALF, colours.edge(before, box))
            start += 1
        yield from _inside(name(run.frame), end // per_cell - start // per_cell, run.start, per_cell, box, colours)
        before, place = (box if end % per_cell and end > start else None), end
    if before is not None:
        yield Segment(_HALF, colours.edge(before, None))
        place += 1
    yield Segment(" " * (cells - place // per_cell), colours.blank)


def _inside(name: str, cells: int, start: int, per_cell: int, box: Style, colours: Colours) -> Iterator[Segment]:
    """The whole cells of a box: a line where it begins with a cell, and as much of the name as there is room for."""
    if cells < 1:
        return
    if start and not start % per_cell:
        yield Segment(_LINE, colours.separator(box))
        cells -= 1
    elif not start and cells > 1:
        yield Segment(" ", box)
        cells -= 1
    if cells:
        yield Segment(set_cell_size(fitted(name, cells), cells), box)
