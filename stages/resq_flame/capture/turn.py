"""Captures that would disturb one another take turns, whoever starts them: a shell, make, doit, two users.

A capture of the whole system (perf, offcpu without a process) is alone on the machine. Two captures of one service,
process or container follow each other; those of different ones run side by side.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from resq_flame import lock, stage

FOLDER = "/tmp"  # not $TMPDIR, which may be each user's own
WIDE = frozenset(("perf", "offcpu"))
"""Sources that see the whole system unless they are told what of it."""
RECORDED = frozenset(("file",))

# In this order: a source that asks an address has one by default.
_WHICH = ("pid", "container", "cgroup", "inspect", "url")


def taken(prog: str, name: str, options: argparse.Namespace, profile: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of a profile, recorded when it is this capture's turn."""
    if name in RECORDED:
        yield from profile
        return
    with contextlib.ExitStack() as turn:
        subject = subject_of(options)
        wide = name in WIDE and not subject and not options.command
        with _lock("next", prog, "another capture to begin"):  # so that many small ones never hold up a wide one
            turn.enter_context(_lock("machine", prog, "other captures on this machine to end", shared=not wide))
        if subject:
            turn.enter_context(_lock(subject, prog, "another capture of the same to end"))
        chunks = iter(profile)
        first = next(chunks, b"")
    # The first chunk comes when all is recorded: who reads them slowly holds up no other capture.
    yield first
    yield from chunks


def subject_of(options: argparse.Namespace) -> str:
    """What is profiled, under one name for all captures of it; nothing where that is the system or a new process."""
    if options.command:
        return ""
    for which in _WHICH:
        value = getattr(options, which, None)
        if value:
            place = urlsplit(str(value)).netloc.rpartition("@")[2] if which == "url" else ""
            return f"{which}-{place or value}"
    return ""


@contextlib.contextmanager
def _lock(what: str, prog: str, awaited: str, *, shared: bool = False) -> Iterator[None]:
    name = what if what.isidentifier() else hashlib.sha256(what.encode()).hexdigest()[:16]
    path = os.path.join(FOLDER, f"resq-flame-{name}.lock")
    with lock.held(path, shared=shared, waiting=lambda: stage.say(prog, f"waiting for {awaited}")):
        yield
