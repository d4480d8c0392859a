"""A profile being taken: how far it is, what the stages say, and a way to end it that keeps what was recorded."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, RichLog, Static

from resq_flame.stage import StageError
from resq_flame.tui.form import Filled
from resq_flame.tui.keys import Keys
from resq_flame.tui.plan import Plan
from resq_flame.tui.recording import Recording
from resq_flame.tui.widgets.heading import Heading
from resq_flame.tui.widgets.top_table import bar

_EVERY = 0.1


class ProfilingScreen(Screen[None]):
    """Runs a plan; its result takes this screen's place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "stop", "Stop and keep", key_display="esc", priority=True),
        Binding("escape,ctrl+c,enter", "back", "Back to the settings", key_display="esc", priority=True),
        Binding("r", "again", "Again"),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Profiling",
            (
                ("Esc  Ctrl-C", "end it now and keep what was recorded; once more: drop it"),
                ("r", "try again, after a failure"),
            ),
        ),
    )

    def __init__(self, plan: Plan, filled: Filled) -> None:
        super().__init__()
        self.plan, self.filled = plan, filled
        self._folder = Path(tempfile.mkdtemp(prefix="resq-flame-"))
        self._recording = Recording(plan, filled, self._folder, self._say)
        self._heard: list[str] = []
        self.failed = False

    def compose(self) -> ComposeResult:
        yield Heading(self.plan.title, " ".join(self.filled.flags))
        yield Static("", id="progress", markup=False)
        yield RichLog(id="log", wrap=True, markup=False, highlight=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(RichLog).can_focus = False
        self.set_interval(_EVERY, self._tick)
        self.record()

    def on_unmount(self) -> None:
        self._recording.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's signature
        if action in ("back", "again"):
            return self.failed
        return action != "stop" or not self.failed

    @work(exclusive=True)
    async def record(self) -> None:
        try:
            document = await self._recording.run()
        except (StageError, OSError) as error:
            self._fail(str(error))
            return
        from resq_flame.tui.screens.result import ResultScreen

        self.app.switch_screen(ResultScreen(document))

    def _fail(self, said: str) -> None:
        self.failed = True
        self.query_one("#progress").add_class("-failed")
        stopped = " (stopped)" if self._recording.stopped else ""
        self.query_one("#progress", Static).update(f"Nothing recorded{stopped}\n{said}")
        if self._heard[-1:] == [said]:  # it stands above now
            log = self.query_one(RichLog).clear()
            for line in self._heard[:-1]:
                log.write(line)
        self.refresh_bindings()

    def _say(self, line: str) -> None:
        if self.is_attached:
            self._heard.append(line)
            self.query_one(RichLog).write(line)

    def _tick(self) -> None:
        if not self.failed:
            self.query_one("#progress", Static).update(self._progress())

    def _progress(self) -> str:
        progress, seconds = self._recording.progress, self.filled.seconds
        rounds = f", round {progress.round} of {self.plan.rounds}" if self.plan.rounds > 1 else ""
        if not progress.begun:
            return f"{progress.step}{rounds}…\n"
        passed = time.monotonic() - progress.begun
        width = max(10, min(self.size.width - 4, 60))
        if self._recording.stopped:
            return f"Stopping{rounds}, what was recorded is kept…\n"
        if not seconds or passed >= seconds:
            return f"{progress.step}{rounds}: the time is over, waiting for the profile…\n{bar(1, width)}"
        left = seconds - passed
        return f"{progress.step}{rounds}: {left:.0f} s left of {seconds:g} s\n{bar(passed / seconds, width)}"

    def action_stop(self) -> None:
        self._recording.stop()

    def action_back(self) -> None:
        self.dismiss()

    def action_again(self) -> None:
        self.app.switch_screen(ProfilingScreen(self.plan, self.filled))
