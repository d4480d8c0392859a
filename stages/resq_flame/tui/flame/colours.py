"""The colours of a graph in a terminal: those of the SVG, and what is told apart without any."""

from __future__ import annotations

from functools import cached_property

from rich.style import Style

from resq_flame.render import palette
from resq_flame.render.change import Change
from resq_flame.render.options import Options
from resq_flame.tui.flame.graph import ROOT, Graph

_MATCH_LEAD = 0.45  # how much of the canvas is in the fill of callers above a zoomed frame


class Colours:
    """The style of each frame of a graph, for one theme; ``plain`` uses no colour at all."""

    def __init__(self, graph: Graph, options: Options, *, dark: bool, plain: bool) -> None:
        self.graph, self.options, self.plain = graph, options, plain
        self.theme = palette.DARK if dark else palette.LIGHT
        self.canvas, self.ink = palette.CANVAS[self.theme], palette.INK[self.theme]
        self._change = Change.of(graph.boxes, options)
        self._styles: dict[tuple[str, bool, bool], Style] = {}

    @cached_property
    def _shades(self) -> list[str]:
        """A colour for each name."""
        colouring = palette.colouring(self.graph.boxes.trie.names, self.options.colors, by_order=self.options.random)
        shades = {
            fill: palette.shade(colouring.families[fill // palette.SHADES], fill % palette.SHADES, self.theme)
            for fill in set(colouring.fills)
        }
        return [shades[fill] for fill in colouring.fills]

    def fill(self, frame: int, *, matches: bool = False, lead: bool = False) -> str:
        """``#rrggbb`` of a frame; ``lead`` is a caller of the frame that was zoomed to."""
        if matches:
            colour = self.options.search_color
        elif self._change is not None:
            most, deltas = self._change.most, self._change.deltas
            colour = palette.difference(0 if frame == ROOT else palette.level(deltas[frame], most), self.theme)
        elif frame == ROOT:
            colour = palette.difference(0, self.theme)
        else:
            colour = self._shades[self.graph.boxes.trie.frame[frame]]
        return _blend(colour, self.canvas, _MATCH_LEAD) if lead else colour

    def box(self, frame: int, *, matches: bool = False, selected: bool = False, lead: bool = False) -> Style:
        """The style of a box's label and its background."""
        if self.plain:
            return Style(underline=not selected, bold=matches or selected, reverse=selected, dim=lead, italic=matches)
        fill = self.fill(frame, matches=matches, lead=lead)
        if selected:
            return Style(
                color=palette.INK[palette.LIGHT],
                bgcolor="#fff4d6" if self.theme == palette.DARK else "#ffd98a",
                bold=True,
            )
        return Style(color=palette.ink_on(fill) if matches else self.ink, bgcolor=fill)

    def edge(self, left: Style | None, right: Style | None) -> Style:
        """The style of a cell whose left half is one box and whose right half another; None is the canvas."""
        canvas = Style.parse(f"{self.canvas} on {self.canvas}")
        one, other = left or canvas, right or canvas
        return Style(color=one.bgcolor, bgcolor=canvas.bgcolor if one.bgcolor == other.bgcolor else other.bgcolor)

    def separator(self, box: Style) -> Style:
        """The style of the thin line before a box."""
        return box if self.plain else Style(color=self.canvas, bgcolor=box.bgcolor)

    @property
    def blank(self) -> Style:
        return Style() if self.plain else Style(bgcolor=self.canvas)


def _blend(colour: str, other: str, part: float) -> str:
    mixed = (round(int(colour[at : at + 2], 16) * (1 - part) + int(other[at : at + 2], 16) * part) for at in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
