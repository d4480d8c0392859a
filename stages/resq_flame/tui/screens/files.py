"""A profile that was recorded before: its path, completed as it is typed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from resq_flame.stage import StageError
from resq_flame.tui.document import read
from resq_flame.tui.keys import Keys
from resq_flame.tui.widgets.heading import Heading

_MOST = 200
"""Entries of a folder that are listed."""


class PathInput(Input):
    """Its keys are its own: those of the screen would be handled before the letters that were typed ahead of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.open", "Open"),
        Binding("tab", "screen.complete", "Complete"),
        Binding("down", "screen.move(1)", show=False),
        Binding("up", "screen.move(-1)", show=False),
    ]


class FilesScreen(Screen[None]):
    """A path, and below it what there is that begins so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back"),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Files",
            (("Tab", "complete"), ("↑ ↓", "move along the list"), ("Enter", "open")),
        ),
    )

    def compose(self) -> ComposeResult:
        yield Heading("A file", "a profile of any known format, also compressed")
        yield PathInput(id="path", placeholder="path of a profile")
        yield Static("", id="problem", markup=False)
        yield OptionList(id="entries")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._list()

    @on(Input.Changed)
    def _list(self) -> None:
        self.query_one("#problem", Static).update("")
        entries = self.query_one(OptionList)
        entries.clear_options()
        for name in matching(self.query_one(Input).value)[:_MOST]:
            entries.add_option(Option(Text(name, no_wrap=True), id=name))

    def action_move(self, step: int) -> None:
        entries = self.query_one(OptionList)
        entries.action_cursor_down() if step > 0 else entries.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _on_chosen(self, event: OptionList.OptionSelected) -> None:
        self._put(str(event.option_id))

    def action_complete(self) -> None:
        """The highlighted entry, or as much as all that match have in common."""
        names = matching(self.query_one(Input).value)
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None and chosen < len(names):
            self._put(names[chosen])
        elif names:
            self._put(os.path.commonprefix(names))  # noqa: RUF071  # letters are what completes

    def action_open(self) -> None:
        entries = self.query_one(OptionList)
        if entries.highlighted is not None:
            self._put(str(entries.get_option_at_index(entries.highlighted).id))
        path = self.query_one(Input).value
        if path and not path.endswith("/"):
            self.load(os.path.expanduser(path))

    @work(exclusive=True)
    async def load(self, path: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update("reading…")
        try:
            document = await asyncio.to_thread(read, path)
        except StageError as error:
            problem.update(str(error))
            return
        problem.update("")
        from resq_flame.tui.screens.result import ResultScreen

        self.app.push_screen(ResultScreen(document))

    def _put(self, path: str) -> None:
        field = self.query_one(Input)
        field.value = path
        field.cursor_position = len(path)


def matching(typed: str) -> list[str]:
    """Paths that begin with what was typed: folders first, with a slash; hidden ones when asked for."""
    folder, _, begun = typed.rpartition("/")
    place = Path(os.path.expanduser(f"{folder}/" if "/" in typed else "."))
    try:
        entries = [entry for entry in place.iterdir() if entry.name.startswith(begun)]
    except OSError:
        return []
    shown = [entry for entry in entries if begun.startswith(".") or not entry.name.startswith(".")]
    ordered = sorted(shown, key=lambda entry: (not entry.is_dir(), entry.name))
    lead = f"{folder}/" if "/" in typed else ""
    return [f"{lead}{entry.name}{'/' if entry.is_dir() else ''}" for entry in ordered]
