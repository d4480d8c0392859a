"""Working with a screen as a user does: keys in, text and colours out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from resq_flame.folded import Folded
from resq_flame.tui.app import FlameApp
from resq_flame.tui.document import Document
from resq_flame.tui.flame.widget import FlameGraph
from resq_flame.tui.screens.result import ResultScreen

User: TypeAlias = Pilot[None]

SERVICE = Path(__file__).parent / "service.folded"
"""499 samples of fixtures/services/pdie, by py-spy."""

PROFILE = Folded(stacks={"main;serve;parse": 30, "main;serve;render": 50, "main;idle": 20})

SMALL, LARGE = (80, 24), (120, 30)


def use(
    first: Callable[[], Screen[Any]], work: Callable[[User], Awaitable[None]], size: tuple[int, int] = LARGE
) -> None:
    """Start with a screen and work with it; what fails inside of the application fails here."""

    async def run() -> None:
        app = FlameApp(first)
        app.NOTIFICATION_TIMEOUT = 3600  # a busy machine may look late
        async with app.run_test(size=size, notifications=True) as user:
            await user.pause()
            await work(user)

    asyncio.run(run())


def look(
    work: Callable[[User], Awaitable[None]], document: Document | None = None, size: tuple[int, int] = LARGE
) -> None:
    """Look at PROFILE, or another document, once it is laid out."""

    async def laid_out(user: User) -> None:
        await until(user, lambda: view(user).graph is not None)
        await user.app.workers.wait_for_complete()
        await user.pause()
        await work(user)

    use(lambda: ResultScreen(document or Document(PROFILE, "a profile")), laid_out, size)


async def until(user: User, true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that processes or threads bring about."""
    end = time.monotonic() + seconds
    while not true():
        assert user.app.is_running and time.monotonic() < end, f"it did not come about; the screen:\n{text(user)}"
        await user.pause(0.02)
    await user.pause()


async def until_said(user: User, words: str, seconds: float = 30) -> None:
    await until(user, lambda: words in text(user), seconds)


async def enter(user: User, line: object) -> None:
    """Put a line into the field of a box at once: key by key, a long path takes seconds."""
    user.app.screen.query_one(Input).value = str(line)
    await user.press("enter")


def view(user: User) -> FlameGraph:
    return user.app.screen.query_one(FlameGraph)


def selected(user: User) -> str:
    graph = view(user).graph
    assert graph is not None
    return graph.name(view(user).selected)


def zoomed(user: User) -> str:
    graph = view(user).graph
    assert graph is not None
    return graph.name(view(user).zoomed)


def text(user: User) -> str:
    """The screen, a line a row, without blanks at its ends."""
    return "\n".join(line.text.rstrip() for line in user.app.screen._compositor.render_strips()) + "\n"


def styles_of(user: User, words: str) -> list[Style]:
    """The styles of the cells that hold exactly these words."""
    lines: list[list[Segment]] = [list(line) for line in user.app.screen._compositor.render_strips()]
    return [one.style for line in lines for one in line if one.text.strip() == words and one.style is not None]
