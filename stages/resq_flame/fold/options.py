"""What a user may ask of every format. A format reads the options that mean something to it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of ``resq-fold``, under their own names."""

    lines: bool | None = None
    """Keep line numbers in frames, or drop them; None is what the format's users expect."""
    idle: bool = False
    """Keep samples in which nothing ran."""
    sample_type: str | None = None
    """Which of a profile's several values is the weight."""
    threads: bool = False
    """A root frame for the thread, where the profile knows it."""
    processes: bool = False
    """A root frame for the process, where the profile knows it."""
    modules: bool | None = None
    """Keep the module in front of a frame (``libc`read``), or drop it; None is what the format's users expect."""
    jobs: int = 1
    """Processes that may share the work of a big text."""
    event: str | None = None
    """perf: fold this event; None is the first seen."""
    all_events: bool = False
    """perf: fold every event, each under a root frame of its name."""
    pid: bool = False
    tid: bool = False
    kernel: bool = False
    jit: bool = False
    addrs: bool = False
    inline: bool = False
    context: bool = False
    skip_after: tuple[str, ...] = ()
    preempted: bool = False
    """offcpu: keep the waits of tasks that could have run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    every = parser.add_argument_group("every format")
    every.add_argument("--lines", action=argparse.BooleanOptionalAction, help="line numbers in frames")
    every.add_argument("--modules", action=argparse.BooleanOptionalAction, help="modules in frames (libc`read)")
    every.add_argument("--idle", action="store_true", help="keep samples in which nothing ran")
    every.add_argument(
        "--sample-type", "--weight", metavar="NAME", help="which value of a profile that has several (pprof)"
    )
    every.add_argument("--threads", action="store_true", help="the thread as a root frame, where it is known")
    every.add_argument("--processes", action="store_true", help="the process as a root frame, where it is known")
    every.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes for a big file (perf)")
    perf = parser.add_argument_group("perf (as in stackcollapse-perf.pl and inferno-collapse-perf)")
    perf.add_argument("--event", metavar="NAME", help="fold this event (default: the first one seen)")
    perf.add_argument("--all-events", action="store_true", help="fold all events, each under a root frame")
    perf.add_argument("--pid", action="store_true", help="pid beside the command")
    perf.add_argument("--tid", action="store_true", help="pid and tid beside the command")
    perf.add_argument("--kernel", action="store_true", help="mark kernel frames with _[k]")
    perf.add_argument("--jit", action="store_true", help="mark JIT frames with _[j]")
    perf.add_argument("--all", action="store_true", help="--kernel and --jit")
    perf.add_argument("--addrs", action="store_true", help="the address where a symbol is unknown")
    perf.add_argument("--inline", action="store_true", help="un-inline with addr2line")
    perf.add_argument("--context", action="store_true", help="with --inline: source file and line")
    perf.add_argument("--skip-after", action="append", default=[], metavar="NAME", help="drop the callers of NAME")
    perf.add_argument("--preempted", action="store_true", help="offcpu: keep waits of tasks that could have run")


def from_arguments(arguments: argparse.Namespace) -> Options:
    """The options that the parsed flags say."""
    given = {entry.name: getattr(arguments, entry.name) for entry in fields(Options)}
    given |= {
        "kernel": arguments.kernel or arguments.all,
        "jit": arguments.jit or arguments.all,
        "skip_after": tuple(arguments.skip_after),
    }
    return Options(**given)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, found {text!r}")
    return int(text)
