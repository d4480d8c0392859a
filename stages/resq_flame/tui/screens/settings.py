"""The settings of what is to be profiled: checked as they are typed, and whether it can be reached."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from resq_flame.capture import SOURCES
from resq_flame.tui import reach
from resq_flame.tui.form import LABELS, Form
from resq_flame.tui.keys import Keys
from resq_flame.tui.plan import REMARKS, SECRETS, Plan
from resq_flame.tui.widgets.field import Field
from resq_flame.tui.widgets.heading import Heading

_PAUSE = 0.3
"""Seconds after the last letter before anything is looked for."""
_AGAIN = 2.0


class SettingsScreen(Screen[None]):
    """A form for one plan; Enter profiles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next field"),
        Binding("f5", "live", "Live"),
        Binding("escape", "app.pop_screen", "Back"),
        Binding("f1", "app.help", "Help"),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Settings",
            (
                ("Tab  ↑ ↓", "to another field"),
                ("Enter", "profile"),
                ("F5", "live: short captures of this process again and again"),
            ),
        ),
    )

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self._form = Form(plan)

    def compose(self) -> ComposeResult:
        yield Heading(self.plan.title, REMARKS.get(self.plan.name) or SOURCES[self.plan.source].target)
        with VerticalScroll(id="form", can_focus=False):
            for name in self._form.fields:
                yield Field(name, LABELS[name], self._form.initial(name), self._form.hint(name), secret=name in SECRETS)
            yield Static("", id="whole", markup=False)
            yield Static("", id="reach", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._check()
        wrong = next((field for field in self.query(Field) if field.has_class("-wrong")), None)
        (wrong or self.query(Field).first()).query_one(Input).focus()

    @property
    def values(self) -> dict[str, str]:
        return {field.flag: field.value for field in self.query(Field)}

    @on(Input.Changed)
    def _on_typed(self) -> None:
        self._check()

    def _check(self) -> bool:
        """Show what is wrong; whether nothing is."""
        values = self.values
        problems = {name: self._form.problem(name, values[name]) for name in values}
        for field in self.query(Field):
            field.show_problem(problems[field.flag])
        whole = "" if any(problems.values()) else self._form.problems(values)
        self.query_one("#whole", Static).update(whole)
        self.query_one("#whole").display = bool(whole)
        self.look(values, problems)
        return not whole and not any(problems.values())

    @work(exclusive=True)
    async def look(self, values: dict[str, str], problems: dict[str, str]) -> None:
        """Whether the target can be reached, for as long as these are the values."""
        place = self.query_one("#reach", Static)
        if problems.get("url") or problems.get("pid"):
            place.update("")
            return
        await asyncio.sleep(_PAUSE)
        while True:
            finding = await reach.look(self.plan.source, values, self.plan.command)
            mark = {True: "●", False: "○", None: "·"}[finding.ok]
            place.update(f"{mark} {finding.said}" if finding.said else "")
            place.set_class(finding.ok is True, "-there")
            place.set_class(finding.ok is False, "-missing")
            await asyncio.sleep(_AGAIN)

    @on(Input.Submitted)
    def _on_submitted(self) -> None:
        if self._check():
            from resq_flame.tui.screens.profiling import ProfilingScreen

            self.app.push_screen(ProfilingScreen(self.plan, self._form.filled(self.values)))
        else:
            self.app.bell()

    def action_live(self) -> None:
        pid = self.values.get("pid", "")
        if not pid or self._form.problem("pid", pid):
            self.notify("live mode profiles one process: give its number", severity="warning")
            return
        from resq_flame.tui import live
        from resq_flame.tui.screens.live import LiveScreen

        self.app.push_screen(LiveScreen(live.Live(int(pid), live.source_of(int(pid)))))
