"""The sum of many sorted streams in memory that does not grow with them: a k-way merge, a range of stacks at a time.

Of every stream some rows wait in memory. All streams have rows up to the least of their last ones, so that far the
sums are final: they are added up in a dict that is small enough for the processor's cache, sorted and written. A
heap of single rows (``heapq.merge``) takes a third longer for 250 streams, and more the more there are.

What is out of order (a stream sorted another way, or not at all) comes too late for its range. It is summed apart,
in memory, and merged in at the end; that is why nothing is given out before.
"""

from __future__ import annotations

import heapq
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, MutableMapping, Sequence
from typing import IO, TypeAlias

from resq_flame import folded
from resq_flame.folded import Number
from resq_flame.merge.rows import Held, Key, Rows, Stream

Sums: TypeAlias = MutableMapping[Key, Number]

HELD = 64 << 20
"""Bytes of all streams together that wait in memory; parsed, they are about four times as many."""


def block_size(streams: int) -> int:
    """How much to read at once of each of so many streams."""
    return max(1 << 12, min(1 << 17, HELD // max(streams, 1)))


class Merge:
    """Sums groups of streams, each group at once, and all that came too late, into one sorted stream."""

    def __init__(self) -> None:
        self._runs: list[IO[bytes]] = []
        self._late: dict[Key, Number] = {}

    def add(self, streams: Sequence[Rows]) -> None:
        """Merge these streams to their ends. Raises what their ``block`` raises."""
        self._runs.append(_written(merged(streams, self._late), self._late))

    def total(self) -> IO[bytes]:
        """The lines of the sum, in the order of ``folded.dump``, without a header."""
        while len(self._runs) > 1 or self._late:
            late, self._late = self._late, {}
            runs = [Stream(run, block_size(len(self._runs))) for run in self._runs]
            self._runs = []
            self.add([*runs, Held(late)])
        return self._runs[0]


def merged(streams: Sequence[Rows], late: Sums) -> Iterator[dict[Key, Number]]:
    """The sums of one range after the other, in order; in ``late`` is added up what came too late for its range."""
    cursors = [_Cursor(stream) for stream in streams]
    for cursor in cursors:
        cursor.fill(b"", late)
    firsts = [(cursor.first, at) for at, cursor in enumerate(cursors) if cursor.waits]
    lasts = [(cursor.last, at) for at, cursor in enumerate(cursors) if cursor.waits and not cursor.ended]
    heapq.heapify(firsts)
    heapq.heapify(lasts)
    while firsts:
        while lasts and (cursors[lasts[0][1]].ended or cursors[lasts[0][1]].last != lasts[0][0]):
            heapq.heappop(lasts)  # it has read on since
        boundary = lasts[0][0] if lasts else max(cursor.last for cursor in cursors if cursor.waits)
        sums: dict[Key, Number] = {}
        while firsts and firsts[0][0] <= boundary:
            _, at = heapq.heappop(firsts)
            cursor = cursors[at]
            cursor.take(boundary, sums)
            if cursor.fill(boundary, late):
                heapq.heappush(lasts, (cursor.last, at))
            if cursor.waits:
                heapq.heappush(firsts, (cursor.first, at))
        yield sums


class _Cursor:
    """The rows of one stream that wait, in order, from ``at`` on."""

    def __init__(self, stream: Rows) -> None:
        self._stream = stream
        self._keys: list[Key] = []
        self._weights: list[Number] = []
        self._at, self._least = 0, 1
        self.ended = False

    @property
    def waits(self) -> bool:
        return self._at < len(self._keys)

    @property
    def first(self) -> Key:
        return self._keys[self._at]

    @property
    def last(self) -> Key:
        return self._keys[-1]

    def take(self, boundary: Key, sums: Sums) -> None:
        """Add the rows up to the boundary to the sums."""
        end = bisect_right(self._keys, boundary, self._at)
        get = sums.get  # the time of a merge is spent here
        for key, weight in zip(self._keys[self._at : end], self._weights[self._at : end], strict=True):
            sums[key] = get(key, 0) + weight
        self._at = end

    def fill(self, boundary: Key, late: Sums) -> bool:
        """Read on until half a block waits, so that the next boundary is far. Tells whether there was something."""
        filled = False
        while not self.ended and len(self._keys) - self._at < self._least:
            keys, weights = self._stream.block()
            if keys:
                self._append(keys, weights, boundary, late)
                self._least = len(keys) // 2 or 1
                filled = True
            else:
                self.ended = True
        return filled and self.waits

    def _append(self, keys: list[Key], weights: Sequence[Number], boundary: Key, late: Sums) -> None:
        waiting = self._keys[self._at :]
        previous = waiting[-1] if waiting else boundary
        self._keys, self._weights, self._at = waiting + keys, [*self._weights[self._at :], *weights], 0
        if keys[0] < previous or keys[0] <= boundary or keys != sorted(keys):
            rows = sorted(zip(self._keys, self._weights, strict=True), key=lambda row: row[0])
            start = bisect_right(rows, boundary, key=lambda row: row[0])
            for key, weight in rows[:start]:
                late[key] = late.get(key, 0) + weight
            self._keys = [key for key, _ in rows[start:]]
            self._weights = [weight for _, weight in rows[start:]]


def _written(ranges: Iterator[dict[Key, Number]], late: Sums) -> IO[bytes]:
    """A temporary stream of these sums, from its beginning; those whose stack has to be cleaned go to ``late``."""
    run = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115  # it lives as long as whoever reads it
    for sums in ranges:
        run.writelines(_lines(sums, late))
    run.seek(0)
    return run


def _lines(sums: dict[Key, Number], late: Sums) -> Iterator[bytes]:
    keys = sorted(sums)
    together = b"\n".join(keys).replace(b"\0", b";")
    if folded.is_tidy(together) and {*map(type, sums.values())} <= {int}:
        yield b"".join([b"%b %d\n" % (key, sums[key]) for key in keys]).replace(b"\0", b";")
        return
    for key, entry in zip(keys, folded.entries(together.split(b"\n")), strict=False):
        found = entry.encode()
        if found.replace(b";", b"\0") == key:
            yield b"%b %b\n" % (found, folded.text(sums[key]).encode())
        elif entry:  # empty: a comment that ended in a number
            cleaned = found.replace(b";", b"\0")
            late[cleaned] = late.get(cleaned, 0) + sums[key]
