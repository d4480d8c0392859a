"""The processes of this machine, to choose one of: busiest first, filtered as it is typed."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input

from resq_flame.render.svg import fitted
from resq_flame.tui import plan
from resq_flame.tui.keys import Keys
from resq_flame.tui.processes import ORDERS, Process, Processes, chosen
from resq_flame.tui.widgets.heading import Heading

_EVERY = 2.0
_FIRST = 0.4
"""Seconds until the first shares are known."""
_WIDTHS = {"pid": 7, "cpu": 6, "language": 10}


class Filter(Input):
    """Its keys are its own: those of the screen would be handled before the letters that were typed ahead of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.choose", "Profile"),
        Binding("tab", "screen.sort", "Sort"),
        Binding("down", "screen.move(1)", show=False),
        Binding("up", "screen.move(-1)", show=False),
    ]


class ProcessesScreen(Screen[None]):
    """A table that is filled again and again; Enter goes on to the settings, F5 to live mode."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "live", "Live"),
        Binding("escape", "app.pop_screen", "Back"),
        Binding("f1", "app.help", "Help"),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Processes",
            (
                ("letters", "only those with these words in number, language or command"),
                ("↑ ↓", "move"),
                ("Tab", "sort by another column (or click on it)"),
                ("Enter", "profile this one"),
                ("F5", "live: short captures again and again"),
            ),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._processes = Processes()
        self._found: list[Process] = []
        self._shown: list[Process] = []
        self.by = "cpu"
        self._moved = False

    def compose(self) -> ComposeResult:
        yield Heading("A process", "of this machine")
        yield Filter(id="filter", placeholder="type to filter")
        yield DataTable[Text](id="processes", cursor_type="row")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.can_focus = False
        self.query_one(Input).focus()
        self.look()

    @work(exclusive=True)
    async def look(self) -> None:
        pause = _FIRST
        while True:
            self._found = await asyncio.to_thread(self._processes.look)
            self._fill()
            await asyncio.sleep(pause)
            pause = _EVERY

    @on(Input.Changed)
    def _fill(self) -> None:
        table = self.query_one(DataTable)
        before = self._shown[table.cursor_row].pid if self._shown and table.cursor_row < len(self._shown) else None
        self._shown = chosen(self._found, self.query_one(Input).value, self.by)
        table.clear(columns=True)
        command = max(20, self.size.width - sum(_WIDTHS.values()) - 2 * 4 - 4)
        for name in ORDERS:
            table.add_column(f"{name}{' ▾' if name == self.by else ''}", key=name, width=_WIDTHS.get(name, command))
        for one in self._shown:
            cpu = Text(f"{one.cpu:5.1f}" if one.cpu >= 0.05 else "    ·")
            table.add_row(Text(f"{one.pid:6}"), cpu, Text(one.kind or "·"), Text(fitted(one.command, command)))
        row = next((at for at, one in enumerate(self._shown) if self._moved and one.pid == before), 0)
        table.move_cursor(row=row, animate=False)

    def on_resize(self) -> None:
        self._fill()

    @on(DataTable.HeaderSelected)
    def _on_header(self, event: DataTable.HeaderSelected) -> None:
        self.by = str(event.column_key.value)
        self._fill()

    @on(DataTable.RowSelected)
    def _on_row(self) -> None:
        self.action_choose()

    def action_sort(self) -> None:
        names = list(ORDERS)
        self.by = names[(names.index(self.by) + 1) % len(names)]
        self._fill()

    def action_move(self, step: int) -> None:
        self._moved = True  # the cursor stays on this process from now on, wherever it is sorted to
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + step)

    def _chosen(self) -> Process | None:
        row = self.query_one(DataTable).cursor_row
        return self._shown[row] if row < len(self._shown) else None

    def action_choose(self) -> None:
        one = self._chosen()
        if one is not None:
            from resq_flame.tui.screens.settings import SettingsScreen

            self.app.push_screen(SettingsScreen(plan.of_process(one.pid, one.kind, one.command)))

    def action_live(self) -> None:
        one = self._chosen()
        if one is not None:
            from resq_flame.tui import live
            from resq_flame.tui.screens.live import LiveScreen

            self.app.push_screen(LiveScreen(live.Live(one.pid, live.source_of(one.pid))))
