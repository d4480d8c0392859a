"""Taking turns between processes: a lock on a file, which ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator

_UNNOTICED, _POLL = 1.0, 0.02

FOLDER = ".locks"
"""Where the pipelines keep theirs, in .flame."""


@contextlib.contextmanager
def held(path: str, *, shared: bool = False, waiting: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Hold the lock at a path, alone or with others that share it; says ``waiting`` once where that takes a second.

    Gives the file's descriptor. A program that inherits it holds the lock too, until it ends.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = _open(path)
    try:
        if not _soon(descriptor, kind):
            waiting()
            fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


def _soon(descriptor: int, kind: int) -> bool:
    """Whether the lock was had before anybody would wonder."""
    end = time.monotonic() + _UNNOTICED
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_POLL)


def _open(path: str) -> int:
    try:
        # Without O_CREAT first: in /tmp, Linux refuses that for a file of another user (fs.protected_regular).
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
