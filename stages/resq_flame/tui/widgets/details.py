"""What is known of one frame: its name, and its self and total in numbers and shares."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from resq_flame.render.svg import fitted
from resq_flame.tui.flame.graph import Graph
from resq_flame.units import quantity, share


class Details(Widget):
    """Two lines below the graph."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = self._numbers = ""

    def show(self, graph: Graph, frame: int, zoomed: int) -> None:
        self._frame, self._numbers = graph.name(frame), numbers(graph, frame, zoomed)
        self.refresh()

    def render(self) -> Text:
        width = self.size.width
        muted = self.app.theme_variables["muted"]
        return Text("\n").join(
            [
                Text(fitted(self._frame, width), "bold"),
                Text(fitted(self._numbers, width), "" if self.app.no_color else muted),
            ]
        )


def numbers(graph: Graph, frame: int, zoomed: int) -> str:
    """``self 12 samples (3.1 %)  total 80 samples: 20.5 % of all, 45.0 % of view``."""
    unit, total, own = graph.meta.unit, graph.total(frame), graph.own(frame)
    said = [
        f"total {quantity(total, unit)}, {share(total, graph.whole):.1f} % of all",
        f"{share(total, graph.total(zoomed)):.1f} % of view" if zoomed >= 0 else "",
        f"self {quantity(own, unit)}, {share(own, graph.whole):.1f} %",
    ]
    grown = graph.grown(frame)
    if grown is not None:
        said.append(f"{grown:+.2f} points")
    return "  ·  ".join(filter(None, said))
