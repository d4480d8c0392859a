"""Real processes that tests start, and whether any of them is still there."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "fixtures" / "services"


@contextmanager
def running(*command: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block at the latest."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | variables) as process:
        try:
            yield process
        finally:
            process.kill()


def leftovers(marker: str) -> list[str]:
    """The command lines of processes that hold ``marker``, once those that are ending have ended."""
    end = time.monotonic() + 5
    while (found := _holding(marker)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _holding(marker: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if marker in line:
            found.append(line)
    return found
