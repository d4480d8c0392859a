"""A sample of perf.data: which fields it has depends on its event's sample_type (perf_event.h, PERF_RECORD_SAMPLE)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

# Bits of sample_type.
_IP, _TID, _TIME, _ADDRESS, _READ, _CALLCHAIN, _ID, _CPU, _PERIOD, _STREAM_ID = (1 << bit for bit in range(10))
_STACK_USER, _IDENTIFIER = 1 << 13, 1 << 16

# The fields that a sample starts with, each eight bytes, in their order.
_FIELDS = (_IDENTIFIER, _IP, _TID, _TIME, _ADDRESS, _ID, _STREAM_ID, _CPU, _PERIOD)
# Those that any other record ends with (sample_id_all).
_TRAILER = (_TID, _TIME, _ID, _STREAM_ID, _CPU, _IDENTIFIER)

# Bits of read_format.
_ENABLED, _RUNNING, _READ_ID, _GROUP, _LOST = 1, 2, 4, 8, 16

_FREQUENCY, _SAMPLE_ID_ALL = 1 << 10, 1 << 18

_CPU_MODE, _KERNEL_MODES = 7, (1, 4)  # the host's kernel, and a guest's
_CONTEXTS = (1 << 64) - 4095
_KERNEL_CONTEXTS = ((1 << 64) - 128, (1 << 64) - 2176)
_USER_CONTEXTS = ((1 << 64) - 512, (1 << 64) - 2560)

_TRACEPOINT = 2

_ATTRIBUTES = struct.Struct("<IIQQQQQ")

# perf-list's names of what the kernel counts itself, for files that do not tell their events' names.
_NAMES = {
    0: ("cycles", "instructions", "cache-references", "cache-misses", "branches", "branch-misses", "bus-cycles"),
    1: ("cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "minor-faults", "major-faults"),
}


@dataclass(slots=True)
class Attributes:
    """Of an event: its name, what its samples hold, and its period where that is fixed."""

    name: str
    sample_type: int
    read_format: int
    period: int
    sample_id_all: bool
    needs_perf: bool
    """Whether samples hold a copy of the stack, or what a tracepoint recorded."""


class Sample(NamedTuple):
    """``frames`` are addresses, leaf first, and whether they are the kernel's. ``event`` is its place in the file."""

    event: int
    pid: int
    tid: int
    time: int
    period: int
    frames: list[tuple[int, bool]]


def attributes(data: bytes) -> Attributes:
    """By ``struct perf_event_attr``."""
    kind, _, config, period, sample_type, read_format, flags = _ATTRIBUTES.unpack(data[:48].ljust(48, b"\0"))
    names = _NAMES.get(kind, ())
    name = names[config] if config < len(names) else f"event-{kind}-{config:#x}"
    return Attributes(
        name,
        sample_type,
        read_format,
        period=1 if flags & _FREQUENCY else period,
        sample_id_all=bool(flags & _SAMPLE_ID_ALL),
        needs_perf=bool(sample_type & _STACK_USER) or kind == _TRACEPOINT,
    )


def event_id(body: bytes, first: Attributes) -> int:
    """The id of a sample's event, which stands at the same place for all events of a file."""
    return _field(body, first, _IDENTIFIER if first.sample_type & _IDENTIFIER else _ID)


def time(body: bytes, first: Attributes) -> int:
    return _field(body, first, _TIME)


def trailing_time(body: bytes, first: Attributes) -> int:
    """When a record that is no sample was made."""
    fields = [field for field in _TRAILER if first.sample_type & field]
    if not first.sample_id_all or _TIME not in fields:
        return 0
    at = len(body) - 8 * (len(fields) - fields.index(_TIME))
    return _word(body, at) if at >= 0 else 0


def read(body: bytes, misc: int, event: int, of: Attributes) -> Sample:
    """A sample of an event; what is missing of a damaged one is 0."""
    task = _field(body, of, _TID)
    period = _field(body, of, _PERIOD) if of.sample_type & _PERIOD else of.period
    address = _field(body, of, _IP)
    kernel = misc & _CPU_MODE in _KERNEL_MODES
    at = 8 * sum(1 for field in _FIELDS if of.sample_type & field)
    if of.sample_type & _READ:
        at += _read_size(body, at, of.read_format)
    frames = _callchain(body, at, kernel) if of.sample_type & _CALLCHAIN else []
    if not frames and of.sample_type & _IP:
        frames = [(address, kernel)]
    pid, tid = (half - (half >> 31 << 32) for half in (task & 0xFFFFFFFF, task >> 32))
    return Sample(event, pid, tid, _field(body, of, _TIME), period, frames)


def _callchain(body: bytes, at: int, kernel: bool) -> list[tuple[int, bool]]:
    """The addresses of a callchain, and by the marks in it whose they are."""
    count = min(_word(body, at), (len(body) - at - 8) // 8)
    frames = []
    for address in struct.unpack_from(f"<{max(count, 0)}Q", body, at + 8) if count > 0 else ():
        if address < _CONTEXTS:
            frames.append((address, kernel))
        elif address in _KERNEL_CONTEXTS:
            kernel = True
        elif address in _USER_CONTEXTS:
            kernel = False
    return frames


def _read_size(body: bytes, at: int, form: int) -> int:
    """How many bytes the counters take that were read with the sample."""
    times = bool(form & _ENABLED) + bool(form & _RUNNING)
    each = 1 + bool(form & _READ_ID) + bool(form & _LOST)
    return 8 * (1 + times + _word(body, at) * each) if form & _GROUP else 8 * (times + each)


def _field(body: bytes, of: Attributes, wanted: int) -> int:
    if not of.sample_type & wanted:
        return 0
    before = sum(1 for field in _FIELDS[: _FIELDS.index(wanted)] if of.sample_type & field)
    return _word(body, 8 * before)


def _word(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 8], "little")
