"""Profile with Linux perf: the whole system, a process, a container, or a command that is started for it.

Examples:
    sudo resq-capture perf --duration 10s > system.perf
    resq-capture perf --pid 1234 -o app.perf
    resq-capture perf --call-graph dwarf -o app.perf -- ./app --port 8000

What it writes is the text of perf script. Frames of the kernel and of other users' processes need root, or less
kernel.perf_event_paranoid: resq-flame doctor tells. Ctrl-C ends the recording early and keeps what was recorded.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
from collections.abc import Iterator

from resq_flame.capture import PROG, cgroup, duration, jit, machine, numbers, perf_tool
from resq_flame.capture import command as started
from resq_flame.stage import StageError, UsageError, say

# What each level of perf_event_paranoid still lets everybody do.
SYSTEM_WIDE, KERNEL_FRAMES, OWN_PROCESSES = 0, 1, 2

_CALL_GRAPH = re.compile(r"fp|lbr|dwarf(,[1-9][0-9]{0,4})?")
_MODIFIERS = re.compile(r"[ukhGHpPSDIWeb]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_scope(parser)
    parser.add_argument(
        "--rate", type=numbers.positive, default=99, metavar="HZ", help="samples a second (default: 99)"
    )
    parser.add_argument("-e", "--event", metavar="NAME", help="what to sample by (default: cycles, else cpu-clock)")
    add_call_graph(parser)


def add_scope(parser: argparse.ArgumentParser) -> None:
    """What to record, and for how long."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("-p", "--pid", type=numbers.positive, metavar="PID", help="this process, with all its threads")
    scope.add_argument("--cgroup", metavar="PATH", help="the processes of this control group")
    scope.add_argument("--container", metavar="NAME", help="the processes of this container")
    parser.add_argument(
        "-d", "--duration", type=duration.seconds, default=30.0, metavar="TIME", help="30s, 2m, … (default: 30s)"
    )


def add_call_graph(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--call-graph",
        type=_call_graph,
        default="fp",
        metavar="HOW",
        help="how stacks are unwound: fp (frame pointers, the default), dwarf (needs none, writes much), lbr (Intel)",
    )


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """The text of ``perf script``: a sample a paragraph, leaf first, with pid and tid."""
    check_scope(options)
    flags = [*_event(options), "--call-graph", options.call_graph, *scope_flags(options)]
    for note in _beforehand(options):
        say(PROG, note)
    yield from recorded(options, flags, ["-F", "+pid"], _level(options), _emptiness(options))


def recorded(
    options: argparse.Namespace, flags: list[str], script_flags: list[str], level: int, emptiness: str
) -> Iterator[bytes]:
    """Record and convert; say how it went. Raises StageError, with what mends it where that is known."""
    say(PROG, f"profiling {target(options)} for {duration.spoken(options.duration)}")
    try:
        with perf_tool.record(flags, options.command, options.duration) as recording:
            note = ""
            if recording.stopped:
                note = "stopped early; what was recorded until then is kept"
                emptiness = f"{target(options)}: stopped before the first sample was taken"
            elif _target_ended(recording, options):
                note = f"{target(options)} ended before the time was over; what was recorded until then is kept"
                emptiness = f"{target(options)}: ended before the first sample was taken"
            found = perf_tool.with_samples(perf_tool.script(recording, script_flags), emptiness)
            first = next(found)
            if note:
                say(PROG, note)
            yield first
            yield from found
    except perf_tool.PerfError as error:
        raise StageError(failure(error, options, level)) from None


def _target_ended(recording: perf_tool.Recording, options: argparse.Namespace) -> bool:
    if options.command:
        return not recording.asked
    return options.pid is not None and not numbers.runs(options.pid)


def failure(error: perf_tool.PerfError, options: argparse.Namespace, level: int) -> str:
    words = f"{target(options)}: perf failed: {perf_tool.reason(error.found)}"
    remedy = perf_tool.advice(error.found, level)
    return f"{words}: {remedy}" if remedy else words


def check_scope(options: argparse.Namespace) -> None:
    """Raises UsageError where the flags do not fit together, StageError for what is not there."""
    chosen = next((flag for flag in ("pid", "cgroup", "container") if getattr(options, flag, None) is not None), None)
    if options.command and chosen:
        raise UsageError(f"expected either --{chosen} or a command after --, found both")
    if options.command:
        started.check(options.command)
    elif options.pid is not None and not numbers.runs(options.pid):
        raise StageError(f"pid {options.pid}: no such process (ps -e lists those that run)")


def scope_flags(options: argparse.Namespace) -> list[str]:
    if options.command:
        return []
    if options.pid is not None:
        return ["--pid", str(options.pid)]
    if options.cgroup or options.container:
        path = cgroup.of_user(options.cgroup) if options.cgroup else cgroup.of_container(options.container)
        return ["--all-cpus", "--cgroup", path]
    return ["--all-cpus"]


def target(options: argparse.Namespace) -> str:
    """How messages call what is profiled."""
    if options.command:
        return os.path.basename(str(options.command[0]))
    if options.pid is not None:
        return f"pid {options.pid}"
    if options.cgroup:
        return f"cgroup {options.cgroup}"
    return f"container {options.container}" if options.container else "the whole system"


def _event(options: argparse.Namespace) -> list[str]:
    """Tracepoints (``sched:sched_switch``) are recorded each time; ``cycles:u`` is an event with a modifier."""
    name, colon, rest = (options.event or "").partition(":")
    if name and colon and rest and not _MODIFIERS.fullmatch(rest):
        return ["--event", options.event, "--count", "1"]
    # perf takes --cgroup for events that were named before it only; it falls back to cpu-clock itself.
    event = options.event or ("cycles" if options.cgroup or options.container else None)
    return [*(["--event", event] if event else []), "--freq", str(options.rate)]


def _level(options: argparse.Namespace) -> int:
    if options.event and ":" in options.event:
        return -1
    return KERNEL_FRAMES if options.command or options.pid is not None else SYSTEM_WIDE


def _beforehand(options: argparse.Namespace) -> Iterator[str]:
    """What the profile will lack, as far as that is known before it is taken."""
    paranoid = machine.sysctl("perf_event_paranoid")
    own = options.command or options.pid is not None
    if own and paranoid is not None and paranoid > KERNEL_FRAMES and not machine.may("perfmon", "sys_admin"):
        yield f"frames of the kernel are left out: run with sudo, or {machine.paranoid_mend(KERNEL_FRAMES)}"
    elif not (symbols := machine.kptr_restrict()).ok:
        yield f"frames of the kernel will have no names: run with sudo, or {symbols.mend}"
    highest = machine.sysctl("perf_event_max_sample_rate")
    if highest is not None and options.rate > highest:
        yield f"--rate {options.rate}: the kernel allows {highest} (sudo sysctl kernel.perf_event_max_sample_rate=…)"
    with contextlib.suppress(OSError):
        if options.command:
            yield from jit.notes_of_command(options.command)
        else:
            yield from jit.notes(None if options.pid is None else [options.pid])


def _emptiness(options: argparse.Namespace) -> str:
    return (
        f"{target(options)}: expected samples, found none: it only waited the whole time"
        " (put load on it; resq-capture offcpu shows what it waits for)"
    )


def _call_graph(text: str) -> str:
    if _CALL_GRAPH.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"expected fp, dwarf, dwarf,BYTES or lbr, found {text!r}")
    return text
