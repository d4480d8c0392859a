"""heaptrack's data (``heaptrack PROGRAM``, a .zst file): what was allocated, by stack.

By heaptrack 1.4, src/analyze/accumulatedtracedata.cpp; all numbers are hexadecimal, the tables count from 1:

    v 10400 3                        heaptrack's version, the file's
    s 4 main                         a string, from version 3 on with its length
    i 55ee26d0f252 1 14 15 c         an instruction: address, module, function, file, line (and those it is inlined in)
    t 9 8                            a trace: instruction, and the trace that called it (0 is none)
    a 186a0 9                        a kind of allocation, counted from 0: size, trace
    + 1                              one such allocation; - 1 is its release

The weight is the bytes in use when the whole heap was at its largest; --sample-type takes all that was allocated, or
what was never released. The text that ``heaptrack_print`` makes of the data is ``heaptrack-print``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from resq_flame.fold.ledger import SECOND, Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import base_name, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_VERSION = re.compile(rb"v ([0-9a-f]{1,8}) ([0-9a-f]{1,8})")
_TYPES = {"peak": "bytes", "allocated": "bytes", "allocations": "allocations", "leaked": "bytes"}

_OLDEST, _NEWEST, _SIZED_STRINGS = 1, 3, 3


def sniff(head: bytes) -> bool:
    return _VERSION.match(head) is not None and re.search(rb"\n[XIs] ", head) is not None


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    name = options.sample_type or "peak"
    if name not in _TYPES:
        raise OptionError(f"expected a sample type it has ({', '.join(_TYPES)}), found {name!r}")
    reader = _read(stream)
    ledger.unit = _TYPES[name]
    ledger.note(f"has the sample types {', '.join(_TYPES)}: these are {name} (--sample-type takes another)")
    counts = {"peak": reader.peaks, "leaked": reader.live}.get(name, reader.made)
    for kind, count in sorted(counts.items()):
        size, trace = reader.kinds[kind]
        if count > 0:
            yield reader.stack(trace, lines=options.lines), count * (1 if name == "allocations" else size)


def _read(stream: BinaryIO) -> _Reader:
    version = _VERSION.match(stream.readline())
    if not version or not _OLDEST <= int(version[2], 16) <= _NEWEST:
        found = quoted(version[0] if version else b"")
        raise ProfileError(f"expected heaptrack data of version {_OLDEST} to {_NEWEST}, found {found}")
    reader = _Reader(sized=int(version[2], 16) >= _SIZED_STRINGS)
    for number, line in enumerate(stream, 2):
        try:
            reader.take(line.rstrip(b"\r\n"))
        except ProfileError:
            raise
        except (ValueError, IndexError, KeyError):
            raise ProfileError(f"{number}: expected heaptrack data, found {quoted(line)}: cut short?") from None
    return reader


@dataclass(slots=True)
class _Reader:
    """The tables so far, and how often each kind of allocation was made, is live, and was live at the peak."""

    sized: bool
    strings: list[str] = field(default_factory=lambda: [""])
    instructions: list[list[int]] = field(default_factory=lambda: [[]])
    traces: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])
    kinds: list[tuple[int, int]] = field(default_factory=list)
    made: dict[int, int] = field(default_factory=dict)
    live: dict[int, int] = field(default_factory=dict)
    size: int = 0
    peak: int = 0
    peaks: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def take(self, line: bytes) -> None:
        key, rest = line[:1], line[2:]
        if key == b"+":
            self._allocate(int(rest, 16))
        elif key == b"-":
            self._change(int(rest, 16), -1)
        elif key == b"s":
            text = rest.partition(b" ")[2] if self.sized else rest
            self.strings.append(text.decode("utf-8", "replace"))
        elif key == b"i":
            self.instructions.append([int(word, 16) for word in rest.split()])
        elif key == b"t":
            instruction, parent = (int(word, 16) for word in rest.split())
            if parent >= len(self.traces):  # it was written before, so that no trace is below itself
                raise IndexError
            self.traces.append((instruction, parent))
        elif key == b"a":
            size, trace = (int(word, 16) for word in rest.split())
            self.kinds.append((size, trace))
        elif key == b"v":
            raise ProfileError(SECOND)
        elif key == b"m":
            raise ProfileError("expected interpreted heaptrack data, found raw one: heaptrack_interpret reads it")

    def _allocate(self, kind: int) -> None:
        self.made[kind] = self.made.get(kind, 0) + 1
        self._change(kind, 1)
        if self.size > self.peak:
            self.peak = self.size
            for entry in self.changed:
                self.peaks[entry] = self.live[entry]
            self.changed.clear()

    def _change(self, kind: int, count: int) -> None:
        """Peaks mostly follow each other: of each, only what changed since the last one has to be noted."""
        self.size += count * self.kinds[kind][0]
        self.live[kind] = self.live.get(kind, 0) + count
        self.changed.add(kind)

    def stack(self, trace: int, *, lines: bool | None) -> list[str]:
        """Root first."""
        frames: list[str] = []
        while trace:
            if trace >= len(self.traces):
                raise ProfileError(f"expected a trace up to {len(self.traces) - 1}, found {trace}: cut short?")
            instruction, trace = self.traces[trace]
            frames += self._frames(instruction, lines)
        return frames[::-1]

    def _frames(self, instruction: int, lines: bool | None) -> list[str]:
        """The innermost function at an instruction, and those it is inlined in."""
        found = self.instructions[instruction] if instruction < len(self.instructions) else []
        address, module, *places = [*found, 0, 0][: max(len(found), 2)]
        frames: list[str] = []
        for at in range(0, len(places), 3):
            function, file, line = [*places[at : at + 3], 0, 0][:3]
            if name := self._string(function):
                frames.append(located(name, self._string(file), line) if lines else name)
        library = base_name(self._string(module))
        return frames or [f"[{library}]" if library else f"{address:#x}"]

    def _string(self, index: int) -> str:
        return self.strings[index] if 0 <= index < len(self.strings) else ""
