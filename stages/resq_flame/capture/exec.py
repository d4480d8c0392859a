"""Take the profile that a command prints: any profiler whose format resq-fold knows.

Examples:
    resq-capture exec -o heap.pprof -- curl -s localhost:6060/debug/pprof/heap
    resq-capture exec --duration 10s -- sudo bpftrace -e 'profile:hz:99 { @[ustack] = count(); }'

Its stdout is the profile; its stderr stays its own. With --duration it is ended by SIGINT (as by Ctrl-C) when the time
is over, for commands that record until then. It has failed when it exits with another code than 0 of its own accord.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack

from resq_flame.capture import PROG, duration, recorder
from resq_flame.capture import command as started
from resq_flame.stage import StageError, UsageError, say

PATIENCE = 60.0
"""Seconds that a command may take to write what it has, once it was asked to end."""

_CHUNK = 1 << 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-d", "--duration", type=duration.seconds, metavar="TIME", help="when to end it: 30s, 2m, … (default: never)"
    )


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """What the command printed, once it has ended. Raises StageError where it failed, or printed nothing."""
    if not options.command:
        raise UsageError("expected a command after --, found none")
    started.check(options.command)
    program, *arguments = options.command
    name = os.path.basename(program)
    with ExitStack() as stack:
        printed = stack.enter_context(tempfile.TemporaryFile())  # not in memory: it may be hours of perf script
        err = stack.enter_context(open(os.devnull, "wb")) if sys.stderr is None else sys.stderr.buffer
        outcome = recorder.record(
            program,
            arguments,
            recorder.Plan(options.duration, PATIENCE),
            out=printed,
            err=err,
            inherit_stdin=True,
        )
        if outcome.exit_code != 0 and not outcome.asked:
            raise StageError(f"{name}: expected exit code 0, found {_spoken(outcome.exit_code)}")
        if outcome.stopped:
            say(PROG, "stopped early; what it printed is kept")
        if not printed.seek(0, os.SEEK_END):
            raise StageError(f"{name}: expected a profile on its stdout, found nothing")
        printed.seek(0)
        while chunk := printed.read(_CHUNK):
            yield chunk


def _spoken(exit_code: int) -> str:
    return str(exit_code) if exit_code >= 0 else f"signal {-exit_code}"
