"""The application around the screens: theme, keys that are the same everywhere, an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from resq_flame.stage import StageError
from resq_flame.tui import theme

_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class FlameApp(App[None]):
    """Shows the screen that ``first`` makes; the end of that screen is the end of the application."""

    CSS_PATH = "app.tcss"
    TITLE = "resq-flame"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("ctrl+t", "theme", "Light or dark", show=False),
    ]

    def __init__(self, first: Callable[[], Screen[Any]]) -> None:
        # Without colour, Textual would still paint in shades of grey, but for those of the terminal itself.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._first = first
        self.failure: StageError | None = None
        """Why there was nothing to show."""
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self.theme = theme.DARK.name

    def on_mount(self) -> None:
        self.begin_capture_print(self, stdout=False)
        loop = asyncio.get_running_loop()
        for number in _ENDS:
            loop.add_signal_handler(number, self._end, number)
        self.push_screen(self._first())

    async def on_event(self, event: events.Event) -> None:
        """Keys in a line of text take effect one after the other, however busy the machine is.

        Textual gives letters to the line at once, and to Tab its effect later: what is typed behind it would stand in
        the field before it, a secret in one that shows it.
        """
        if not isinstance(event, events.Key) or event.is_forwarded or not isinstance(line := self.focused, Input):
            await super().on_event(event)
        elif not await self._check_bindings(event.key, priority=True):
            if event.is_printable:
                await line._on_key(event)
            else:
                await self._check_bindings(event.key)

    def on_print(self, event: events.Print) -> None:
        """What stages say on stderr: the terminal is ours, so it is shown as a note."""
        if event.text.strip():
            self.notify(event.text.strip(), markup=False)

    def _end(self, number: signal.Signals) -> None:
        self.exit(return_code=128 + number)

    def fail(self, error: StageError) -> None:
        """End, with nothing to show."""
        self.failure = error
        self.exit(return_code=1)

    async def action_quit(self) -> None:
        self.exit()

    def action_help(self) -> None:
        from resq_flame.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_theme(self) -> None:
        self.theme = theme.LIGHT.name if self.current_theme.dark else theme.DARK.name

    def _fatal_error(self) -> None:
        """One line about a defect of ours. Textual's own would print the values of variables, secrets among them."""
        if os.environ.get("RESQ_FLAME_DEBUG"):
            from rich.traceback import Traceback

            self._exit_renderables.append(Traceback(show_locals=False))
        else:
            error = self._exception
            said = " ".join(f"{type(error).__name__}: {error}".split())
            self._exit_renderables.append(f"resq-flame: a defect of its own: {said} (RESQ_FLAME_DEBUG=1 shows where)")
        self._close_messages_no_wait()
