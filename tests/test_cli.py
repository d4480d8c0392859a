from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from programs import BURN, ROOT, environment, error_line, run
from requirements import needs
from resq_flame.cli import commands
from resq_flame.cli.commands import COMMANDS, GROUPS

BEFORE, AFTER = b"main;work 30\nmain;rest 70\n", b"main;work 60\nmain;rest 40\n"


def resq_flame(*arguments: str, stdin: bytes = b"", cwd: Path | None = None):
    return run([sys.executable, "-m", "resq_flame.cli", *arguments], stdin, cwd=cwd)


def test_help_names_every_command() -> None:
    text = resq_flame("--help").stdout.decode()
    for command in COMMANDS.values():
        assert re.search(rf"^  {command.name} +{re.escape(command.doc)}$", text, re.MULTILINE)


def test_help_imports_no_command() -> None:
    done = run([sys.executable, "-X", "importtime", "-m", "resq_flame.cli", "--help"])
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "resq_flame.cli.commands" in loaded
    assert not [name for name in loaded if name.startswith("resq_flame.cli.commands.")]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(name: str) -> None:
    done = resq_flame(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: resq-flame {name}".encode())
    assert re.search(rf"^    .*resq-flame {name}\b", done.stdout.decode(), re.MULTILINE)


def test_every_command_is_in_a_group_and_every_module_in_the_table() -> None:
    assert {command.group for command in COMMANDS.values()} == set(GROUPS)
    folder = Path(commands.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} == {"__init__", *COMMANDS}


def test_without_a_terminal_and_a_command_it_shows_the_help() -> None:
    assert resq_flame().stdout == resq_flame("--help").stdout


def test_help_is_a_word_too() -> None:
    assert resq_flame("help").stdout == resq_flame("--help").stdout
    assert resq_flame("help", "diff").stdout == resq_flame("diff", "--help").stdout
    assert "did you mean diff?" in error_line(resq_flame("help", "dif"), 2)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone}; rmdir {gone}; exec {sys.executable} -m resq_flame.cli file {ROOT}/README.md"
    assert "the current folder: No such file" in error_line(run(["bash", "-c", script]))


def test_an_unknown_command_names_the_nearest() -> None:
    assert "did you mean file?" in error_line(resq_flame("fil"), 2)


def test_an_unknown_flag_is_bad_usage() -> None:
    assert "--nope" in error_line(resq_flame("file", "--nope"), 2)


def test_file_draws_stdin_to_flamegraph_svg(tmp_path: Path) -> None:
    done = resq_flame("file", stdin=BEFORE, cwd=tmp_path)
    assert done.returncode == 0
    assert "on top: rest (70.0 % self)" in done.stderr.decode()
    assert "<title>rest (70 samples, 70" in (tmp_path / "flamegraph.svg").read_text()


def test_file_to_stdout_says_nothing_else() -> None:
    done = resq_flame("file", "-o", "-", stdin=BEFORE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"<?xml")


def test_file_of_no_known_format_keeps_the_old_picture(tmp_path: Path) -> None:
    (tmp_path / "flamegraph.svg").write_text("old")
    error_line(resq_flame("file", stdin=b"not a profile\n", cwd=tmp_path))
    assert (tmp_path / "flamegraph.svg").read_text() == "old"


