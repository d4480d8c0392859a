"""resq-capture exec and file: what a command prints, and what was recorded before."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from programs import environment, error_line, run_stage
from services.processes import leftovers

PROFILE = b"main;work 3\nmain;rest 1\n"
# Prints when it is told to end, as bpftrace does.
PATIENT = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (print('main;work 3'), sys.exit({code})))
print('ready', file=sys.stderr, flush=True)
time.sleep(60)
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "app.profile"
    file.write_text("as it was")
    return file


def test_stdout_is_the_profile_and_stderr_its_own() -> None:
    done = run_stage("capture", "exec", "--", "sh", "-c", "cat; echo words >&2", stdin=PROFILE)
    assert (done.returncode, done.stdout, done.stderr) == (0, PROFILE, b"words\n")


@pytest.mark.parametrize("code", [0, 3])
def test_it_is_ended_when_its_time_is_over(code: int) -> None:
    mark = f"#{uuid.uuid4()}"
    done = run_stage("capture", "exec", "-d", "2s", "--", sys.executable, "-c", PATIENT.format(code=code) + mark)
    assert (done.returncode, done.stdout) == (0, b"main;work 3\n")
    assert leftovers(mark) == []


def test_ctrl_c_keeps_what_it_printed(output: Path) -> None:
    command = [sys.executable, "-m", "resq_flame.capture", "exec", "-o", str(output), "--", sys.executable, "-c"]
    capture = subprocess.Popen([*command, PATIENT.format(code=0)], stderr=subprocess.PIPE, env=environment())
    time.sleep(3)
    capture.send_signal(signal.SIGINT)
    _, err = capture.communicate(timeout=30)
    assert capture.returncode == 0, err
    assert b"stopped early; what it printed is kept" in err
    assert output.read_text() == "main;work 3\n"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["false"], "false: expected exit code 0, found 1"),
        (["sh", "-c", "echo 'a 1'; kill -9 $$"], "sh: expected exit code 0, found signal 9"),
        (["true"], "true: expected a profile on its stdout, found nothing"),
        (["no-such-command"], "no-such-command: command not found"),
    ],
)
def test_a_command_that_fails(output: Path, command: list[str], words: str) -> None:
    assert words in error_line(run_stage("capture", "exec", "-o", str(output), "--", *command))
    assert output.read_text() == "as it was"


def test_no_command() -> None:
    assert "expected a command after --, found none" in error_line(run_stage("capture", "exec"), 2)


def test_a_file_is_passed_on_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"\x1f\x8b any bytes \x00")
    assert run_stage("capture", "file", str(file)).stdout == file.read_bytes()
    assert run_stage("capture", "file", "-", stdin=PROFILE).stdout == PROFILE


@pytest.mark.parametrize(("name", "words"), [("none", "No such file"), ("empty", "expected a profile, found nothing")])
def test_a_file_without_a_profile(tmp_path: Path, output: Path, name: str, words: str) -> None:
    (tmp_path / "empty").touch()
    assert words in error_line(run_stage("capture", "file", str(tmp_path / name), "-o", str(output)))
    assert output.read_text() == "as it was"
