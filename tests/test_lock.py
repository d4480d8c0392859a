"""Locks end with their holders; captures that would disturb one another take turns."""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import environment
from resq_flame import lock
from resq_flame.capture import turn

HOLD = "import sys\nfrom resq_flame import lock\nwith lock.held(sys.argv[1]):\n print(flush=True); sys.stdin.read()"


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock at tmp_path/lock."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), text=True, **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_lock_ends_with_its_holder_however_that_ends(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with lock.held(str(tmp_path / "lock"), waiting=holder.kill):
        assert holder.wait(timeout=20) < 0


def test_a_program_that_inherits_the_descriptor_holds_it_too(tmp_path: Path) -> None:
    with lock.held(str(tmp_path / "lock")) as descriptor:
        heir = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    waited: list[int] = []

    def end() -> None:
        waited.append(1)
        heir.communicate()

    with lock.held(str(tmp_path / "lock"), waiting=end):
        assert waited


def test_sharers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with lock.held(path, shared=True), lock.held(path, shared=True, waiting=lambda: pytest.fail("it waited")):
        pass


def options(**said: object) -> argparse.Namespace:
    return argparse.Namespace(**{"command": [], **said})


SYSTEM, API, OTHER = options(), options(url="http://api:1/admin"), options(url="http://other:1")
STARTED, RECORDED = options(command=["x"]), options(file="x")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("perf", SYSTEM), ("perf", SYSTEM), False),
        (("perf", SYSTEM), ("offcpu", SYSTEM), False),
        (("perf", SYSTEM), ("hce", API), False),
        (("perf", SYSTEM), ("python", STARTED), False),
        (("perf", SYSTEM), ("file", RECORDED), True),
        (("perf", options(pid=7)), ("offcpu", options(pid=7)), False),
        (("perf", options(pid=7)), ("perf", options(pid=8)), True),
        (("perf", options(container="a")), ("perf", options(container="b")), True),
        (("hce", API), ("api", options(url="http://api:1/other")), False),
        (("hce", API), ("hce", OTHER), True),
        (("python", STARTED), ("python", STARTED), True),
        (("hce", options(command=["x"], url="http://api:1")), ("hce", API), True),
        (("hce", options(pid=7, url="http://api:1")), ("hce", API), True),
    ],
)
def test_turns(
    one: tuple[str, argparse.Namespace],
    other: tuple[str, argparse.Namespace],
    together: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turn, "FOLDER", str(tmp_path))
    inside, leave, overlapped = threading.Event(), threading.Event(), threading.Event()

    def first() -> Iterator[bytes]:
        inside.set()
        leave.wait(20)
        yield b"1"

    def second() -> Iterator[bytes]:
        if not leave.is_set():
            overlapped.set()
        yield b"2"

    runs = [
        threading.Thread(target=lambda: list(turn.taken("test", *one, first()))),
        threading.Thread(target=lambda: list(turn.taken("test", *other, second()))),
    ]
    runs[0].start()
    inside.wait(20)
    runs[1].start()
    runs[1].join(5 if together else 0.2)
    assert overlapped.is_set() == together
    leave.set()
    for run in runs:
        run.join(20)
