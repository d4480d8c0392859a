"""Shell completions, by shtab, of the parsers that read the flags."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import shtab

_PIDS = {
    "bash": "_resq_flame_pids",
    "zsh": "_pids",
    "fish": "(__fish_complete_pids)",
    "preamble": {"bash": '_resq_flame_pids() { compgen -W "$(ps -Ao pid=)" -- "$1"; }'},
}
# What a flag or argument takes, by the name that the help gives to it.
_COMPLETED: dict[str, Any] = {
    "FILE": shtab.FILE,
    "BEFORE AFTER": shtab.FILE,
    "DIR": shtab.DIRECTORY,
    "PID": _PIDS,
    "TARGET": shtab.cmd("resq-flame run --list 2>/dev/null"),
}


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion of the parser's program, for bash, zsh or fish."""
    for action in _actions(parser):
        if isinstance(action.metavar, str) and action.metavar in _COMPLETED:
            action.complete = _COMPLETED[action.metavar]  # type: ignore[attr-defined]  # shtab reads it there
    return str(shtab.complete(parser, shell=shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
