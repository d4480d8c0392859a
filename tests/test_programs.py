"""The stage contract, for every launcher: see CONTRIBUTING.md."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from programs import PROGRAMS, Program, environment, error_line, run

READERS = tuple(program for program in PROGRAMS if program.reads is not None)
BAD_INPUT = {
    "nothing": b"",
    "blank lines": b"\n\n",
    "garbage": bytes(range(256)) * 64,
    "prose": b"This is no profile.\nNot at all.\n",
    "json of another kind": b'{"hello": "world"}\n',
    "html": b"<!doctype html><title>502 Bad Gateway</title>\n",
}

every = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
readers = pytest.mark.parametrize("program", READERS, ids=lambda program: program.name)


def launch(program: Program, *more: str, stdin: bytes | None = None, cwd: Path | None = None):
    command = [sys.executable, program.launcher, *more, *program.arguments]
    return run(command, program.reads if stdin is None else stdin, cwd=cwd)


@every
def test_is_executable_and_three_lines(program: Program) -> None:
    launcher = Path(program.launcher)
    assert os.access(launcher, os.X_OK)
    lines = [line for line in launcher.read_text().splitlines() if line]
    assert len(lines) == 3
    assert lines[0] == "#!/usr/bin/env python3"


@every
def test_help_is_the_docstring_and_exits_0(program: Program) -> None:
    done = launch(program, "--help")
    assert done.returncode == 0
    assert program.prog in done.stdout.decode()


@every
def test_version(program: Program) -> None:
    assert launch(program, "--version").stdout.startswith(f"{program.prog} ".encode())


@every
def test_unknown_flag_is_bad_usage_in_one_line(program: Program) -> None:
    assert "--no-such-flag" in error_line(launch(program, "--no-such-flag"), 2)


@every
def test_a_mistyped_flag_names_the_nearest(program: Program) -> None:
    assert error_line(launch(program, "--verbos"), 2).startswith(f"{program.prog}: unknown flag --verbos: did you mean")


@readers
def test_quiet_leaves_errors_alone_and_verbose_says_what_is_read(program: Program) -> None:
    assert b"reads" in launch(program, "--verbose").stderr
    assert launch(program, "--verbose").stdout == launch(program, "--quiet").stdout == launch(program).stdout
    assert launch(program, "--quiet").stderr == b""
    mixed = run([sys.executable, program.launcher, "--quiet", *program.arguments], b"main;work 3\nno stack\n")
    assert (mixed.returncode, mixed.stderr) == (0, b"")
    error_line(run([sys.executable, program.launcher, "--quiet", "no-such-file", *program.arguments[1:]]))


@every
def test_writes_data_to_stdout_from_any_folder(program: Program, tmp_path: Path) -> None:
    done = launch(program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@readers
def test_the_module_does_the_same_as_the_launcher(program: Program) -> None:
    as_module = run([sys.executable, "-m", program.module, *program.arguments], program.reads)
    assert as_module.stdout == launch(program).stdout != b""


@readers
def test_a_file_a_dash_and_a_fifo_read_the_same(program: Program, tmp_path: Path) -> None:
    assert program.reads
    expected = launch(program).stdout
    assert expected
    plain, fifo = tmp_path / "plain", tmp_path / "fifo"
    plain.write_bytes(program.reads)
    os.mkfifo(fifo)
    rest = [argument for argument in program.arguments if argument != "-"]
    for name in (plain, "-", fifo):
        running = subprocess.Popen(
            [sys.executable, program.launcher, str(name), *rest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )
        if name == fifo:
            fifo.write_bytes(program.reads)
        assert running.communicate(program.reads if name == "-" else b"")[0] == expected, name


@readers
def test_output_is_written_whole_with_the_old_mode(program: Program, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"old")
    out.chmod(0o640)
    done = launch(program, "--output", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert out.read_bytes() == launch(program).stdout
    assert out.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@readers
def test_output_through_a_link_keeps_the_link(program: Program, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("out")
    launch(program, "--output", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out").stat().st_size


@readers
def test_the_same_input_gives_the_same_bytes(program: Program) -> None:
    command = [sys.executable, program.launcher, *program.arguments]
    one, two = (run(command, program.reads, PYTHONHASHSEED=seed).stdout for seed in ("1", "2"))
    assert one == two


@readers
@pytest.mark.parametrize("bad", BAD_INPUT)
def test_bad_input_is_one_line_exit_1_and_the_old_output(program: Program, bad: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"old")
    rest = [argument for argument in program.arguments if argument != "--allow-empty"]
    done = run([sys.executable, program.launcher, "-o", str(out), *rest], BAD_INPUT[bad])
    assert error_line(done).startswith(f"{program.prog}: <stdin>:")
    assert out.read_bytes() == b"old"


@readers
def test_a_missing_file_is_named(program: Program) -> None:
    done = run([sys.executable, program.launcher, "no-such-file", *program.arguments[1:]])
    assert error_line(done) == f"{program.prog}: no-such-file: No such file or directory"


@every
def test_a_missing_folder_is_named(program: Program, tmp_path: Path) -> None:
    done = launch(program, "-o", str(tmp_path / "none" / "out"))
    assert done.returncode == 1
    assert "expected an existing folder" in done.stderr.decode().splitlines()[-1]


@readers
def test_a_full_disk_is_said(program: Program) -> None:
    assert "/dev/full: No space left on device" in error_line(launch(program, "-o", "/dev/full"))


@readers
def test_a_pipe_is_written_by_its_name(program: Program) -> None:
    assert launch(program, "-o", "/dev/stdout").stdout == launch(program).stdout != b""


@readers
def test_a_closed_stdout_is_said(program: Program) -> None:
    command = [sys.executable, program.launcher, *program.arguments]
    assert "<stdout>: expected somewhere to write" in error_line(
        run(["sh", "-c", '"$@" >&-', "sh", *command], program.reads)
    )


@readers
def test_a_closed_pipe_ends_quietly(program: Program, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.write_bytes(b"".join(b"main;work_%d;leaf 3\n" % number for number in range(50_000)))
    rest = " ".join(argument for argument in program.arguments if argument != "-")
    done = run(["bash", "-o", "pipefail", "-c", f"{sys.executable} {program.launcher} {many} {rest} | head -c 1"])
    assert (done.returncode, done.stderr) == (0, b"")


@readers
def test_stdin_on_a_terminal_says_what_is_awaited(program: Program) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, program.launcher, *program.arguments]
    running = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert running.stderr is not None
    line = running.stderr.readline().decode()
    os.write(ours, b"\x04")
    running.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert line.startswith(f"{program.prog}: waiting for ")


@readers
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_stage_leaves_the_old_output_and_no_rest(
    program: Program, number: signal.Signals, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"old")
    command = [sys.executable, program.launcher, "-o", str(out), *program.arguments]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    await_handler(running.pid)
    running.send_signal(number)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 128 + number
    assert errors == b""
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"out": b"old"}


def await_handler(pid: int) -> None:
    """Until the stage catches SIGTERM: it does its work, and is no longer being imported."""
    bit = 1 << (signal.SIGTERM - 1)
    while not int(Path(f"/proc/{pid}/status").read_text().partition("SigCgt:")[2].split()[0], 16) & bit:
        time.sleep(0.01)
