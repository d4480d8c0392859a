"""Takes any text between two blank lines apart: the way for everything that is not one header over plain frame lines.

Seen there: records of one line each; headers with no frames at all (perf 6.1 prints them for samples without a
callchain); the comment block of ``--header``, with no blank line behind it; ``-F +srcline``; the ``PERF_RECORD_…``
lines of ``--show-task-events``; lines of other programs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from resq_flame.fold.perf import text as perf_text
from resq_flame.fold.perf.frames import Frame
from resq_flame.fold.perf.layout import BARE, HEADER

_OTHER_RECORD = re.compile(rb":\s+PERF_RECORD_(?P<kind>[A-Z0-9_]+)(?P<rest>.*)")
_LOST = re.compile(rb"lost (\d+)")


@dataclass(slots=True)
class Record:
    """One sample: what its header says (None where ``-F`` left it out), and its frames, leaf first."""

    comm: bytes = b""
    pid: bytes | None = None
    tid: bytes | None = None
    time: bytes | None = None
    period: bytes | None = None
    event: bytes = b""
    rest: bytes = b""
    frames: list[Frame] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Reads records, and counts the lines that are no part of any."""

    layout: re.Pattern[bytes] = HEADER
    unread: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def records(self, block: bytes) -> Iterator[Record]:
        """The samples of a text that ends where a record ends."""
        record: Record | None = None
        lines = [line.rstrip() for line in block.split(b"\n")]
        for at, line in enumerate(lines):
            if not line:
                yield from _present(record)
                record = None
            elif begun := self._begin(line, lines[at + 1 : at + 2], record):
                yield from _present(record)
                record = begun
            elif not self._is_aside(line) and not (record and _add(record, line)):
                self.unread["lines that are no part of a sample"] += 1
        yield from _present(record)

    def _begin(self, line: bytes, below: list[bytes], record: Record | None) -> Record | None:
        """The record that this line is the header of, if it is one."""
        if (line.startswith(b"\t") and record) or _OTHER_RECORD.search(line):
            return None
        if header := self.layout.match(line):
            return _record(header)
        if self.layout is BARE and not record and (found := perf_text.FRAME.fullmatch(line)):
            return Record(frames=[Frame(found[1], found[2] or b"")])
        if record or line.startswith(b"#") or perf_text.FRAME.fullmatch(line):
            return None
        return self._begin_partly(line, bool(below and perf_text.FRAME.fullmatch(below[0])))

    def _begin_partly(self, line: bytes, has_frames: bool) -> Record | None:
        """A header of which ``-F`` left less; without frames below, it must at least name its event and its task."""
        for pattern in perf_text.PARTIAL_HEADERS:
            if header := pattern.fullmatch(line):
                record = _record(header)
                return record if has_frames or (record.event and record.pid) else None
        return None

    def _is_aside(self, line: bytes) -> bool:
        """Whether the line is a comment, or a record that is no sample."""
        if other := _OTHER_RECORD.search(line):
            lost = _LOST.search(other["rest"]) if other["kind"].startswith(b"LOST") else None
            self.lost += int(lost[1]) if lost else 0
            return True
        return line.startswith(b"#")


def _record(header: re.Match[bytes]) -> Record:
    record = Record()
    for name, value in header.groupdict().items():
        if value is not None:
            setattr(record, name, value)
    if single := perf_text.single_frame(record.rest):
        _add(record, b"\t" + single)
    return record


def _add(record: Record, line: bytes) -> bool:
    """Add a frame line to a record, or a source line to its last frame."""
    if found := perf_text.FRAME.fullmatch(line):
        record.frames.append(Frame(found[1], found[2] or b""))
        return True
    if line.startswith(b"  ") and record.frames and not record.frames[-1].source:
        source = line.strip().removesuffix(b" (inlined)")
        record.frames[-1] = record.frames[-1]._replace(source=source)
        return True
    return False


def _present(record: Record | None) -> Iterable[Record]:
    return (record,) if record else ()
