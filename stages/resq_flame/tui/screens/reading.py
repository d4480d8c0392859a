"""A file being read, which may take its time."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from resq_flame.stage import StageError
from resq_flame.tui.document import read
from resq_flame.tui.widgets.heading import Heading

if TYPE_CHECKING:
    from resq_flame.tui.app import FlameApp


class ReadingScreen(Screen[None]):
    """The result takes its place; without one, the application ends."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        yield Heading(os.path.basename(self._path), "reading…")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.read()

    @work(exclusive=True)
    async def read(self) -> None:
        try:
            document = await asyncio.to_thread(read, self._path)
        except StageError as error:
            cast("FlameApp", self.app).fail(error)
            return
        from resq_flame.tui.screens.result import ResultScreen

        self.app.switch_screen(ResultScreen(document))
