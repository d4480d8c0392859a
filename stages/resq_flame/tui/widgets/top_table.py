"""The functions beside the flame graph: what they cost, sortable, each leading to its frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from resq_flame.render import palette
from resq_flame.render.svg import fitted
from resq_flame.tui.functions import Function, ordered

KEYS = ("self", "total", "name")
"""The columns, by each of which functions can be sorted."""

_NUMBER = 6  # letters of a share: "100.0 "
_BAR = 6
_PADDING = 1
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class TopTable(DataTable[Text], inherit_bindings=True):
    """Functions by self, total or name; Enter chooses one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
        Binding("enter", "select_cursor", "Show"),
        Binding("greater_than_sign", "sort(1)", show=False),
        Binding("less_than_sign", "sort(-1)", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """A function is to be shown in the graph."""

        name: str

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=_PADDING)
        self.by = "self"
        self.differential = False
        self._all: list[Function] = []
        self._shown: list[Function] = []

    def show(self, found: list[Function], *, differential: bool) -> None:
        """Show other functions; the cursor stays on its one where that is there."""
        self._all, self.differential = found, differential
        self.fill()

    def fill(self) -> None:
        chosen = self._shown[self.cursor_row].name if self._shown and self.cursor_row < len(self._shown) else ""
        top = self.scroll_y
        self._shown = ordered(self._all, self.by, differential=self.differential)
        self.clear(columns=True)
        width = self._name_width()
        for key in KEYS:
            heading = f"{key}{' ▾' if key == self.by else ''}"
            self.add_column(
                Text(heading, justify="left" if key == "name" else "right"), key=key, width=self._width(key, width)
            )
        most = max((one.self for one in self._shown), default=0.0)
        for one in self._shown:
            self.add_row(*self._cells(one, most, width))
        row = next((at for at, one in enumerate(self._shown) if one.name == chosen), 0)
        self.move_cursor(row=row, animate=False, scroll=False)
        self.scroll_to(y=top, animate=False)

    def on_resize(self) -> None:
        if self._all:
            self.fill()

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        self.by = str(event.column_key.value)
        self.fill()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self._shown:
            self.post_message(self.Chosen(self._shown[event.cursor_row].name))

    def action_sort(self, step: int) -> None:
        """Sort by the next column, or the one before."""
        self.by = KEYS[(KEYS.index(self.by) + step) % len(KEYS)]
        self.fill()

    def _width(self, key: str, name_width: int) -> int:
        return {"self": _BAR + _NUMBER, "total": _NUMBER}.get(key, name_width)

    def _name_width(self) -> int:
        used = self._width("self", 0) + self._width("total", 0) + 3 * 2 * _PADDING
        return max(12, self.size.width - used - 2)  # the scrollbar

    def _cells(self, one: Function, most: float, width: int) -> tuple[Text, Text, Text]:
        if self.differential:
            return (
                self._grown(one.self_grown, bar=True),
                self._grown(one.total_grown, bar=False),
                _name(one.name, width),
            )
        colour = self.app.theme_variables["primary"]
        cell = Text.assemble((bar(one.self / most if most else 0.0, _BAR), colour), f"{one.self:{_NUMBER}.1f}")
        return cell, Text(f"{one.total:{_NUMBER}.1f}"), _name(one.name, width)

    def _grown(self, points: float, *, bar: bool) -> Text:
        theme = palette.DARK if self.app.current_theme.dark else palette.LIGHT
        said = f"{points:+.1f}"
        if said in ("+0.0", "-0.0"):
            return Text("·".rjust(_NUMBER + (_BAR if bar else 0)), "dim")
        colour = palette.difference(5 if points > 0 else -5, palette.LIGHT if theme == palette.DARK else palette.DARK)
        return Text(said.rjust(_NUMBER + (_BAR if bar else 0)), colour)


def bar(part: float, cells: int) -> str:
    """A bar of this part of so many cells, exact to an eighth of one."""
    eighths = round(min(max(part, 0.0), 1.0) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(cells)


def _name(name: str, width: int) -> Text:
    return Text(fitted(name, width), no_wrap=True)
