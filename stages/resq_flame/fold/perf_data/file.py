"""The container that perf.data is: a header with sections, or (``perf record -o -``) records from the start on.

Either way it becomes one list of records in the order of their times; what was compressed (``perf record -z``, zstd) is
taken apart. The events' attributes and names are in sections of their own, or in records.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias, cast

from resq_flame.fold.documents import whole_file
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.perf_data import sample as perf_data_sample
from resq_flame.fold.perf_data.sample import Attributes, Sample

MAGIC, MAGIC_SWAPPED = b"PERFILE2", b"2ELIFREP"

LIMIT = 8 << 30

Record: TypeAlias = "tuple[int, int, int, bytes]"
"""Time, type, the bits of misc, and what follows the header."""

_SECTION = struct.Struct("<QQ")
_HEADER = struct.Struct("<8sQQQQQQQQ32s")
_PIPE_HEADER_SIZE = 16
_RECORD = struct.Struct("<IHH")

_SAMPLE = 9
_ATTRIBUTES, _TRACING_DATA, _AUX_TRACE, _FEATURE, _COMPRESSED, _COMPRESSED_2 = 64, 66, 71, 80, 81, 83
_USER_RECORDS = 64
_EVENT_DESCRIPTIONS = 12  # the feature that has the events' names

_INFLATED_TIMES, _INFLATED_LEAST = 200, 1 << 26


@dataclass(slots=True)
class Recording:
    """The events by their place in the file, which of them an id belongs to, and all records."""

    events: list[Attributes] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def sample(self, body: bytes, misc: int) -> Sample | None:
        """A sample; None where it is of no event that is known."""
        event = 0
        if len(self.events) > 1:
            found = self.ids.get(perf_data_sample.event_id(body, self.events[0]))
            if found is None:
                return None
            event = found
        return perf_data_sample.read(body, misc, event, self.events[event])

    def add_event(self, attributes: bytes, ids: bytes) -> None:
        event = len(self.events)
        self.events.append(perf_data_sample.attributes(attributes))
        self.ids |= dict.fromkeys(_words(ids), event)


def read(content: bytes, ledger: Ledger) -> Recording:
    """Raises ProfileError where the header is damaged, or of a machine of the other byte order."""
    if content.startswith(MAGIC_SWAPPED):
        raise ProfileError("expected little-endian perf.data, found it big-endian: perf script makes a text of it")
    size = int.from_bytes(content[8:16], "little")
    recording = Recording()
    if size == _PIPE_HEADER_SIZE:
        data = content[_PIPE_HEADER_SIZE:]
    elif len(content) >= _HEADER.size == size:
        data = _read_sections(content, recording, ledger)
    else:
        raise ProfileError(f"expected the header of perf.data, found one of {size} bytes: cut short?")
    raw = list(_records(data, recording, ledger))
    if not recording.events:
        raise ProfileError("expected perf.data with events, found none: cut short?")
    recording.records = sorted(
        ((_time(kind, body, recording), kind, misc, body) for kind, misc, body in raw), key=lambda record: record[0]
    )
    return recording


def _read_sections(content: bytes, recording: Recording, ledger: Ledger) -> bytes:
    """Take in the attributes and names of the events; what is left is the data."""
    _, _, size, attributes_at, attributes_size, data_at, data_size, _, _, features = _HEADER.unpack_from(content)
    if not _SECTION.size < size <= 1 << 12:
        raise ProfileError(f"expected attributes of at most 4096 bytes, found {size}: damaged?")
    for at in range(attributes_at, min(attributes_at + attributes_size, len(content)) - size + 1, size):
        entry = content[at : at + size]
        ids_at, ids_size = _SECTION.unpack_from(entry, size - _SECTION.size)
        recording.add_event(entry[: -_SECTION.size], content[ids_at : ids_at + ids_size])
    end = data_at + data_size
    if not data_size:  # perf record writes the size when it ends
        ledger.note("was still being recorded, or perf record was killed: some of the last samples are missing")
        return content[data_at:]
    if end > len(content):
        ledger.note(f"is cut short: {end - len(content)} bytes of its data are missing")
    section = end
    for feature in range(256):
        if features[feature // 8] >> feature % 8 & 1:
            if feature == _EVENT_DESCRIPTIONS and section + _SECTION.size <= len(content):
                at, length = _SECTION.unpack_from(content, section)
                _read_names(content[at : at + length], recording)
            section += _SECTION.size
    return content[data_at:end]


def _read_names(description: bytes, recording: Recording) -> None:
    """The names of the events, in the order of their attributes. perf itself goes by ids, which agree."""
    if len(description) < 8:
        return
    count, size = struct.unpack_from("<II", description)
    at = 8
    for event in range(min(count, len(recording.events))):
        at += size
        if at + 8 > len(description):
            return
        ids, length = struct.unpack_from("<II", description, at)
        name = description[at + 8 : at + 8 + length].split(b"\0")[0].decode("utf-8", "replace")
        if name.isprintable() and name:
            recording.events[event].name = name
        at += 8 + length + 8 * ids


def _records(data: bytes, recording: Recording, ledger: Ledger) -> Iterator[tuple[int, int, bytes]]:
    """Type, misc and body of each record of the kernel's; perf's own are taken in."""
    packed: list[bytes] = []
    for kind, misc, body in _walk(data, ledger):
        if kind < _USER_RECORDS:
            yield kind, misc, body
        elif kind == _ATTRIBUTES and len(body) >= 8:
            size = int.from_bytes(body[4:8], "little")
            recording.add_event(body[:size], body[size:])
        elif kind == _FEATURE and body[:8] == _EVENT_DESCRIPTIONS.to_bytes(8, "little"):
            _read_names(body[8:], recording)
        elif kind == _COMPRESSED:
            packed.append(body)
        elif kind == _COMPRESSED_2 and len(body) >= 8:
            packed.append(body[8 : 8 + int.from_bytes(body[:8], "little")])
    if packed:
        for kind, misc, body in _walk(_inflated(b"".join(packed)), ledger):
            if kind < _USER_RECORDS:
                yield kind, misc, body


def _walk(data: bytes, ledger: Ledger) -> Iterator[tuple[int, int, bytes]]:
    at, end = 0, len(data)
    while at + _RECORD.size <= end:
        kind, misc, size = _RECORD.unpack_from(data, at)
        if size < _RECORD.size or at + size > end:
            ledger.note(f"{end - at} bytes at its end are no whole record: cut short or damaged")
            return
        body = data[at + _RECORD.size : at + size]
        yield kind, misc, body
        at += size
        if kind == _TRACING_DATA:  # more data stand behind these two
            at += (int.from_bytes(body[:4], "little") + 7) & ~7
        elif kind == _AUX_TRACE:
            at += int.from_bytes(body[:8], "little")


def _inflated(packed: bytes) -> bytes:
    """What was compressed. perf never ends its frame, which the compression of whole files has to take for damage."""
    import zstandard

    limit = max(_INFLATED_TIMES * len(packed), _INFLATED_LEAST)
    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed), read_across_frames=True) as reader:
            found = whole_file.up_to(cast(BinaryIO, reader), limit + 1)
    except zstandard.ZstdError as error:
        raise ProfileError(f"expected records compressed with zstd, found damaged ones: {error}") from None
    if len(found) > limit:
        raise ProfileError("expected records compressed with zstd, found them to grow too large")
    return found


def _time(kind: int, body: bytes, recording: Recording) -> int:
    """When a record was made; perf's own accounts of what was there before have 0, as has what keeps no time."""
    first = recording.events[0]
    if kind == _SAMPLE:
        return perf_data_sample.time(body, first)
    return perf_data_sample.trailing_time(body, first)


def _words(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 8}Q", data[: len(data) // 8 * 8])
