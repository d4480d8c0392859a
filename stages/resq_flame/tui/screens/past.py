"""What to compare with: the baseline, an earlier run, any file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from resq_flame.tui.past import Past


class PastScreen(ModalScreen[Past | None]):
    """Its result is the chosen profile, None where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(self, known: list[Past]) -> None:
        super().__init__()
        self._known = known

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield OptionList(*(Option(Text(one.title, no_wrap=True)) for one in self._known))
            yield Input(placeholder="or the path of any profile")
            yield Static("", classes="problem", markup=False)

    def on_mount(self) -> None:
        box = self.query_one("#box")
        box.border_title, box.border_subtitle = "What changed since…", "Enter compares, Esc goes back"
        runs = self.query_one(OptionList)
        runs.display = bool(self._known)
        runs.highlighted = 0 if self._known else None
        (runs if self._known else self.query_one(Input)).focus()

    def action_move(self, step: int) -> None:
        """From the path up to the runs, and back."""
        if step < 0 and self._known:
            self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _on_chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._known[event.option_index])

    @on(Input.Submitted)
    def _on_path(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        if path.is_file():
            self.dismiss(Past(path.name, (path.absolute(),)))
        else:
            self.query_one(".problem", Static).update(f"{path}: expected a file, found none")
