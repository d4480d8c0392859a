"""The manual: of resq-flame, of one of its commands, or of a stage.

Examples:
    resq-flame man
    resq-flame man diff
    resq-flame man resq-fold
    resq-flame man --write ~/.local/share/man/man1

On a terminal it is shown, by man; elsewhere it is printed as a man page has it. With --write, all pages go into a
folder, where man finds them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from resq_flame import stage
from resq_flame.cli import definition
from resq_flame.cli.commands import COMMANDS
from resq_flame.parser import unknown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default=definition.PROG, metavar="NAME", help="a command or a stage")
    parser.add_argument("--write", metavar="DIR", help="all pages as files, NAME.1, into this folder")


def run(prog: str, options: argparse.Namespace) -> int:
    if options.write:
        return _write(prog, Path(options.write))
    page = _page(options.name)
    if sys.stdout.isatty() and (man := shutil.which("man")):
        return subprocess.run([man, "-l", "-"], input=page.encode(), check=False).returncode and stage.FAILED
    print(page, end="")
    return stage.OK


def _page(name: str) -> str:
    from resq_flame.cli import manual

    if name == definition.PROG:
        return manual.front()
    if name in COMMANDS:
        return manual.page(definition.command(name))
    if name in definition.PROGRAMS:
        return manual.page(definition.program(name))
    raise stage.UsageError(unknown("page", name, [*COMMANDS, *definition.PROGRAMS]))


def _write(prog: str, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    names = [*definition.PROGRAMS, *COMMANDS]
    for name in names:
        file = name if name in definition.PROGRAMS else f"{definition.PROG}-{name}"
        stage.write(str(folder / f"{file}.1"), [_page(name).encode()])
    stage.say(prog, f"{folder}: {len(names)} pages")
    return stage.OK
