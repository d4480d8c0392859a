"""MOJO, the binary form that ``austin -b`` writes: events of one byte each and their fields, one behind the other.

By austin 3.7.0, src/mojo.h and austin-python's mojo.py; version 1 to 3. A start, with its fields apart:

    MOJ 3                            magic, version
    1 "mode" "wall"                  METADATA
    2 30785 0 "7844"                 STACK: process, interpreter (from version 3 on), thread
    11 key "/srv/demoapp/py/work.py" STRING
    3 key file-key name-key 5 5 24 25   FRAME: line; from version 2 on also where it ends, and the columns
    5 key                            FRAME_REF
    9 10075                          METRIC_TIME, which ends the sample; 10 is METRIC_MEMORY

Texts end with a zero byte. Numbers have 6 bits and a sign in their first byte, 7 bits in each further one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resq_flame.fold.austin.sample import Frame, Sample
from resq_flame.fold.ledger import ProfileError

MAGIC = b"MOJ"
NEWEST = 3

_METADATA, _STACK, _FRAME, _INVALID, _REF, _KERNEL, _GC, _IDLE, _TIME, _MEMORY, _STRING, _STRING_REF = range(1, 13)

_EMPTY, _UNKNOWN = "", "<unknown>"


def samples(data: bytes, metadata: dict[str, str]) -> Iterator[Sample]:
    """The samples of a MOJO file; its metadata are added to those given."""
    reader = _Reader(data, data[len(MAGIC)] if len(data) > len(MAGIC) else 0)
    if not 1 <= reader.version <= NEWEST:
        raise ProfileError(f"expected MOJO of version 1 to {NEWEST}, found {reader.version}")
    sample: _Open | None = None
    while reader.at < len(data):
        event = reader.byte()
        if event == _METADATA:
            metadata[reader.text()] = reader.text()
        elif event == _FRAME:
            reader.define_frame()
        elif event == _STRING:
            reader.define_string()
        elif event == _STACK:
            if sample:
                yield sample.closed()
            sample = reader.stack()
        elif sample is None or not reader.add(event, sample):
            raise ProfileError(f"expected an event of MOJO at byte {reader.at - 1}, found {event}: damaged?")
    if sample:
        yield sample.closed()


@dataclass(slots=True)
class _Open:
    """A sample to which events still add."""

    pid: str
    thread: str
    frames: list[Frame] = field(default_factory=list)
    time: int | None = None
    memory: int | None = None
    idle: bool = False

    def closed(self) -> Sample:
        return Sample(self.pid, self.thread, self.frames, self.time, self.idle, self.memory)


class _Reader:
    """A place in the data, and the frames and strings by their keys."""

    def __init__(self, data: bytes, version: int) -> None:
        self.data, self.version, self.at = data, version, len(MAGIC) + 1
        self.frames: dict[int, Frame] = {}
        self.strings: dict[int, str] = {0: _EMPTY, 1: _UNKNOWN}

    def stack(self) -> _Open:
        pid = str(self.number())
        interpreter = f"{self.number()}:" if self.version >= 3 else ""
        thread = self.text()
        # the text has the thread in decimal, MOJO in hexadecimal
        return _Open(pid, interpreter + (str(int(thread, 16)) if _is_hexadecimal(thread) else thread))

    def define_frame(self) -> None:
        key, file, name, line = (self.number() for _ in range(4))
        if self.version >= 2:
            for _ in range(3):
                self.number()
        self.frames[key] = Frame(self._string(name), self._string(file), line)

    def define_string(self) -> None:
        key = self.number()
        self.strings[key] = self.text()

    def add(self, event: int, sample: _Open) -> bool:
        """Read an event that adds to a sample; False for any other one."""
        if event == _REF:
            key = self.number()
            if key not in self.frames:
                raise ProfileError(f"expected a frame that was defined, found {key} at byte {self.at}: damaged?")
            sample.frames.append(self.frames[key])
        elif event == _INVALID:
            sample.frames.append(Frame(":INVALID:"))
        elif event == _KERNEL:
            sample.frames.append(Frame(self.text()))
        elif event == _GC:
            sample.frames.append(Frame(":GC:"))
        elif event == _IDLE:
            sample.idle = True
        elif event == _TIME:
            sample.time = self.number()
        elif event == _MEMORY:
            sample.memory = self.number()
        elif event == _STRING_REF:
            self.number()
        else:
            return False
        return True

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise ProfileError(f"expected more than {len(self.data)} bytes of MOJO: cut short?")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        byte = self.byte()
        negative, value, shift = byte & 0x40, byte & 0x3F, 6
        while byte & 0x80:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 70:
                raise ProfileError(f"expected a number of 64 bits before byte {self.at}, found a longer one: damaged?")
        return -value if negative else value

    def text(self) -> str:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise ProfileError(f"expected a text that ends with a zero byte at byte {self.at}, found none: cut short?")
        found = self.data[self.at : end]
        self.at = end + 1
        return found.decode("utf-8", "replace")

    def _string(self, key: int) -> str:
        return self.strings.get(key, _UNKNOWN)


def _is_hexadecimal(text: str) -> bool:
    return 0 < len(text) <= 16 and all(digit in "0123456789abcdefABCDEF" for digit in text)
