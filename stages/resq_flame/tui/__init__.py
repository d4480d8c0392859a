"""The face in the terminal: choose a target, profile it, read the flame graph, all without leaving the terminal.

Three ways in: ``main`` with the list of targets, ``view`` with a profile, ``top`` with a process that is profiled again
and again. Textual is imported by none of them before it is needed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resq_flame import stage
from resq_flame.folded import Differential, Folded

PROG = "resq-flame"


def main() -> int:
    """The front door: what can be profiled here."""
    from resq_flame.tui import running

    running.check_terminal()
    from resq_flame.tui.app import FlameApp
    from resq_flame.tui.screens.targets import TargetsScreen

    return running.run(FlameApp(TargetsScreen))


def view(profile: str | Path | Folded | Differential, title: str = "") -> int:
    """Any profile in the terminal: one in memory, or the path of a file (``-`` is stdin).

    Raises StageError where there is none, and where there is no terminal.
    """
    from resq_flame.tui import document, running

    shown: document.Document | None = None
    if isinstance(profile, Folded | Differential):
        from resq_flame.render.options import Options

        shown = document.checked(document.Document(profile, title, options=Options(title=title)))
    elif str(profile) == stage.STDIO:
        shown = document.read(stage.STDIO)  # before the keys come from there
    running.check_terminal()
    from resq_flame.tui.app import FlameApp
    from resq_flame.tui.screens.reading import ReadingScreen
    from resq_flame.tui.screens.result import ResultScreen

    return running.run(FlameApp(lambda: ResultScreen(shown) if shown else ReadingScreen(str(profile))))


def add_top_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``top`` reads from its options."""
    from resq_flame.tui.live import add_arguments

    add_arguments(parser)


def top(options: argparse.Namespace) -> int:
    """Live mode: short captures of a process, one after the other, drawn as they come.

    Raises UsageError for what cannot be profiled so, StageError where there is no such process, or no terminal.
    """
    from resq_flame.tui import live, running

    plan = live.from_arguments(options)
    running.check_terminal()
    from resq_flame.tui.app import FlameApp
    from resq_flame.tui.screens.live import LiveScreen

    return running.run(FlameApp(lambda: LiveScreen(plan)))
