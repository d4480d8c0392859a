"""Take a profile that was recorded before: for pipelines over files.

Examples:
    resq-capture file app.cpuprofile > same.cpuprofile

Its bytes are passed on as they are, compressed or not; a FIFO and - (stdin) do too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext

from resq_flame.stage import STDIO, StageError, name_of

_CHUNK = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a profile of any format that resq-fold knows")


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """The file's own bytes. Raises StageError where there are none."""
    with nullcontext(sys.stdin.buffer) if options.file == STDIO else open(options.file, "rb") as file:
        chunk = file.read(_CHUNK)
        if not chunk:
            raise StageError(f"{name_of(options.file)}: expected a profile, found nothing")
        while chunk:
            yield chunk
            chunk = file.read(_CHUNK)
