"""The ``resq-flame`` command: a thin face over the stages.

``commands.COMMANDS`` names its subcommands; the module of one is imported when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from resq_flame import __version__, messages, stage
from resq_flame.cli import overview
from resq_flame.cli.commands import COMMANDS
from resq_flame.parser import unknown

PROG = "resq-flame"
LOUDNESS = ("-q", "--quiet", "-v", "--verbose")
FLAGS = (*LOUDNESS, "-h", "--help", "--version")


def main(argv: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    loudness = []
    while given and given[0] in LOUDNESS:  # resq-flame -q file …: the same as behind the command
        loudness.append(given.pop(0))
    if not given and not loudness and _at_terminal():
        return stage.guarded(PROG, _open)
    if given[:1] == ["help"] and given[1:]:  # resq-flame help diff
        given = [*given[1:], "--help"]
    if not given or given[0] in ("-h", "--help", "help"):
        return stage.guarded(PROG, lambda: print(overview.text()))
    name, rest = given[0], given[1:]
    if name == "--version":
        return stage.guarded(PROG, lambda: print(f"{PROG} {__version__}"))
    if name not in COMMANDS:
        what = "flag" if name.startswith("-") else "command"
        messages.error(PROG, f"{unknown(what, name, FLAGS if what == 'flag' else COMMANDS)} ({PROG} --help lists them)")
        return stage.USAGE
    return _run(name, [*loudness, *rest])


def _at_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _open() -> int:
    """The front door."""
    from resq_flame import tui

    return tui.main()


def _run(name: str, given: Sequence[str]) -> int:
    """Parse what was given to the command ``name`` and run it."""
    import argparse

    command, prog = COMMANDS[name], f"{PROG} {name}"
    flags, started = _split(given) if command.starts else (list(given), [])
    if command.starts and "--" in given and not started:
        messages.error(prog, "expected a program after --, found none")
        return stage.USAGE
    module = command.module

    def work(options: argparse.Namespace) -> int | None:
        options.command = started
        done: int | None = module.run(prog, options)
        return done

    return stage.run(prog, module.__doc__ or "", module.add_arguments, work, flags)


def _split(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our flags, and the program behind ``--``, of whose flags none is ours."""
    at = list(given).index("--") if "--" in given else len(given)
    return list(given[:at]), list(given[at + 1 :])
