"""The keys of a screen, all of them."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from resq_flame.tui.keys import EVERYWHERE, Keys


class HelpScreen(ModalScreen[None]):
    """A box over the screen that it explains."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self._groups: Keys = getattr(about, "KEYS", ())

    def compose(self) -> ComposeResult:
        with Vertical(id="box"), VerticalScroll(can_focus=True):
            yield Static(self._table(), id="keys")

    def on_mount(self) -> None:
        box = self.query_one("#box")
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def _table(self) -> Table:
        variables, plain = self.app.theme_variables, self.app.no_color
        table = Table.grid(padding=(0, 2))
        for number, (title, keys) in enumerate((*self._groups, *EVERYWHERE)):
            if number:
                table.add_row()
            table.add_row(Text(title, "bold"))
            for key, meaning in keys:
                table.add_row(Text(key, "" if plain else variables["primary"]), meaning)
        return table
