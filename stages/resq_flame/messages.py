"""What programs say on stderr: errors always, notes unless --quiet, details with --verbose."""

from __future__ import annotations

import contextlib
import sys
from enum import IntEnum


class Level(IntEnum):
    QUIET, NORMAL, VERBOSE = range(3)


# Of this process: its messages come from everywhere, and its user said once how many are wanted, and of whom.
_level = Level.NORMAL
_name: str | None = None


def begin(prog: str, level: Level) -> None:
    """From now on, say what is of this level or below, under the name of the program that its user started."""
    global _level, _name
    _level, _name = level, prog


def name(prog: str) -> str:
    """Under which name a part of ours that calls itself ``prog`` speaks."""
    return _name or prog


def quiet() -> bool:
    return _level == Level.QUIET


def error(prog: str, message: str) -> None:
    """What no --quiet silences: why there is no result, or that the gate found a regression."""
    _print(prog, message)


def say(prog: str, message: str) -> None:
    """One line on stderr, under the program's name."""
    if _level >= Level.NORMAL:
        _print(prog, message)


def detail(prog: str, message: str) -> None:
    """One line on stderr for those who ask with --verbose."""
    if _level >= Level.VERBOSE:
        _print(prog, message)


def _print(prog: str, message: str) -> None:
    if sys.stderr is None:  # closed by our caller: print would take stdout
        return
    with contextlib.suppress(BrokenPipeError):  # whoever read it is gone; the work is not in vain
        print(f"{name(prog)}: {' '.join(message.split())}", file=sys.stderr)