def test_python_profiles_a_command(tmp_path: Path) -> None:
    done = resq_flame("python", "-d", "1", "-o", "x.svg", "--", sys.executable, "-c", BURN, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "&lt;module&gt; (" in (tmp_path / "x.svg").read_text()


def test_diff_draws_both_sides_in_bash(tmp_path: Path) -> None:
    (tmp_path / "before").write_bytes(BEFORE)
    (tmp_path / "after").write_bytes(AFTER)
    command = f"{sys.executable} -m resq_flame.cli diff --before <(cat before) --after <(cat after) --output diff.svg"
    done = run(["bash", "-c", command], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "work (" in (tmp_path / "diff.svg").read_text()


def test_diff_needs_both_sides() -> None:
    assert "--after" in error_line(resq_flame("diff", "--before", "x"), 2)


def test_run_finds_the_pipelines_above(tmp_path: Path) -> None:
    assert "expected a dodo.py" in error_line(resq_flame("run", "demo", cwd=tmp_path))
    assert "did you mean demo?" in error_line(resq_flame("run", "dmeo", cwd=ROOT / "docs"), 2)


def opened(cwd: Path, **variables: str) -> str:
    """What ``--open`` says, and where it would look for a browser."""
    unset = [word for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION") for word in ("-u", name)]
    given = [f"{name}={value}" for name, value in variables.items()]
    command = ["env", *unset, *given, sys.executable, "-m", "resq_flame.cli", "file", "--open"]
    done = run(command, BEFORE, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stderr.decode()


def test_open_prints_the_path_where_there_is_no_browser(tmp_path: Path) -> None:
    assert str(tmp_path / "flamegraph.svg") in opened(tmp_path)
    assert str(tmp_path / "flamegraph.svg") in opened(tmp_path, SSH_CONNECTION="198.51.100.7 50000 198.51.100.8 22")


def test_open_gives_the_picture_to_the_browser(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked\n')
    browser.chmod(0o755)
    assert "no browser" not in opened(tmp_path, BROWSER=f"{browser} %s")
    assert (tmp_path / "asked").read_text() == f"file://{tmp_path}/flamegraph.svg\n"


def test_inferno_draws_when_asked(tmp_path: Path) -> None:
    needs("inferno-flamegraph")
    done = resq_flame("file", "--renderer", "inferno", "--title", "Ours", "--minwidth", "5", stdin=BEFORE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    picture = (tmp_path / "flamegraph.svg").read_text()
    assert ("fg:x=" in picture, ">Ours<" in picture, "rest (70 samples, 70.00%)" in picture) == (True, True, True)


def test_inferno_draws_a_comparison(tmp_path: Path) -> None:
    needs("inferno-flamegraph")
    (tmp_path / "before").write_bytes(BEFORE)
    (tmp_path / "after").write_bytes(AFTER)
    sides = ("--before", "before", "--after", "after")
    done = resq_flame("diff", *sides, "--renderer", "inferno", "--colors", "mem", "--icicle", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "work (60 samples, 60.00%; +30.00%)" in (tmp_path / "flamegraph.svg").read_text()


def test_an_absent_inferno_is_said_and_the_old_picture_stays(tmp_path: Path) -> None:
    (tmp_path / "flamegraph.svg").write_text("old")
    done = run(
        [sys.executable, "-m", "resq_flame.cli", "file", "--renderer", "inferno"], BEFORE, cwd=tmp_path, PATH="/nowhere"
    )
    assert "cargo install inferno" in error_line(done)
    assert (tmp_path / "flamegraph.svg").read_text() == "old"
    needs("inferno-flamegraph")
    unknown = resq_flame("file", "--renderer", "inferno", "--colors", "chain", stdin=BEFORE, cwd=tmp_path)
    assert "--colors chain" in error_line(unknown, 2)


def test_no_secret_in_help_or_errors() -> None:
    done = run(
        [sys.executable, "-m", "resq_flame.cli", "hce", "-u", "http://127.0.0.1:1", "-d", "1"], RESQ_TOKEN="s3cret-x"
    )
    assert done.returncode == 1
    assert b"s3cret-x" not in done.stdout + done.stderr
    assert environment().get("RESQ_TOKEN") is None


def test_a_gzipped_recording_is_drawn(tmp_path: Path) -> None:
    """Go's /debug/pprof/profile is gzipped."""
    printed = [sys.executable, "-c", "import gzip, sys; sys.stdout.buffer.write(gzip.compress(b'main;work 3\\n'))"]
    script = (
        "import argparse, sys\nfrom resq_flame.cli import profiling\n"
        "add, run = profiling.profiling('exec')\nparser = argparse.ArgumentParser()\nadd(parser)\n"
        "run('test', parser.parse_args([], argparse.Namespace(command=sys.argv[1:])))"
    )
    done = run([sys.executable, "-c", script, *printed], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "work (3 samples" in (tmp_path / "flamegraph.svg").read_text()
