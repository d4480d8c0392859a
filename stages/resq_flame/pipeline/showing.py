"""What the tasks that people ask for show on the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

TOP = 15
"""Lines of a report that are shown."""


def show(picture: str, report: str) -> None:
    """The head of a report, and where the picture is."""
    lines = Path(report).read_text("utf-8").splitlines()
    print(*lines[:TOP], sep="\n")
    if len(lines) > TOP:
        print(f"... {len(lines) - TOP} more lines in {report}")
    print(f"flame graph: {picture}")


def name(picture: str, table: str) -> None:
    """Where the picture of a comparison is, and all of its table."""
    print(f"flame graph: {picture}, table: {table}")


def title(task: Any) -> str:
    """The line that doit prints as it comes to a task."""
    return f"{task.name} => {', '.join(task.targets)}"


def open_browser(picture: str) -> None:
    """Show a picture, or say where it is."""
    import webbrowser  # not at the top: doit reads this each time it starts

    # Without a display, webbrowser would start a browser for the terminal, which shows no SVG.
    shown = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not (shown and webbrowser.open(Path(picture).resolve().as_uri())):
        print(f"no browser to open here; the picture is {os.path.abspath(picture)}")
