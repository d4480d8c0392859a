"""Runs a recording program (py-spy, perf) as a child that ends when its user wants and leaves no process behind.

The child leads a session of its own, so that Ctrl-C reaches us alone: the first one (also SIGTERM or SIGHUP) asks the
recorder to finish and to write what it has, the second one kills it. What is left of the session afterwards, such as
workers of a profiled command, gets SIGTERM, then SIGKILL; a guard sees to that where we are killed ourselves.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from resq_flame import progress
from resq_flame.capture import PROG, stopping
from resq_flame.stage import StageError, detail

if TYPE_CHECKING:
    import sh

GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL."""
_POLL = 0.05
REAP = 0.5
"""Seconds for init to clear killed processes away; in a container it may not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_code: int
    stopped: bool
    """The user ended the recording before its time."""
    asked: bool = False
    """The recorder was told to end, by the user or as its time was over: its exit code may say so."""


class _Stop(stopping.Stop):
    """Hands the signals that stop us on to the recorder, once it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_at: float | None = None
        """When the recorder was first asked to end."""
        self.pid: int | None = None

    def receive(self, number: int) -> None:
        super().receive(number)
        self.forward()

    def forward(self) -> None:
        if self and self.pid is not None:
            self.send(signal.SIGKILL if self.insists else signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        assert self.pid is not None
        if number == signal.SIGINT and self.asked_at is not None:
            return  # it heard us: to some a second one is an order to give up
        self.asked_at = self.asked_at or time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a recorder is to end."""

    seconds: float | None
    """How long it records; None is to its own end."""
    patience: float
    """Seconds that it may take to begin, and again to write all it has."""
    ends_itself: bool = False
    """It knows the seconds; any other is asked to end (SIGINT)."""
    kills_children: bool = False
    """What it started is killed where it outlasts that: perf waits for its command, which may ignore SIGTERM."""
    begun: Callable[[], bool] = lambda: True
    """Whether it records already: its seconds count from then."""


def record(
    program: str,
    arguments: Sequence[str],
    plan: Plan,
    *,
    out: BinaryIO,
    err: BinaryIO,
    inherit_stdin: bool = False,
    pass_fds: frozenset[int] = frozenset(),
    variables: Mapping[str, str] = {},
) -> Outcome:
    """Run the recorder as planned. Raises StageError for one that does not end."""
    import sh

    detail(PROG, f"runs {program}")  # without its arguments: there may be a secret in them
    stop = _Stop()
    with stopping.heard(stop.receive), _stdin(inherit_stdin) as stdin:
        process = sh.Command(program)(
            *arguments,
            _bg=True,
            _bg_exc=False,
            _new_session=True,
            _in=stdin,
            _out=out,
            _err=err,
            _pass_fds=pass_fds,
            _env={**os.environ, **variables},
        )
        try:
            stop.pid = process.pid
            stop.forward()
            with _guard(process.pgid):
                ended = _await(process, stop, plan)
            if ended:
                with contextlib.suppress(sh.ErrorReturnCode):  # raised once, and then exit_code is there to read
                    process.wait()
        finally:
            end_group(process.pgid)
    if stop.insists:
        raise SystemExit(128 + signal.SIGINT)
    if not ended:
        name = os.path.basename(program)
        raise StageError(f"{name} did not end within {plan.patience:.0f} s of its time; it was stopped")
    return Outcome(process.exit_code, bool(stop), stop.asked_at is not None)


def _await(process: sh.RunningCommand, stop: _Stop, plan: Plan) -> bool:
    """Whether the recorder has ended; it is asked to when its time is over."""
    start, due = time.monotonic(), math.inf
    with progress.recording(PROG, plan.seconds):
        while process.is_alive():
            now = time.monotonic()
            if due == math.inf and plan.seconds is not None and (plan.begun() or now >= start + plan.patience):
                due = now + plan.seconds
            if now >= due and not plan.ends_itself and stop.asked_at is None:
                stop.send(signal.SIGINT)
            asked_at = math.inf if stop.asked_at is None else stop.asked_at
            if now >= min(due, asked_at) + plan.patience:
                return False
            if plan.kills_children and now >= asked_at + GRACE:
                _kill_children(process.pid)
            time.sleep(min(_POLL, max(due - now, 0.001)) if now < due else _POLL)
    return True


@contextlib.contextmanager
def _guard(group: int) -> Iterator[None]:
    """A shell that ends the group should we be killed: then its stdin comes to an end."""
    script = f'read _; kill -s TERM -- "-$1"; sleep {GRACE:g}; kill -s KILL -- "-$1"'
    with subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as shell:
        try:
            yield
        finally:
            shell.kill()


def _kill_children(pid: int) -> None:
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def end_group(group: int) -> None:
    """End every process of the group: SIGTERM, and SIGKILL for those that stay."""
    with contextlib.suppress(ProcessLookupError):
        for number, grace in ((signal.SIGTERM, GRACE), (signal.SIGKILL, REAP)):
            os.killpg(group, number)
            _await_end(group, grace)


def _await_end(group: int, seconds: float) -> None:
    """Raises ProcessLookupError as soon as the group has nobody left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        os.killpg(group, 0)
        time.sleep(0.02)


@contextlib.contextmanager
def _stdin(inherit: bool) -> Iterator[BinaryIO]:
    if inherit and sys.stdin is not None and not sys.stdin.closed:
        yield sys.stdin.buffer
        return
    with open(os.devnull, "rb") as nothing:
        yield nothing
