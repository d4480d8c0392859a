"""The stage contract, for every command of ``resq-flame``: see CONTRIBUTING.md."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from programs import error_line, run
from resq_flame.cli.commands import COMMANDS

STACKS = b"main;work 3\nmain;rest 1\n"
NOWHERE = ("--url", "http://127.0.0.1:1", "--duration", "1s")
NOBODY = ("--pid", "999999999", "--duration", "1s")

# Of each command, what it cannot do its work with, and the exit code for it.
FAILING: dict[str, tuple[tuple[str, ...], int]] = {
    "hce": (NOWHERE, 2),  # without a credential
    "api": (NOWHERE, 1),
    "pdie": (NOBODY, 1),
    "python": (NOBODY, 1),
    "node": (NOBODY, 1),
    "bun": (NOWHERE, 2),
    "perf": (NOBODY, 1),
    "offcpu": (NOBODY, 1),
    "demo": (("--duration", "never"), 2),
    "top": (("--pid", "999999999"), 1),
    "view": (("no-such-file",), 1),
    "file": (("no-such-file",), 1),
    "report": (("no-such-file",), 1),
    "diff": (("--before", "no-such-file", "--after", "-"), 1),
    "merge": (("no-such-file",), 1),
    "run": (("no-such-target",), 1),
    "init": (("surplus",), 2),
    "history": (("no-such-target",), 1),
    "trend": (("no-such-target",), 1),
    "schema": (("surplus",), 2),
    "doctor": (("surplus",), 2),
    "targets": (("surplus",), 2),
    "man": (("no-such-page",), 2),
    "completion": (("no-such-shell",), 2),
}
DRAWING = ("file", "diff")
PRINTING = (
    ("report",),
    ("merge",),
    ("doctor", "--json"),
    ("targets", "--json"),
    ("man", "diff"),
    ("completion", "zsh"),
)

every = pytest.mark.parametrize("name", COMMANDS)


def resq_flame(*arguments: str, stdin: bytes = STACKS, cwd: Path | None = None):
    return run([sys.executable, "-m", "resq_flame.cli", *arguments], stdin, cwd=cwd)


@every
def test_a_failure_is_one_line_under_the_name_that_was_typed(name: str, tmp_path: Path) -> None:
    arguments, code = FAILING[name]
    done = resq_flame(name, "--quiet", *arguments, cwd=tmp_path)
    assert error_line(done, code).startswith(f"resq-flame {name}: ")
    assert "this is a bug" not in done.stderr.decode()
    assert (done.stdout, list(tmp_path.iterdir())) == (b"", [])


@every
def test_a_mistyped_flag_names_the_nearest(name: str) -> None:
    assert "unknown flag --verbos: did you mean --verbose?" in error_line(resq_flame(name, "--verbos"), 2)


@every
def test_version(name: str) -> None:
    assert resq_flame(name, "--version").stdout.startswith(f"resq-flame {name} ".encode())


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_stdout_carries_data_only_and_a_closed_pipe_ends_quietly(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = resq_flame(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout
    command = f"{sys.executable} -m resq_flame.cli {' '.join(arguments)} | head -c 1"
    cut = run(["bash", "-o", "pipefail", "-c", command], STACKS, cwd=tmp_path)
    assert (cut.returncode, cut.stderr) == (0, b"")


@pytest.mark.parametrize("name", DRAWING)
def test_a_picture_goes_where_it_is_told_and_appears_whole_or_not_at_all(name: str, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(STACKS)
    arguments = [name, *(("--before", "one", "--after", "one") if name == "diff" else ("one",))]
    assert resq_flame(*arguments, "-o", "-", cwd=tmp_path).stdout.startswith(b"<?xml")
    missing = resq_flame(*arguments, "-o", "none/x.svg", cwd=tmp_path)
    assert "expected an existing folder" in error_line(missing)
    assert "No space left" in error_line(resq_flame(*arguments, "-o", "/dev/full", cwd=tmp_path))
    quiet = resq_flame(*arguments, "--quiet", cwd=tmp_path)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")
    assert {path.name for path in tmp_path.iterdir()} == {"one", "flamegraph.svg"}


@pytest.mark.parametrize(
    "flags",
    [("-o", "none/x.svg"), ("-o", "."), ("--nameattr", "none"), ("--renderer", "inferno", "--delta", "self")],
    ids=" ".join,
)
def test_nothing_is_profiled_for_a_picture_that_cannot_be(flags: tuple[str, ...], tmp_path: Path) -> None:
    program = ("--", sys.executable, "-c", "open('ran', 'w')")
    error_line(resq_flame("python", "--duration", "1s", *flags, *program, cwd=tmp_path), 2 if "inferno" in flags else 1)
    assert list(tmp_path.iterdir()) == []


def test_the_flags_of_loudness_may_stand_before_the_command(tmp_path: Path) -> None:
    assert resq_flame("-q", "file", cwd=tmp_path).stderr == b""
    assert b"reads <stdin>" in resq_flame("--verbose", "file", cwd=tmp_path).stderr


def test_a_file_may_be_named_like_a_flag(tmp_path: Path) -> None:
    (tmp_path / "-x").write_bytes(STACKS)
    assert resq_flame("file", "--", "-x", cwd=tmp_path).returncode == 0


def test_a_program_after_the_dashes_is_expected_where_they_stand() -> None:
    assert "expected a program after --" in error_line(resq_flame("python", "--"), 2)
