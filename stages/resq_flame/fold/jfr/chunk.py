"""The binary form of a recording: one or more chunks, each with its own metadata, constants and events.

By OpenJDK 17, jdk/jfr/internal/consumer/{ChunkHeader,ChunkParser}.java, version 2.0 and 2.1 of the format. A chunk is a
header of 68 bytes, then events: each its size, the number of its class, and its fields. Two classes are special:
0 is the metadata (``metadata``), which says what fields each class has, 1 a check point of constants.

    464c5200 0002 0001 …        FLR\\0, major and minor version; size, offsets, times, ticks a second, features
    92 80 80 80 00  65 …        an event of 18 bytes, of class 101 (jdk.ExecutionSample)

Integers are LEB128, at most 9 bytes long, the ninth with 8 bits. A field that is a constant is its number in the pool
of its class; pools are complete only at the end of the chunk, so stacks are named after all of it was read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import whole_file
from resq_flame.fold.jfr import event, metadata
from resq_flame.fold.jfr.event import Event
from resq_flame.fold.jfr.values import Class, Reader
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options

MAGIC = b"FLR\0"

LIMIT = 2 << 30
"""Bytes of a chunk; the JDK starts a new one at 12 MB."""

_HEADER = struct.Struct(">HHqqqqqqqI")
_START = 4 + _HEADER.size
_METADATA, _CHECK_POINT = 0, 1
_COMPRESSED = 1


def events(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Event]:
    """The events with a stack of a recording whose MAGIC was read. A last chunk that is cut short is left out."""
    complete = 0
    while True:
        try:
            chunk = _read(stream)
        except ProfileError as error:
            if not complete:
                raise
            ledger.drop(f"chunk that cannot be read ({error})")
            return
        yield from chunk.events(options)
        complete += 1
        magic = stream.read(len(MAGIC))
        if not magic:
            return
        if magic != MAGIC:
            raise ProfileError(f"expected another chunk behind {complete}, found {magic!r}: damaged?")


def _read(stream: BinaryIO) -> _Chunk:
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise ProfileError(f"expected the header of a chunk, found its end after {len(header)} bytes: cut short?")
    major, minor, size, _, at_metadata, _, _, _, ticks, features = _HEADER.unpack(header)
    if major != 2 or not features & _COMPRESSED:
        raise ProfileError(f"expected a recording of version 2 (JDK 11 and later), found {major}.{minor}")
    if not _START <= size <= LIMIT:
        raise ProfileError(f"expected a chunk of {_START} to {LIMIT} bytes, found {size}: still being recorded?")
    data = whole_file.up_to(stream, size - _START)
    if len(data) < size - _START:
        raise ProfileError(f"expected a chunk of {size} bytes, found {len(data) + _START}: cut short?")
    if ticks <= 0:
        raise ProfileError(f"expected some ticks a second, found {ticks}: damaged?")
    return _Chunk(data, at_metadata - _START, ticks)


class _Chunk:
    """The classes and constants of a chunk, and where its other events are."""

    def __init__(self, data: bytes, at_metadata: int, ticks: int) -> None:
        self.reader, self.ticks = Reader(data), ticks
        self.classes = metadata.read(self.reader, at_metadata)
        self.pools: dict[int, dict[int, Any]] = {}
        self._places: list[tuple[int, Class]] = []
        self._frames: dict[int, tuple[list[str], bool]] = {}
        with_stacks = {key: found for key, found in self.classes.items() if found.has("stackTrace")}
        at, end = 0, len(data)
        while at < end:
            self.reader.at = at
            size, key = self.reader.varint(), self.reader.varint()
            if not 0 < size <= end - at:
                raise ProfileError(f"expected an event of at most {end - at} bytes, found {size}: damaged?")
            if key == _CHECK_POINT:
                self._read_constants()
            elif key in with_stacks:
                self._places.append((self.reader.at, with_stacks[key]))
            at += size

    def events(self, options: Options) -> Iterator[Event]:
        for at, found in self._places:
            self.reader.at = at
            fields = self.reader.value(found)
            trace = self.constant(found, "stackTrace", fields)
            known = isinstance(trace, dict)
            frames, truncated = self._stack(fields["stackTrace"], trace, found, options) if known else ([], False)
            if options.threads and frames:
                frames = [f"thread {self._thread(found, fields)}", *frames]
            yield Event(found.name, frames, *self._weight(found, fields), truncated)

    def _read_constants(self) -> None:
        reader = self.reader
        for _ in range(3):  # start, duration, how far back the check point before is
            reader.varint()
        reader.byte()
        for _ in range(reader.count()):
            key = reader.varint()
            found = self.classes.get(key)
            if found is None:
                raise ProfileError(f"expected constants of a class it has, found {key}: damaged?")
            pool = self.pools.setdefault(key, {})
            for _ in range(reader.count()):
                number = reader.varint()
                pool[number] = reader.value(found)

    def constant(self, holder: Class, name: str, fields: dict[str, Any]) -> Any:
        """The value of a field, looked up in its pool where it is a constant; None where there is none."""
        field = holder.field(name)
        value = fields.get(name)
        if field is None or not field.constant:
            return value
        return self.pools.get(field.class_id, {}).get(value) if isinstance(value, int) else None

    def _weight(self, found: Class, fields: dict[str, Any]) -> tuple[int, str]:
        default = event.DURATION if found.has("duration") else event.COUNT
        name, unit = event.WEIGHTS.get(found.name, default)
        value = fields.get(name, 1)
        if not isinstance(value, int) or value < 0:
            return 0, unit
        return (value * 1_000_000_000 // self.ticks if name == "duration" else value), unit

    def _stack(self, key: Any, trace: dict[str, Any], found: Class, options: Options) -> tuple[list[str], bool]:
        """The frames of a stack trace, root first, and whether some are missing there."""
        known = self._frames.get(key) if isinstance(key, int) else None
        if known is None:
            frames = trace.get("frames")
            holder = self._class(found, "stackTrace")
            each = self._class(holder, "frames")
            names = [self._frame(entry, each, options) for entry in frames or () if isinstance(entry, dict)]
            known = names[::-1], bool(trace.get("truncated"))
            if isinstance(key, int):
                self._frames[key] = known
        return known

    def _class(self, holder: Class | None, name: str) -> Class | None:
        field = holder.field(name) if holder else None
        return self.classes.get(field.class_id) if field else None

    def _frame(self, fields: dict[str, Any], holder: Class | None, options: Options) -> str:
        line = fields.get("lineNumber")
        method, class_name = (
            self._text(holder, fields, "method", "name"),
            self._text(holder, fields, "method", "type", "name"),
        )
        return event.frame(class_name, method or "(unknown)", line if isinstance(line, int) else 0, lines=options.lines)

    def _thread(self, found: Class, fields: dict[str, Any]) -> str:
        which = "sampledThread" if found.has("sampledThread") else "eventThread"
        return self._text(found, fields, which, "javaName") or self._text(found, fields, which, "osName") or "(unknown)"

    def _text(self, holder: Class | None, fields: Any, *path: str) -> str:
        """The text at the end of a path of fields; empty where the path breaks off."""
        value = fields
        for name in path:
            if holder is None or not isinstance(value, dict):
                return ""
            value = self.constant(holder, name, value)
            holder = self._class(holder, name)
        if isinstance(value, dict) and holder is not None:  # a Symbol is a text in a class of its own
            value = self.constant(holder, "string", value)
        return value if isinstance(value, str) else ""
