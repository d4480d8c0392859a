"""Profile a Python process with py-spy: one that runs, or a command that is started for it.

Examples:
    resq-capture python --pid 1234 --duration 10s > app.pyspy
    resq-capture python --url http://localhost:8000 > app.pyspy
    resq-capture python -o app.pyspy -- python app.py --port 8000

Without --pid and a command it is the process that listens on the port of --url. With --path, the service itself is
asked (GET PATH?seconds=N, $RESQ_API_KEY as x-api-key), wherever it runs; any format that resq-fold knows will do.

A started command needs no root. It keeps stdin, its stdout goes to stderr, and it is killed when the time is over.
Ctrl-C ends the recording early and keeps what was recorded.
"""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from resq_flame.capture import PROG, duration, endpoint, http, listeners, numbers, pyspy
from resq_flame.capture import command as started
from resq_flame.stage import StageError, UsageError, say
from resq_flame.units import plural

# Passed on to py-spy as they are, so that they mean what its manual says.
SWITCHES = {
    "--native": "also show the frames of extensions written in C, C++, Cython or Rust",
    "--subprocesses": "also profile the child processes",
    "--gil": "only samples of the thread that holds the GIL",
    "--idle": "also samples of threads that wait",
}

INSTEAD = (
    "pip install --upgrade py-spy may help, else: resq-flame perf (with python -X perf, from 3.12 on), or"
    " python -m cProfile -o app.pstats app.py, then resq-flame file app.pstats"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-p", "--pid", type=numbers.positive, metavar="PID", help="the process (or give -- COMMAND)")
    parser.add_argument(
        "-d", "--duration", type=duration.seconds, default=30.0, metavar="TIME", help="30s, 2m, … (default: 30s)"
    )
    parser.add_argument(
        "--rate", type=numbers.positive, default=100, metavar="HZ", help="samples a second (default: 100)"
    )
    endpoint.add_arguments(parser, "http://localhost:8000")
    parser.add_argument("--path", type=_path, metavar="PATH", help="ask the service there for a profile, by HTTP")
    for flag, meaning in SWITCHES.items():
        parser.add_argument(flag, action="store_true", help=meaning)


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """py-spy's raw format: a folded stack a line, root first, its samples counted."""
    if options.path is not None:
        yield _asked(options)
        return
    _find_target(options)
    flags = ["--rate", str(options.rate), *(flag for flag in SWITCHES if getattr(options, flag.removeprefix("--")))]
    seconds = math.ceil(options.duration)  # py-spy counts whole seconds
    say(PROG, f"profiling {_target(options)} for {duration.spoken(seconds)}")
    try:
        recording = pyspy.record(flags, options.pid, options.command, seconds)
    except pyspy.PySpyError as error:
        raise StageError(_advice(error.found, options)) from None
    if not recording.profile.strip():
        raise StageError(_emptiness(recording, options))
    for note in _notes(recording, options):
        say(PROG, note)
    yield recording.profile


def _asked(options: argparse.Namespace) -> bytes:
    """What the service answers; resq-fold knows the format by its content."""
    seconds = math.ceil(options.duration)
    target = endpoint.from_arguments(options, f"{options.path}?seconds={seconds}")
    say(PROG, f"profiling {target.url} for {duration.spoken(seconds)}")
    profile = http.fetch(target, "GET", seconds=seconds + http.PATIENCE)
    if not profile.strip():
        raise StageError(f"{target.url}: expected a profile, found nothing: try a longer --duration")
    return profile


def _find_target(options: argparse.Namespace) -> None:
    """Sets the pid where the user gave neither pid nor command."""
    if options.pid is not None and options.command:
        raise UsageError("expected either --pid PID or a command after --, found both")
    if options.command:
        started.check(options.command)
    elif options.pid is None:
        port = listeners.port_of(options.url)
        if not endpoint.is_loopback(urlsplit(options.url).hostname or ""):
            raise UsageError("--url: py-spy reads processes of this machine only; --path PATH asks a service elsewhere")
        options.pid = listeners.listening_on(port)
        say(PROG, f"pid {options.pid} ({_program_of(options)}) listens on port {port}")
    elif not numbers.runs(options.pid):
        raise StageError(f"pid {options.pid}: no such process (pgrep -af python lists those that run)")


def _advice(found: str, options: argparse.Namespace) -> str:
    """What the user can do about py-spy's error."""
    target = _target(options)
    lower = found.lower()
    if "permission denied" in lower or "operation not permitted" in lower:
        return (
            f"{target}: not allowed to read this process; run with sudo, or let py-spy: sudo setcap cap_sys_ptrace+ep"
            f" {pyspy.program()} (in a container: --cap-add SYS_PTRACE){_ptrace_scope()}; py-spy said: {found}"
        )
    if "unsupported version" in lower:
        return f"{target}: py-spy cannot read this Python; {INSTEAD}; it said: {found}"
    if "failed to create process" in lower:
        return f"{options.command[0]}: cannot be started; py-spy said: {found}"
    if options.pid is None and ("process executable name" in lower or "no such process" in lower):
        return f"{target}: ended before the first sample was taken (its own messages are above)"
    if options.pid is not None and not numbers.runs(options.pid):
        return f"{target}: ended before the first sample was taken"
    if "failed to find python version" in lower:
        hint = "" if options.pid else "; give the interpreter itself: -- python script.py"
        return f"{target}: expected a Python process, found {_program_of(options)}{hint}"
    hint = " (is it stopped, or under a debugger?)" if "failed to suspend" in lower else ""
    return f"{target}: py-spy failed: {found}{hint}"


def _emptiness(recording: pyspy.Recording, options: argparse.Namespace) -> str:
    target = _target(options)
    if recording.stopped:
        return f"{target}: stopped before the first sample was taken"
    if recording.target_ended:
        return f"{target}: ended before the first sample was taken"
    what = "no thread held the GIL" if options.gil else "it only waited"
    remedy = "leave --gil out" if options.gil else "put load on it, or count waiting threads with --idle"
    return f"{target}: expected samples, found none: {what} the whole time ({remedy})"


def _notes(recording: pyspy.Recording, options: argparse.Namespace) -> Iterator[str]:
    if recording.stopped:
        yield f"stopped early; the {recording.samples} samples until then are kept"
    elif recording.target_ended:
        yield f"{_target(options)} ended before the time was over; the {recording.samples} samples until then are kept"
    if recording.errors:
        yield f"left out {plural(recording.errors, 'sample')} that could not be read"


def _target(options: argparse.Namespace) -> str:
    return f"pid {options.pid}" if options.pid is not None else os.path.basename(options.command[0])


def _program_of(options: argparse.Namespace) -> str:
    if options.pid is None:
        return str(options.command[0])
    try:
        return repr(Path(f"/proc/{options.pid}/comm").read_text(errors="replace").strip())
    except OSError:
        return "none"


def _ptrace_scope() -> str:
    """A remedy where Yama lets nobody but a parent trace: sysctl kernel.yama.ptrace_scope."""
    try:
        scope = Path("/proc/sys/kernel/yama/ptrace_scope").read_text().strip()
    except OSError:
        return ""
    return f" (or sudo sysctl kernel.yama.ptrace_scope=0, now {scope})" if scope != "0" else ""


def _path(text: str) -> str:
    if re.fullmatch(r"/[!-~]*", text) is None or "?" in text or "#" in text:
        raise argparse.ArgumentTypeError(f"expected a path such as /admin/profile, found {text!r}")
    return text
