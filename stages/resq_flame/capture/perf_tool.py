"""perf, the kernel's profiler: its command line, and what its messages mean.

Its words are those of perf 6.1 (tools/perf/builtin-record.c, util/evsel.c, util/parse-events.c), for example

    [ perf record: Captured and wrote 0.069 MB perf.data ]
    Couldn't create thread/CPU maps: No such process
    Access to performance monitoring and observability operations is limited.
    event syntax error: 'sched:sched_switch'

A recording goes to a file, which perf script turns into text as it is read: neither grows in memory with its length.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from resq_flame.capture import command as started
from resq_flame.capture import machine, recorder
from resq_flame.stage import StageError

PATIENCE = 120.0
"""Seconds beyond the recording in which perf looks at all processes at the start, and writes what it has at the end."""

_CHUNK = 1 << 16
_NO_SAMPLE = re.compile(rb"(?:\s*|[^\n]*PERF_RECORD_[^\n]*|#[^\n]*)")
_NOISE = re.compile(r"^(?:\[ perf record:.*|Error:\s*|Warning:\s*|WARNING:\s*|\s*)$", re.IGNORECASE)


class PerfError(StageError):
    """perf could not record; ``found`` is all that it said."""

    def __init__(self, found: str) -> None:
        super().__init__(f"perf failed: {reason(found)}")
        self.found = found


@dataclass(frozen=True, slots=True)
class Recording:
    """A perf.data file, which lasts as long as the block that made it, and how the recording went."""

    data: Path
    stopped: bool
    """The user ended it before its time."""
    asked: bool
    """It was told to end, by the user or as its time was over."""


def program() -> str:
    found = machine.perf()
    if not found.ok:
        raise StageError(f"perf: {found.found}: {found.mend}")
    return shutil.which("perf") or "perf"


@contextmanager
def record(flags: Sequence[str], command: Sequence[str], seconds: float) -> Iterator[Recording]:
    """Record what the flags select, or the ``command``, which is started for it and ended when the time is over.

    Raises PerfError when there is no recording.
    """
    with tempfile.TemporaryDirectory(prefix="resq-capture-") as folder, started.stderr_copy() as stderr:
        data, begun = Path(folder, "perf.data"), Path(folder, "begun")
        # perf starts a command once it records: so does the sleep that ends a recording of anything else.
        workload = list(command) or ["sleep", f"{seconds:.3f}"]
        plan = recorder.Plan(seconds, PATIENCE, bool(not command), kills_children=True, begun=begun.exists)
        # In memory: the disk may be full of the recording when perf has to say so.
        with open(os.memfd_create("messages"), "w+b") as err, open(os.devnull, "wb") as nothing:
            outcome = recorder.record(
                program(),
                # Build ids are looked up in every file that was seen, and are for another machine's perf script.
                [
                    "record",
                    "--no-buildid",
                    "--no-buildid-cache",
                    "--output",
                    str(data),
                    *flags,
                    "--",
                    *started.redirection(stderr, str(begun)),
                    *workload,
                ],
                plan,
                out=nothing,
                err=err,
                inherit_stdin=bool(command),
                pass_fds=frozenset([stderr]),
            )
            err.seek(0)
            said = err.read().decode(errors="replace")
        if "Captured and wrote" not in said:
            raise PerfError(said or f"exit code {outcome.exit_code}")
        yield Recording(data, outcome.stopped, outcome.asked)


def script(recording: Recording, flags: Sequence[str]) -> Iterator[bytes]:
    """The recording as text, piece by piece. Raises StageError where it holds no sample at all."""
    # Inlined functions cost an addr2line a module, for hours on big binaries; resq-fold --inline finds them later.
    arguments = ["script", "--input", str(recording.data), "--no-inline", "--show-lost-events", *flags]
    with (
        tempfile.TemporaryFile() as err,
        subprocess.Popen(
            [program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            start_new_session=True,  # a Ctrl-C is for us; perf script ends with us
        ) as process,
    ):
        try:
            assert process.stdout is not None
            while chunk := process.stdout.read(_CHUNK):
                yield chunk
            failed = process.wait() != 0
        finally:
            process.kill()
        if failed:
            err.seek(0)
            raise StageError(f"perf script failed: {reason(err.read().decode(errors='replace'))}")


def with_samples(text: Iterator[bytes], emptiness: str) -> Iterator[bytes]:
    """The same text. Raises StageError, with ``emptiness``, where no piece of it holds a sample."""
    waiting: list[bytes] = []
    for chunk in text:
        waiting.append(chunk)
        if not all(map(_NO_SAMPLE.fullmatch, chunk.splitlines())):
            yield from waiting
            yield from text
            return
    raise StageError(emptiness)


def reason(said: str) -> str:
    """The first of perf's words that says something."""
    lines = [line.strip() for line in said.splitlines() if not _NOISE.match(line)]
    return lines[0].removeprefix("Error:").strip().rstrip(".") if lines else "it gave no reason"


def advice(said: str, needs_level: int) -> str:
    """What the user can do about perf's error; ``needs_level`` is the perf_event_paranoid under which this goes."""
    for words, remedy in _REMEDIES:
        if re.search(words, said, re.IGNORECASE):
            return remedy.format(sysctl=machine.paranoid_mend(needs_level), perf=shutil.which("perf"), tmp=_tmp())
    return ""


def _tmp() -> str:
    return tempfile.gettempdir()


# By perf's words, the first that match: what to do.
_REMEDIES = (
    (
        "no permissions? to (?:read|enable)",
        "tracepoints are for root: run with sudo, or {sysctl} and sudo mount -o remount,mode=755 /sys/kernel/tracing",
    ),
    ("no such process|no such device or address", "it has ended (ps -e lists those that run)"),
    ("branch stack", "--call-graph lbr needs the branch records of an Intel CPU: use fp or dwarf"),
    (
        "paranoid|access to performance monitoring|operation not permitted|permission denied",
        "run with sudo, or {sysctl}, or sudo setcap cap_perfmon,cap_sys_ptrace,cap_syslog+ep {perf}",
    ),
    ("no space left", "{tmp} is full, where the recording goes: TMPDIR=… names another folder"),
    ("mlock|mapping pages", "sudo sysctl kernel.perf_event_mlock_kb=4096"),
    ("event syntax error", "perf list names the events of this machine"),
    ("cgroup", "perf record -G needs the perf_event controller, or cgroup2, mounted"),
)
