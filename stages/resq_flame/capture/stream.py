"""What a capture yields, as a stream to read from: a recording of hours is never in memory as a whole."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast


@contextmanager
def reader(chunks: Iterable[bytes]) -> Iterator[BinaryIO]:
    """Reads ``chunks`` one after the other; at the end of the block the rest of them is given up."""
    try:
        yield cast(BinaryIO, io.BufferedReader(_Chunks(chunks), 1 << 20))
    finally:
        if isinstance(chunks, Generator):
            chunks.close()


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        view = memoryview(buffer)
        count = min(len(view), len(self._left))
        view[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
