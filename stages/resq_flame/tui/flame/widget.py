"""The flame graph as a widget: drawn line by line, walked through with keys and mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from resq_flame.render.options import Options
from resq_flame.tui.flame import moves, strips
from resq_flame.tui.flame.colours import Colours
from resq_flame.tui.flame.graph import ROOT, Graph
from resq_flame.tui.flame.rows import Run, at, rows
from resq_flame.tui.flame.search import Matches, heaviest


class FlameGraph(ScrollView, can_focus=True):
    """Shows a graph, zoomed to one of its frames, another one selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "beside(-1)", "left", show=False),
        Binding("right,l", "beside(1)", "right", show=False),
        Binding("up,k", "above(1)", "up", show=False),
        Binding("down,j", "above(-1)", "down", show=False),
        Binding("enter", "zoom", "Zoom", show=False),
        Binding("backspace,u", "out", "Out", show=False),
        Binding("0,home", "reset", "Whole", show=False),
        Binding("i", "turn", "Icicle"),
        Binding("n", "match(1)", "next match", show=False),
        Binding("N", "match(-1)", "match before", show=False),
    ]

    @dataclass
    class Shown(Message):
        """Another frame is to be described: the selected one, or the one under the mouse."""

        frame: int

    def __init__(self) -> None:
        super().__init__()
        self.graph: Graph | None = None
        self.options = Options()
        self.icicle = False
        self.zoomed = ROOT
        self.selected = ROOT
        self.matches: Matches | None = None
        self._rows: list[list[Run]] = []
        self._colours: Colours | None = None

    # What is shown.

    def show(self, graph: Graph, options: Options) -> None:
        """Show another graph, at the same place as far as it has it."""
        zoomed, selected = (
            (graph.find(self.graph.path(frame)) if self.graph else ROOT) for frame in (self.zoomed, self.selected)
        )
        if self.graph is None:
            self.icicle = options.inverted
        self.graph, self.options, self.matches = graph, options, None
        self.zoomed, self.selected = zoomed, selected
        self.recolour()

    def recolour(self) -> None:
        """Take the colours of the theme."""
        if self.graph is not None:
            dark, plain = self.app.current_theme.dark, self.app.no_color
            self._colours = Colours(self.graph, self.options, dark=dark, plain=plain)
            self._lay_out()

    def highlight(self, matches: Matches | None) -> None:
        """Show which frames match; none from the next graph on."""
        self.matches = matches
        self.refresh()

    def zoom_to(self, frame: int) -> None:
        """Draw the graph below a frame, which is selected."""
        self.zoomed = frame
        self._lay_out()
        self.select(frame)

    def select(self, frame: int) -> None:
        """Select a frame and bring it into sight."""
        self.selected = frame
        self.refresh()
        if self.graph is not None and moves.place(self.graph, self._rows, frame) is not None:
            line = self._line_of(self.graph.depth(frame))
            self.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True, x_axis=False)
        self.post_message(self.Shown(frame))

    def reveal(self, frame: int) -> None:
        """Select a frame; zoom out, then in to it, where it is not drawn."""
        if self.graph is None:
            return
        for zoomed in (self.zoomed, ROOT, frame):
            if zoomed != self.zoomed:
                self.zoomed = zoomed
                self._lay_out()
            if moves.place(self.graph, self._rows, frame) is not None:
                break
        self.select(frame)

    def _lay_out(self) -> None:
        if self.graph is None or not self.size.width:
            return
        self._rows = rows(self.graph, self.zoomed, self.size.width * self._per_cell)
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.scroll_to(y=0 if self.icicle else len(self._rows), animate=False, force=True)
        self.refresh()

    @property
    def _per_cell(self) -> int:
        return 1 if self.app.no_color else strips.HALVES

    # Drawing.

    def on_resize(self) -> None:
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        width, colours, graph = self.size.width, self._colours, self.graph
        if colours is None or graph is None:
            return Strip.blank(width, self.rich_style)
        row = self._row_at(y)
        if row is None:
            return Strip.blank(width, colours.blank)
        lead = row < graph.depth(self.zoomed)

        def style(frame: int) -> Style:
            matches = self.matches is not None and frame != ROOT and graph.boxes.trie.frame[frame] in self.matches.names
            return colours.box(frame, matches=matches, selected=frame == self.selected, lead=lead)

        pieces = strips.segments(self._rows[row], width, self._per_cell, graph.name, style, colours)
        return Strip(pieces, width)

    def _row_at(self, y: int) -> int | None:
        """The row of a line on the screen; a flame that is lower than the widget stands on its ground."""
        if self.icicle:
            row = y + self.scroll_offset.y
        else:
            row = max(len(self._rows), self.size.height) - 1 - y - self.scroll_offset.y
        return row if 0 <= row < len(self._rows) else None

    def _line_of(self, row: int) -> int:
        """The line of a row, counted from the top of all that can be scrolled to."""
        return row if self.icicle else max(len(self._rows), self.size.height) - 1 - row

    # Keys and the mouse.

    def action_beside(self, step: int) -> None:
        if self.graph is not None:
            self.select(moves.beside(self.graph, self._rows, self._drawn(), step))

    def action_above(self, step: int) -> None:
        if self.graph is None:
            return
        deeper = (step > 0) != self.icicle
        frame = self._drawn()
        self.select(moves.deeper(self.graph, self._rows, frame) if deeper else self.graph.parent(frame))

    def action_zoom(self) -> None:
        self.zoom_to(self.selected)

    def action_out(self) -> None:
        if self.graph is not None:
            left = self.zoomed
            self.zoom_to(self.graph.parent(left))
            self.select(left)

    def action_reset(self) -> None:
        self.zoom_to(ROOT)

    def action_turn(self) -> None:
        self.icicle = not self.icicle
        self._lay_out()
        self.select(self.selected)

    def action_match(self, step: int) -> None:
        if self.graph is None or self.matches is None or not self.matches.frames:
            return
        found = moves.next_of(self.matches.frames, self._rows, self.selected, step)
        self.reveal(heaviest(self.graph, self.matches) if found is None else found)

    def on_click(self, event: events.Click) -> None:
        frame = self._frame_at(event.get_content_offset(self))
        if frame is not None:
            self.zoom_to(frame)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        frame = self._frame_at(event.get_content_offset(self))
        self.post_message(self.Shown(self.selected if frame is None else frame))

    def on_leave(self) -> None:
        self.post_message(self.Shown(self.selected))

    def _drawn(self) -> int:
        assert self.graph is not None
        return moves.visible(self.graph, self._rows, self.selected)

    def _frame_at(self, offset: Offset | None) -> int | None:
        row = None if offset is None else self._row_at(offset.y)
        if offset is None or row is None:
            return None
        run = at(self._rows[row], offset.x * self._per_cell)
        return None if run is None else run.frame
