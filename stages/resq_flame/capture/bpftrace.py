r"""bpftrace, by which the kernel itself sums up how long each stack was blocked.

Its words are those of bpftrace 0.17 (src/main.cpp, src/bpftrace.cpp), its map's text is read by ``fold/bpftrace.py``:

    @blocked_us[
        clock_nanosleep+101
        main+82
    ,\x20
        __schedule+1560
        do_nanosleep+94
    , wcpp]: 1471125
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from resq_flame.capture import PROG, duration, machine, recorder
from resq_flame.stage import StageError, say

PATIENCE = 60.0
"""Seconds beyond the recording in which bpftrace attaches at the start, and looks symbols up at the end."""

SCRIPT = Path(__file__).with_name("offcpu.bt")

# A map that is full (4096 keys, unless told otherwise) takes no more of them without a word.
VARIABLES = {"BPFTRACE_MAP_KEYS_MAX": "65536"}

_CHUNK = 1 << 16
_HARMLESS = re.compile(r".*RLIMIT_MEMLOCK.*|Attaching \d+ probes.*|\s*")
_UNREAD = re.compile("failed to look up stack id")
_LOST = re.compile(r"Lost (\d+) events")


def record(pid: int | None, seconds: float, target: str) -> Iterator[bytes]:
    """The text of one map: user stack, kernel stack, comm, microseconds. Raises StageError."""
    say(PROG, f"profiling {target} for {duration.spoken(seconds)}, by bpftrace")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        outcome = recorder.record(
            shutil.which("bpftrace") or "bpftrace",
            # Without -q it says how many probes it attaches, on stdout.
            ["-q", str(SCRIPT), str(pid or 0), str(max(round(seconds * 1000), 1))],
            recorder.Plan(seconds, PATIENCE, ends_itself=True),
            out=out,
            err=err,
            variables=VARIABLES,
        )
        err.seek(0)
        said = err.read().decode(errors="replace")
        if outcome.exit_code != 0:
            raise StageError(f"{target}: bpftrace failed: {_reason(said)}{_remedy()}")
        for note in _notes(said):
            say(PROG, note)
        if outcome.stopped:
            say(PROG, "stopped early; what was recorded until then is kept")
        out.seek(0)
        if b"@blocked_us[" not in out.read(_CHUNK):
            raise StageError(f"{target}: expected waits, found none: it never left the CPU, or never came back to it")
        out.seek(0)
        while chunk := out.read(_CHUNK):
            yield chunk


def _notes(said: str) -> Iterator[str]:
    if lost := _LOST.search(said):
        yield f"bpftrace lost {lost[1]} events: some waits are missing"
    # -17: two stacks with one hash. -9: bpftrace 0.17 closes its own map as processes end while it looks names up.
    if unread := len(_UNREAD.findall(said)):
        yield f"bpftrace could not read {unread} stacks: their waits are there without frames (--engine perf has them)"


def _reason(said: str) -> str:
    return next((line.strip() for line in said.splitlines() if not _HARMLESS.fullmatch(line)), "it gave no reason")


def _remedy() -> str:
    return "" if machine.may("bpf", "sys_admin") else ": run with sudo"
