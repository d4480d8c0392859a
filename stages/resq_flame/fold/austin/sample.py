"""A sample of austin, in whatever form it was written."""

from __future__ import annotations

from typing import NamedTuple


class Frame(NamedTuple):
    """A Python function, or a name alone (``:GC:``, ``:INVALID:``, a function of the kernel)."""

    name: str
    file: str = ""
    line: int = 0


class Sample(NamedTuple):
    """Frames root first. ``time`` in microseconds and ``memory`` in bytes are None where they were not recorded."""

    pid: str
    thread: str
    frames: list[Frame]
    time: int | None = None
    idle: bool = False
    memory: int | None = None
