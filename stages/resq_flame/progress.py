"""How far long work is, in one line on stderr: on a terminal only, and only once it has lasted a second."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import BufferedReader, TextIOBase

from resq_flame import messages

_FROM = 1.0
"""Seconds before the first word: what ends sooner needs no progress."""
_EVERY = 0.2
_MEGABYTE = 1e6

Step = tuple[float | None, str]
"""The part that is done, 0 to 1 or None where that cannot be known, and words for it."""


@contextlib.contextmanager
def recording(prog: str, seconds: float | None, *, kept: bool = True) -> Iterator[None]:
    """While the block records for so long, or (None) until it ends. ``kept``: Ctrl-C keeps what was recorded."""
    start = time.monotonic()
    hint = "Ctrl-C ends it" + (" and keeps what was recorded" if kept else "")
    with _shown(prog, lambda: recorded(time.monotonic() - start, seconds, hint)):
        yield


@contextlib.contextmanager
def reading(prog: str, file: BufferedReader) -> Iterator[None]:
    """While the block reads a file, of which we look at no more than the position."""
    size = os.fstat(file.fileno()).st_size if file.seekable() else 0
    with _shown(prog, lambda: read(os.lseek(file.fileno(), 0, os.SEEK_CUR), size)) if size else _nothing():
        yield


def recorded(elapsed: float, seconds: float | None, hint: str) -> Step:
    if seconds is None:
        return None, f"{elapsed:.0f} s so far ({hint})"
    if elapsed < seconds:
        return elapsed / seconds, f"{math.ceil(seconds - elapsed)} s left ({hint})"
    return 1.0, "writing the profile"


def read(position: int, size: int) -> Step:
    return position / size, f"read {position / _MEGABYTE:,.0f} of {size / _MEGABYTE:,.0f} MB"


def wanted() -> bool:
    """Whether a person looks on who may want to know."""
    stderr = sys.stderr
    if not isinstance(stderr, TextIOBase):  # closed by our caller, or Textual's, which only pretends to be a terminal
        return False
    if stderr.closed or not stderr.isatty() or messages.quiet():
        return False
    return not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextlib.contextmanager
def _shown(prog: str, step: Callable[[], Step]) -> Iterator[None]:
    if not wanted():
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(messages.name(prog), step, over), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _show(name: str, step: Callable[[], Step], over: threading.Event) -> None:
    if over.wait(_FROM):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    words = TextColumn("{task.fields[words]}", markup=False)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(20), words)
    with Progress(*columns, console=console, auto_refresh=False, transient=True, redirect_stdout=False) as line:
        task = line.add_task(name, total=None, words="")
        while not over.wait(_EVERY):
            part, said = step()
            total = None if part is None else 1.0
            line.update(task, total=total, completed=part or 0.0, words=said, refresh=True)
