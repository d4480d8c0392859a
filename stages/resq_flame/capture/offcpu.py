"""Profile where processes wait: the time they are blocked, off the CPU, by the stack that went to sleep.

Examples:
    sudo resq-capture offcpu --pid 1234 --duration 10s > app.offcpu
    sudo resq-capture offcpu --engine bpftrace > system.offcpu

Two engines: perf records each switch (sched:sched_switch; the text of perf script), bpftrace sums up in the kernel
(the text of its map, microseconds) and costs less on a busy machine, but finds no names of functions in processes that
have ended meanwhile. Without --engine it is perf, where that can.
Ctrl-C ends the recording early and keeps what was recorded.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator

from resq_flame.capture import PROG, bpftrace, machine, perf
from resq_flame.stage import StageError, UsageError, say

SWITCH = "sched:sched_switch"
LEVEL = -1
"""The perf_event_paranoid under which everybody may use tracepoints."""
BUFFER = "8M"
"""Of each CPU. At perf's own half megabyte a busy system lost a fifth of its switches while perf itself had to wait for
a CPU, and each loss makes waits too long. Who may use tracepoints may lock as much memory."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    perf.add_scope(parser)
    parser.add_argument("--engine", choices=("perf", "bpftrace"), help="what records (default: perf, where it can)")
    perf.add_call_graph(parser)


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """Text that resq-fold knows as offcpu (by perf) or bpftrace; a wait's stack is the one it began with."""
    perf.check_scope(options)
    engine = options.engine or _engine(options)
    if engine == "bpftrace":
        _check_bpftrace(options)
        yield from bpftrace.record(options.pid, options.duration, perf.target(options))
        return
    if not (tracefs := machine.tracefs()).ok:
        raise StageError(f"off-CPU by perf needs the kernel's tracepoints, tracefs is {tracefs.found}: {tracefs.mend}")
    yield from _by_perf(options)


def _by_perf(options: argparse.Namespace) -> Iterator[bytes]:
    flags = ["--event", SWITCH, "--count", "1", "--mmap-pages", BUFFER, "--call-graph", options.call_graph]
    # The event tells of the leaves alone: on a process it does not see the returns, and system-wide perf misses those
    # from an idle CPU now and then (each second one of a CPU of Linux 6.18, where bpftrace saw them all).
    flags += ["--switch-events", *perf.scope_flags(options)]
    emptiness = f"{perf.target(options)}: expected waits, found none: it never left the CPU"
    # perf script adds the stack's fields to a tracepoint's own accord, unless other fields are asked for.
    fields = ["--ns", "-F", "+pid,+ip,+sym,+symoff,+dso", "--show-switch-events"]
    yield from perf.recorded(options, flags, fields, LEVEL, emptiness)


def _engine(options: argparse.Namespace) -> str:
    """perf, unless it cannot and bpftrace can."""
    perf_can = machine.perf().ok and machine.tracefs().ok
    bpftrace_can = machine.bpftrace().ok and not _beyond_bpftrace(options)
    if perf_can or not bpftrace_can:
        return "perf"
    say(PROG, "perf cannot record switches here (resq-flame doctor tells why); bpftrace does")
    return "bpftrace"


def _check_bpftrace(options: argparse.Namespace) -> None:
    if flag := _beyond_bpftrace(options):
        raise UsageError(f"--engine bpftrace knows no {flag} (--engine perf does)")
    if shutil.which("bpftrace") is None:
        raise StageError(f"bpftrace is not installed ({machine.bpftrace().mend})")


def _beyond_bpftrace(options: argparse.Namespace) -> str | None:
    if options.command:
        return "command after --"
    flags = {"--cgroup": options.cgroup, "--container": options.container}
    flags["--call-graph"] = options.call_graph if options.call_graph != "fp" else None
    return next((flag for flag, value in flags.items() if value), None)
