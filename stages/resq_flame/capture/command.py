"""A command that a recorder (py-spy, perf) starts: what it prints goes to stderr, as stdout is for the profile."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from resq_flame.stage import StageError


def check(command: Sequence[str]) -> None:
    """Raises StageError where there is no such program."""
    if shutil.which(command[0]) is None:
        raise StageError(f"{command[0]}: command not found")


@contextmanager
def stderr_copy() -> Iterator[int]:
    """Our stderr under a number of its own, for the command: the recorder's own stdout and stderr are read by us."""
    with open(os.devnull, "wb") as nothing:  # 2>&- leaves the number 2 to any file
        copy = fcntl.fcntl(nothing if sys.stderr is None else 2, fcntl.F_DUPFD, 3)
    try:
        yield copy
    finally:
        os.close(copy)


def redirection(stderr: int, begun: str = os.devnull) -> list[str]:
    """What stands before a command so that its stdout and stderr go to ``stderr``; it makes the file ``begun`` first.

    The recorder has the command inherit its streams, and has to be its parent (ptrace_scope 1 allows no one else).
    """
    if stderr > 9:  # POSIX shells redirect single digits only
        raise StageError("too many open files to run a command; close some that are passed to resq-capture")
    return ["/bin/sh", "-c", f': >{shlex.quote(begun)}; exec "$@" >&{stderr} 2>&{stderr} {stderr}>&-', "sh"]
