"""Shows a picture in the browser of this machine, if it has one."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path


def show(path: str) -> bool:
    """Whether a browser took it. Without a display, one for the terminal would take the terminal from us."""
    return _is_there() and webbrowser.open(Path(path).resolve().as_uri())


def _is_there() -> bool:
    """Whether our user would see its window: over ssh it opens at the far end, unless the display is forwarded."""
    if os.environ.get("BROWSER") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return sys.platform != "linux" and not os.environ.get("SSH_CONNECTION")
