"""Live mode: short captures of one process, one after the other, and the sum of those of the last seconds."""

from __future__ import annotations

import argparse
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from resq_flame import capture, stage
from resq_flame.capture import SOURCES, duration, numbers
from resq_flame.folded import Folded, Meta, Number
from resq_flame.tui.plan import FALLBACK, SOURCE_OF
from resq_flame.tui.programs import Programs, Say

INTERVAL, WINDOW = 1.0, 15.0
INTERVALS = (1.0, 2.0, 5.0, 10.0)
"""Seconds of one capture: py-spy counts whole ones."""

CHOICES = ("python", "hce", "perf", "offcpu")


@dataclass(frozen=True, slots=True)
class Live:
    """A process, by what it is profiled, seconds of one capture, seconds of the past that are shown."""

    pid: int
    source: str
    interval: float = INTERVAL
    window: float = WINDOW


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-p", "--pid", type=numbers.positive, required=True, metavar="PID", help="the process")
    add("--source", choices=CHOICES, help="what profiles it (default: by its language)")
    add(
        "--interval",
        type=duration.seconds,
        default=INTERVAL,
        metavar="TIME",
        help=f"the length of one capture (default: {duration.spoken(INTERVAL)})",
    )
    add(
        "--window",
        type=duration.seconds,
        default=WINDOW,
        metavar="TIME",
        help=f"how much of the past is shown (default: {duration.spoken(WINDOW)})",
    )


def from_arguments(options: argparse.Namespace) -> Live:
    """Raises StageError where there is no such process."""
    if not numbers.runs(options.pid):
        raise stage.StageError(f"pid {options.pid}: no such process (ps -e lists those that run)")
    source = getattr(options, "source", None) or source_of(options.pid)
    interval, window = (getattr(options, name, None) for name in ("interval", "window"))
    return Live(options.pid, source, interval or INTERVAL, max(window or WINDOW, interval or INTERVAL))


def source_of(pid: int) -> str:
    """What profiles a process of its language."""
    from resq_flame.capture.targets import kind_of

    return SOURCE_OF.get(kind_of(pid), FALLBACK)


@dataclass(slots=True)
class Window:
    """The captures of the last seconds, each with when it ended."""

    seconds: float
    _captures: deque[tuple[float, Folded]] = field(default_factory=deque)

    def add(self, now: float, profile: Folded) -> None:
        self._captures.append((now, profile))
        self.forget(now)

    def forget(self, now: float) -> bool:
        """Drop what is too old, but for the last one; whether anything was."""
        before = len(self._captures)
        while len(self._captures) > 1 and self._captures[0][0] <= now - self.seconds:
            self._captures.popleft()
        return len(self._captures) < before

    def sum(self) -> Folded:
        """All of them added up, exactly."""
        stacks: dict[str, Number] = {}
        for _, profile in self._captures:
            for entry, weight in profile.stacks.items():
                stacks[entry] = stacks.get(entry, 0) + weight
        meta = self._captures[-1][1].meta if self._captures else Meta()
        return Folded(meta, stacks)

    def __len__(self) -> int:
        return len(self._captures)


class Captures:
    """Takes one capture after the other; the files are in ``folder``."""

    def __init__(self, live: Live, folder: Path, say: Say) -> None:
        self.live, self._folder = live, folder
        self._programs = Programs(say)

    async def take(self, seconds: float) -> Folded:
        """One capture. Raises StageError where it fails, EmptyError among them where there was nothing to see."""
        source = SOURCES[self.live.source]
        recorded, profile = self._folder / f"capture{source.suffix}", self._folder / "profile.folded"
        flags = [f"--pid={self.live.pid}", f"--duration={seconds:g}", f"--output={recorded}"]
        await self._programs.run("capture", self.live.source, *flags)
        # One box a function: with a line each, boxes would come and go from one second to the next.
        lines = ["--no-lines"] if self.live.source == "python" else []
        await self._programs.run("fold", *lines, f"--output={profile}", "--", str(recorded))
        found = stage.read_folded(capture.PROG, str(profile))
        assert isinstance(found, Folded)
        return found

    def stop(self) -> None:
        self._programs.stop()
