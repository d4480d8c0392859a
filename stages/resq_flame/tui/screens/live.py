"""Live mode: the flame graph of one process as it runs."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from resq_flame.folded import Folded
from resq_flame.render.options import Options
from resq_flame.stage import StageError
from resq_flame.tui.document import Document, save
from resq_flame.tui.keys import Keys
from resq_flame.tui.live import INTERVALS, Captures, Live, Window
from resq_flame.tui.processes import alive
from resq_flame.tui.screens.result import ResultScreen
from resq_flame.tui.widgets.heading import Heading

_AFTER_FAILURE = 1.0


class LiveScreen(ResultScreen):
    """A result that is put in the place of the one before, capture by capture."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("f", "freeze", "Freeze"),
        Binding("plus,equals_sign", "interval(1)", "Slower", key_display="+", show=False),
        Binding("minus", "interval(-1)", "Faster", show=False),
        Binding("d", "diff", show=False),
        Binding("s", "freeze", show=False),
        Binding("o", "open", show=False),
    ]
    KEYS: ClassVar[Keys] = (
        (
            "Live",
            (
                ("Space", "pause, and go on"),
                ("f  s", "freeze: this graph as a result of its own, written as SVG"),
                ("+  -", "longer or shorter captures"),
            ),
        ),
        *ResultScreen.KEYS,
    )

    def __init__(self, live: Live) -> None:
        self.live = live
        self.called = f"pid {live.pid}"
        super().__init__(Document(Folded(), self.called, f"pid-{live.pid}", Options(title=self.called)))
        self._folder = Path(tempfile.mkdtemp(prefix="resq-flame-"))
        self._captures = Captures(live, self._folder, self._heard)
        self._window = Window(live.window)
        self.interval = live.interval
        self.paused = False
        self.ended = False
        self._said = "first capture…"

    def on_mount(self) -> None:
        """Textual calls that of the result screen, too."""
        self._tell()
        self.watch_process()

    def on_unmount(self) -> None:
        self._captures.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def load(self) -> None:
        if self.document.profile.stacks:
            super().load()

    @work(exclusive=True, group="live")
    async def watch_process(self) -> None:
        """Capture and show until the process has ended."""
        pid = self.live.pid
        while alive(pid):
            if self.paused:
                await asyncio.sleep(0.1)
                continue
            try:
                self._take(await self._captures.take(self.interval))
            except StageError as error:
                if alive(pid):
                    self._heard(str(error))
                    self._forget()
                    await asyncio.sleep(_AFTER_FAILURE)
        self.ended = True
        self._heard("the process has ended; this is its last profile")
        self.refresh_bindings()

    def _take(self, profile: Folded) -> None:
        if not self.paused:
            self._window.add(time.monotonic(), profile)
            self._show("")

    def _forget(self) -> None:
        """A process that waits has no samples, and those of the past grow old all the same."""
        if self._window.forget(time.monotonic()):
            self._show(self._said)

    def _show(self, said: str) -> None:
        self._said = said
        self.document = replace(self.document, profile=self._window.sum())
        self.load()
        self._tell()

    def _heard(self, said: str) -> None:
        if not said.startswith("profiling "):  # each capture says so
            self._said = said
            self._tell()

    def _tell(self) -> None:
        if not self.is_attached:
            return
        how = "ended" if self.ended else "paused" if self.paused else "live"
        profile = self.document.profile
        found = self.document.summary() if profile.stacks else ""
        window = f"last {self._window.seconds:g} s by {self.interval:g} s"
        remark = "  ·  ".join(filter(None, (self._said, found, window)))
        self.query_one(Heading).say(title=f"{self.called} ({how})", remark=remark)

    # Keys.

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._tell()

    def action_interval(self, step: int) -> None:
        at = min(range(len(INTERVALS)), key=lambda place: abs(INTERVALS[place] - self.interval))
        self.interval = INTERVALS[min(max(at + step, 0), len(INTERVALS) - 1)]
        self._tell()

    def action_freeze(self) -> None:
        """The graph of this moment as a result of its own, and as SVG."""
        if not self.document.profile.stacks:
            self.notify("there is nothing yet to freeze", severity="warning")
            return
        stamp = time.strftime("%Y%m%d-%H%M%S")
        title = f"pid {self.live.pid} at {time.strftime('%H:%M:%S')}"
        frozen = replace(self.document, title=title, options=Options(title=title))
        try:
            path = save(frozen, f"pid-{self.live.pid}-{stamp}.svg")
        except (StageError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(path, title="Frozen", markup=False)
        self.app.push_screen(ResultScreen(replace(frozen, picture=path)))
