"""Folds the parts of one big perf text in several processes (``--jobs``), with the result of one.

Only a plain file can be read at several places at once: a pipe or compressed data is folded by one process.
"""

from __future__ import annotations

import itertools
import os
import re
from io import UnsupportedOperation
from typing import BinaryIO

from resq_flame.fold.options import Options
from resq_flame.fold.perf import text as perf_text
from resq_flame.fold.perf.account import Account, account
from resq_flame.fold.perf.layout import layout_of
from resq_flame.fold.perf.records import Reader

SMALLEST = 4 << 20
"""Bytes below which a second process costs more than it saves."""

_SEARCHED = 4 << 20  # bytes in which a record ends


def fold_parts(stream: BinaryIO, options: Options) -> Account | None:
    """What the parts of a plain file add up to; None where there is nothing to divide."""
    bounds = part_bounds(stream, options.jobs)
    if len(bounds) < 3:
        return None
    import multiprocessing

    number = stream.fileno()
    head = next(perf_text.chunks(_Part(number, bounds[0], bounds[1])))
    layout = layout_of(head)
    first = first_event(head, layout)
    work = [(number, start, end, options, first, layout) for start, end in itertools.pairwise(bounds)]
    # fork: the parts read the open file, which may have no name (stdin), or another one by now
    with multiprocessing.get_context("fork").Pool(len(work) - 1) as pool:
        others = [pool.apply_async(_part, part) for part in work[1:]]
        whole = _part(*work[0])
        for other in others:
            whole.add(other.get())
        pool.close()
        pool.join()
    return whole


def first_event(head: bytes, layout: re.Pattern[bytes]) -> bytes | None:
    """The event of the first sample in the head of a text."""
    record = next(Reader(layout).records(head), None)
    return record.event if record else None


def _part(
    number: int, start: int, end: int, options: Options, first: bytes | None, layout: re.Pattern[bytes]
) -> Account:
    return account(perf_text.chunks(_Part(number, start, end)), options, first, layout)


def part_bounds(stream: BinaryIO, jobs: int) -> list[int]:
    """Where the parts begin, and where the last ends."""
    try:
        size, start = os.fstat(stream.fileno()).st_size, stream.tell()
    except (UnsupportedOperation, OSError):
        return []
    jobs = min(jobs, (size - start) // SMALLEST)
    if jobs < 2:
        return []
    wished = [start + (size - start) * part // jobs for part in range(1, jobs)]
    return sorted({start, size, *(_record_start(stream.fileno(), at) or size for at in wished)})


def _record_start(number: int, at: int) -> int | None:
    """A place from ``at`` on where a record begins; None where there is none near."""
    text = os.pread(number, _SEARCHED, at)
    for blank in (b"\n\n", b"\r\n\r\n"):
        if (end := text.find(blank)) >= 0:
            return at + end + len(blank)
    end = perf_text.last_end(text)
    return at + end if end else None


class _Part:
    """The bytes of an open file between two places; its own position, so that parts do not move each other's."""

    def __init__(self, number: int, start: int, end: int) -> None:
        self._number, self._at, self._end = number, start, end

    def read(self, count: int, /) -> bytes:
        data = os.pread(self._number, min(count, self._end - self._at), self._at)
        self._at += len(data)
        return data
