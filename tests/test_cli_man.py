"""The man pages: made of the parsers, and without a fault for the programs that show them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from programs import error_line, run
from requirements import needs
from resq_flame.cli import definition
from resq_flame.cli.commands import COMMANDS

NAMES = (*definition.PROGRAMS, *COMMANDS)


def man(*arguments: str, cwd: Path | None = None):
    return run([sys.executable, "-m", "resq_flame.cli", "man", *arguments], cwd=cwd)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    assert man("--write", str(folder)).returncode == 0
    return folder


def file_of(name: str) -> str:
    return f"{name}.1" if name in definition.PROGRAMS else f"resq-flame-{name}.1"


@pytest.mark.parametrize("command", [("man", "--warnings", "-l"), ("groff", "-man", "-ww", "-Tutf8")], ids=" ".join)
def test_shown_without_a_warning(command: tuple[str, ...], pages: Path) -> None:
    done = run([needs(command[0]), *command[1:], *map(str, sorted(pages.iterdir()))], MANWIDTH="100")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_names_every_flag_of_the_help(name: str, pages: Path) -> None:
    parser = definition.command(name) if name in COMMANDS else definition.program(name)
    page = (pages / file_of(name)).read_text().replace(r"\-", "-")
    flags = [flag for action in parser._actions for flag in action.option_strings]
    expected = list(COMMANDS) if name == definition.PROG else flags
    assert [word for word in expected if word not in page] == []


def test_a_page_on_a_pipe_is_the_file(pages: Path) -> None:
    assert man("diff").stdout == (pages / "resq-flame-diff.1").read_bytes()


def test_an_unknown_page_names_the_nearest() -> None:
    assert "did you mean diff?" in error_line(man("dif"), 2)
