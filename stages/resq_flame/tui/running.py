"""Running an application of Textual's so that the terminal is as before, whatever ends it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from resq_flame.stage import StageError

if TYPE_CHECKING:
    from resq_flame.tui.app import FlameApp


def check_terminal() -> None:
    """Raises StageError where nobody could see or press anything. Keys come from the terminal even if stdin does not.

    Textual draws on stderr.
    """
    if sys.__stderr__ is None or not sys.__stderr__.isatty() or os.environ.get("TERM") == "dumb":
        raise StageError(
            "expected a terminal to draw in, found none (resq-flame --help lists the commands that need none)"
        )
    if sys.__stdin__ is None or not sys.__stdin__.isatty():
        try:
            os.dup2(os.open("/dev/tty", os.O_RDWR), 0)  # stdin was a profile, and is read
        except OSError as error:
            raise StageError(f"expected a terminal to read keys from, found none: /dev/tty: {error.strerror}") from None


def run(app: FlameApp) -> int:
    """Run to the end. The exit code is that of a stage; a signal ends it with 128 and its number.

    Raises StageError where there was nothing to show.
    """
    app.run()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
