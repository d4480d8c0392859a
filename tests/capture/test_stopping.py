"""Signals in the middle of a recording: what ends, what is kept, and that nobody stays behind."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkouts import copied
from programs import environment
from services.processes import leftovers

# Says that it runs, and has a child.
WORKING = """
import os, signal, sys, time
os.fork()
print('ready', file=sys.stderr, flush=True)
time.sleep(60)
"""
STUBBORN = WORKING.replace("os.fork()", "signal.signal(signal.SIGINT, signal.SIG_IGN); os.fork()")
QUICK = "import sys, time; print('ready', file=sys.stderr, flush=True); time.sleep(2); print('main;work 3')"


@pytest.fixture
def mark() -> str:
    """A word that the command lines of one test's processes hold."""
    return f"#{uuid.uuid4()}"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "app.profile"
    file.write_text("as it was")
    return file


@contextlib.contextmanager
def recording(output: Path, script: str, *before: str) -> Iterator[subprocess.Popen[bytes]]:
    """A capture whose command has begun."""
    command = [sys.executable, "-m", "resq_flame.capture", "exec", "-o", str(output), "--", sys.executable, "-c"]
    with subprocess.Popen([*before, *command, script], stderr=subprocess.PIPE, env=environment()) as capture:
        assert capture.stderr is not None
        assert capture.stderr.readline() == b"ready\n"
        try:
            yield capture
        finally:
            capture.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_time_it_ends_at_once(number: signal.Signals, output: Path, mark: str) -> None:
    with recording(output, STUBBORN + mark) as capture:
        capture.send_signal(number)
        time.sleep(0.5)
        assert capture.poll() is None
        capture.send_signal(number)
        capture.wait(10)
    assert capture.returncode == 128 + signal.SIGINT
    assert leftovers(mark) == []
    assert [(file.name, file.read_text()) for file in output.parent.iterdir()] == [(output.name, "as it was")]


def test_killed_it_leaves_no_child(output: Path, mark: str) -> None:
    with recording(output, STUBBORN + mark) as capture:
        time.sleep(0.5)  # the command is quicker than its guard
        capture.kill()
        capture.wait()
        assert leftovers(mark) == []
    assert output.read_text() == "as it was"


def test_nohup_is_respected(output: Path) -> None:
    with recording(output, QUICK, "sh", "-c", 'trap "" HUP; exec "$@"', "sh") as capture:
        capture.send_signal(signal.SIGHUP)
        capture.wait(20)
    assert capture.returncode == 0
    assert output.read_text() == "main;work 3\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_capture_outlives_doit(number: signal.Signals, tmp_path: Path, mark: str) -> None:
    checkout = copied(tmp_path)
    script = WORKING.strip().encode("unicode_escape").decode() + mark
    (checkout / "pipelines/app.toml").write_text(
        f'[capture]\nsource = "exec"\ncommand = ["{sys.executable}", "-c", "{script}"]\n'
    )
    with subprocess.Popen(
        [sys.executable, "-m", "doit", "capture:app"], cwd=checkout, stderr=subprocess.PIPE, env=environment()
    ) as doit:
        assert doit.stderr is not None
        while doit.stderr.readline() != b"ready\n":
            assert doit.poll() is None
        doit.send_signal(number)
        doit.wait(20)
    assert leftovers(mark) == []
    assert not list((checkout / ".flame/app").glob("capture*"))
