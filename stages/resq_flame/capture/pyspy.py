"""py-spy, the sampling profiler for Python: its command line, and what its messages mean.

Its words are those of py-spy 0.4 (src/main.rs, src/python_process_info.rs, src/python_spy.rs), for example

    Error: Failed to find python version from target process
    Permission Denied: Try running again with elevated permissions by going 'sudo env "PATH=$PATH" !!'
    py-spy> Stopped sampling because process exited
    py-spy> Wrote raw flamegraph data to 'profile'. Samples: 99 Errors: 0
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resq_flame.capture import command as started
from resq_flame.capture import recorder
from resq_flame.stage import StageError

ATTACH_LIMIT = 60.0
"""Seconds beyond the recording in which py-spy reads symbols at the start and writes the profile at the end."""

_ENDED, _STOPPED = "Stopped sampling because process exited", "Stopped sampling because Control-C pressed"
_COUNTS = re.compile(r"Samples: (\d+) Errors: (\d+)")
_REASON = re.compile(r"^(?:Error: |\s+\d+: |\s{4}(?=\S))?(.*\S)", re.MULTILINE)
_BACKTRACE = re.compile(r"^stack backtrace:.*", re.IGNORECASE | re.MULTILINE | re.DOTALL)


class PySpyError(StageError):
    """py-spy could not profile; ``found`` is what it said, in one line."""

    def __init__(self, found: str) -> None:
        super().__init__(f"py-spy failed: {found}")
        self.found = found


@dataclass(frozen=True, slots=True)
class Recording:
    """What py-spy wrote, and how the recording went."""

    profile: bytes
    stopped: bool
    target_ended: bool
    samples: int
    errors: int
    """Samples that py-spy could not read."""


def program() -> str:
    """Where py-spy is: beside the Python that runs us, where pip puts it, else on PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "py-spy")
    found = shutil.which(beside) or shutil.which("py-spy")
    if found is None:
        raise StageError("py-spy is not installed (pip install py-spy)")
    return found


def record(flags: Sequence[str], pid: int | None, command: Sequence[str], seconds: int) -> Recording:
    """Profile the process ``pid``, or the ``command``, which is started for it and killed when the time is over.

    Raises PySpyError when there was nothing it could write.
    """
    with tempfile.TemporaryDirectory(prefix="resq-capture-") as folder, started.stderr_copy() as stderr:
        profile, out, err = (Path(folder, name) for name in ("profile", "out", "err"))
        shell = started.redirection(stderr) if pid is None else []
        target = ["--", *shell, *command] if pid is None else ["--pid", str(pid)]
        arguments = ["record", "--format", "raw", "--output", str(profile), "--duration", str(seconds), *flags, *target]
        with out.open("wb") as out_file, err.open("wb") as err_file:
            outcome = recorder.record(
                program(),
                arguments,
                recorder.Plan(seconds, ATTACH_LIMIT, ends_itself=True),
                out=out_file,
                err=err_file,
                inherit_stdin=pid is None,
                pass_fds=frozenset([stderr]),
            )
        said = out.read_text(errors="replace")
        if outcome.exit_code != 0 or not profile.exists():
            raise PySpyError(reason(err.read_text(errors="replace")) or f"exit code {outcome.exit_code}")
        counts = _COUNTS.search(said)
        return Recording(
            _named(profile.read_bytes(), shell, command),
            stopped=outcome.stopped and _STOPPED in said,
            target_ended=_ENDED in said,
            samples=int(counts[1]) if counts else 0,
            errors=int(counts[2]) if counts else 0,
        )


def reason(said: str) -> str:
    """py-spy's error, its causes behind it, without the backtrace that RUST_BACKTRACE asks for."""
    lines = _REASON.findall(_BACKTRACE.sub("", said))
    return ": ".join(dict.fromkeys(line for line in lines if line != "Caused by:"))


def _named(profile: bytes, shell: list[str], command: Sequence[str]) -> bytes:
    """The profile with the command's name on its process frame, which --subprocesses asks for.

    py-spy reads the name so early that it may find the shell's, or, between the two, none.
    """
    if not shell:
        return profile
    name = " ".join(" ".join(command).split()).encode(errors="surrogateescape")
    profile = profile.replace(" ".join([*shell, ""]).encode(), b"")
    return re.sub(rb'(process \d+:)""', lambda frame: b'%s"%s"' % (frame[1], name), profile)
