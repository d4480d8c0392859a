"""Peels gzip and zstd off an input stream, recognised by their first bytes, with a limit on what it may grow to."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

LIMIT = 64 << 30
"""Bytes a compressed input may grow to; hours of system-wide ``perf script`` text stay below it."""

LAYERS = 3
"""How deep compression may be nested: a gzipped pprof profile sent with gzip is two deep."""

GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"

_BUFFER = 1 << 18
_ZSTD_CHUNK = 1 << 10  # four bytes of it may stand for 128 KiB, and a chunk is decompressed at once


class CorruptError(OSError):
    """The compressed data is cut short, damaged or grows too large."""


def peel(stream: BinaryIO, name: str, limit: int = LIMIT) -> io.BufferedReader:
    """The stream without its compression, buffered, so that its head can be peeked at.

    Reading raises CorruptError, under ``name``, where the compressed data ends early, is damaged or passes the limit.
    """
    peeled = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    for _ in range(LAYERS):
        magic = peeled.peek(4)[:4]
        if not magic:  # the end: on a terminal, reading on would ask for a second Ctrl-D
            return io.BufferedReader(cast("io.RawIOBase", io.BytesIO()))
        if magic.startswith(GZIP):
            import gzip

            inner: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=peeled))
        elif magic.startswith(ZSTD):
            inner = cast(BinaryIO, _Zstd(peeled))
        else:
            break
        peeled = io.BufferedReader(_Guarded(inner, name, limit), _BUFFER)
    return peeled


class _Zstd:
    """Reads zstd frames. For zstandard's own reader, a frame that is cut short ends like any other."""

    def __init__(self, compressed: BinaryIO) -> None:
        self._compressed = compressed
        self._frame: ZstdDecompressionObj | None = None
        self._ready = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end. Raises EOFError where the last frame is cut short."""
        while not self._ready:
            chunk = self._compressed.read(_ZSTD_CHUNK)
            if not chunk and self._frame:
                raise EOFError
            if not chunk:
                return b""
            self._ready = memoryview(self._decompressed(chunk))
        data, self._ready = bytes(self._ready[:size]), self._ready[size:]
        return data

    def _decompressed(self, chunk: bytes) -> bytes:
        import zstandard

        parts = []
        while chunk:
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            parts.append(self._frame.decompress(chunk))
            chunk = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        return b"".join(parts)


class _Guarded(io.RawIOBase):
    """Counts what comes out of a decompressor, and turns its many errors into CorruptError."""

    def __init__(self, inner: BinaryIO, name: str, limit: int) -> None:
        self._inner, self._name, self._left = inner, name, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes a memoryview
        try:
            data = self._inner.read(len(buffer))
        except EOFError:
            raise CorruptError(f"{self._name}: the compressed data ends before its end mark: cut short?") from None
        except ImportError:
            raise  # zstandard is not there: nothing is wrong with the data
        except Exception as error:  # zlib.error, gzip.BadGzipFile, zstandard.ZstdError: no common base
            raise CorruptError(f"{self._name}: the compressed data is damaged: {error}") from None
        self._left -= len(data)
        if self._left < 0:
            raise CorruptError(f"{self._name}: the compressed data grows too large to be a profile")
        buffer[: len(data)] = data
        return len(data)
