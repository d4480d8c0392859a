"""The front door: what can be profiled here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from resq_flame import __version__
from resq_flame.tui import plan
from resq_flame.tui.keys import Keys
from resq_flame.tui.plan import REMARKS, TARGETS, Broken, Plan
from resq_flame.tui.widgets.heading import Heading

_NAME = 24
PROCESS, FILE = "a process", "a file"


class Choices(OptionList):
    """Its keys are its own: those of the screen would be handled before what was typed ahead of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Choose"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]


class TargetsScreen(Screen[None]):
    """A list in groups: the targets, the pipelines of this folder, whatever else runs or was recorded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "process", "Processes"),
        Binding("f", "file", "Files"),
        Binding("q,escape", "app.quit", "Quit", key_display="q"),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Targets",
            (
                ("j k  ↑ ↓", "move"),
                ("Enter  click", "choose"),
                ("p", "a process that runs"),
                ("f", "a profile that was recorded before"),
            ),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._plans: dict[str, Plan] = {}

    def compose(self) -> ComposeResult:
        yield Heading("resq-flame", f"{__version__}  what takes the time?")
        yield Choices(id="targets")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        for one in self._options():
            choices.add_option(one)
        choices.focus()
        choices.highlighted = 1
        self.look()

    def on_screen_resume(self) -> None:
        self.query_one(OptionList).focus()

    def _options(self) -> list[Option | None]:
        found: list[Option | None] = [
            self._heading("Targets"),
            *(self._choice(one, REMARKS[one.name]) for one in TARGETS),
        ]
        pipelines = plan.pipelines(Path.cwd())
        if pipelines:
            found += [None, self._heading("Pipelines"), *map(self._pipeline, pipelines)]
        return [
            *found,
            None,
            self._heading("Anything else"),
            Option(self._line(f"{PROCESS}…", "that runs on this machine"), id=PROCESS),
            Option(self._line(f"{FILE}…", "a profile of any known format"), id=FILE),
        ]

    def _pipeline(self, one: Plan | Broken) -> Option:
        if isinstance(one, Broken):
            return Option(self._line(one.name, one.reason), disabled=True)
        return self._choice(one, one.title, key=f"pipeline {one.name}", name=one.name)

    def _choice(self, one: Plan, remark: str, *, key: str = "", name: str = "") -> Option:
        key = key or one.name
        self._plans[key] = one
        return Option(self._line(name or one.title, remark), id=key)

    def _heading(self, said: str) -> Option:
        return Option(Text(said, "bold"), disabled=True)

    def _line(self, name: str, remark: str) -> Text:
        muted = "" if self.app.no_color else self.app.theme_variables["muted"]
        return Text.assemble("  ", name.ljust(_NAME), (remark, muted), no_wrap=True, overflow="ellipsis")

    # Who is there.

    @work(exclusive=True)
    async def look(self) -> None:
        """Which of the services that have an address answer there, again and again."""
        from resq_flame.tui import reach
        from resq_flame.tui.form import Form

        while True:
            for one in TARGETS[:3]:
                form = Form(one)
                finding = await reach.look(one.source, {"url": form.initial("url")})
                self._mark(one, finding.ok, finding.said)
            await asyncio.sleep(3)

    def _mark(self, one: Plan, ok: bool | None, said: str) -> None:
        line = self._line(one.title, REMARKS[one.name])
        if ok:
            colour = "" if self.app.no_color else self.app.theme_variables["success"]
            line.append(f"  ● {said}", colour)
        self.query_one(OptionList).replace_option_prompt(one.name, line)

    # Keys.

    @on(OptionList.OptionSelected)
    def _on_chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == PROCESS:
            self.action_process()
        elif event.option_id == FILE:
            self.action_file()
        elif event.option_id is not None:
            from resq_flame.tui.screens.settings import SettingsScreen

            self.app.push_screen(SettingsScreen(self._plans[event.option_id]))

    def action_process(self) -> None:
        from resq_flame.tui.screens.processes import ProcessesScreen

        self.app.push_screen(ProcessesScreen())

    def action_file(self) -> None:
        from resq_flame.tui.screens.files import FilesScreen

        self.app.push_screen(FilesScreen())
