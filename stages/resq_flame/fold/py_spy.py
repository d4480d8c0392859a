"""What ``py-spy record --format raw`` writes: folded stacks whose frames end in their file and line.

By py-spy 0.4.3, src/flamegraph.rs and src/main.rs; with --subprocesses --threads (one line each, cut):

    process 25032:"python work.py 30";thread (25035): worker; 1;Thread.run (threading.py:982);hash_rows (work.py:5) 63
    process 25032:"python work.py 30";<module> (work.py:33);handle (work.py:16);parse_body (work.py:13) 28
    _run_module_as_main (<frozen runpy>:198);<module> (compileall.py:462) 2

The weight is a number of samples. Line numbers stay as they were recorded; --no-lines takes them out, so that a
function is one frame, as py-spy's own --function and --nolineno do. py-spy leaves a ``;`` in the name of a thread or
in the command of a process as it is, which splits that root frame (as above): it is put together again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents import folded_shape
from resq_flame.fold.folded import read
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import without_line
from resq_flame.fold.options import Options
from resq_flame.folded import Number, Stack, weight

_ROOT = re.compile(rb'process \d+:"|thread \((?:\d+|0x[0-9A-F]+)\)')
# Every frame of a stack has a file, native ones their library; and none starts with a blank, as parts of names may.
_LOCATED = re.compile(rb"^[^ ].* \([^()]*\)$")


def sniff(head: bytes) -> bool:
    return folded_shape.dialect(head) == "py-spy"


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """The samples of each stack. Raises ProfileError for a differential stream and a malformed header."""
    profile = read(_whole_roots(stream, ledger), ledger)
    if options.lines is not False:
        return profile.stacks
    merged: dict[Stack, Number] = {}
    for stack, samples in profile.stacks.items():
        entry = ";".join(map(without_line, stack.split(";")))
        merged[entry] = merged.get(entry, 0) + samples
    return merged


def _whole_roots(stream: BinaryIO, ledger: Ledger) -> Iterator[bytes]:
    """The lines, with their root frames in one piece each, and without the samples that have no frame."""
    for line in stream:
        if _ROOT.match(line):
            stack, blank, count = line.rpartition(b" ")
            yield b";".join(_joined(stack.split(b";"))) + blank + count
        elif line.startswith(b" ") and folded_shape.stack_of(line) == b"":  # a thread that had no Python frame yet
            samples = weight(line.strip()) or 0
            ledger.drop("samples without a frame", samples, int(samples))
        else:
            yield line


def _joined(pieces: list[bytes]) -> list[bytes]:
    """``[b"thread (2): worker", b" 1", …]`` as ``[b"thread (2): worker: 1", …]``."""
    frames = pieces[:1]
    for at, piece in enumerate(pieces[1:], 1):
        if _LOCATED.search(piece):
            return frames + pieces[at:]
        if _ROOT.match(piece):
            frames.append(piece)
        else:
            frames[-1] += b":" + piece
    return frames
