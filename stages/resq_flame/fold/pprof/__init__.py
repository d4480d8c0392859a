"""pprof's profile.proto, gzipped or raw: Go's net/http/pprof, Rust's pprof crate, gperftools, Parca, Pyroscope.

By google/pprof's proto/profile.proto; its ``pprof -raw`` shows one as

    Samples:
    samples/count cpu/nanoseconds
             58  580000000: 1 2 3
    Locations
         1: 0x4d2a44 M=1 main.hashRows main.go:18:0 s=18

A sample's locations go from the leaf to the root, and the lines of one location from the innermost inlined
function to the one it was inlined into. Locations are told apart by their id: pprof-rs 0.15 gives all the address 0.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import protobuf_schema, protobuf_wire, whole_file
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names import frame_name
from resq_flame.fold.options import Options
from resq_flame.fold.pprof import pruning as pprof_pruning
from resq_flame.folded import Number

LIMIT = 2 << 30
"""Bytes of one message: the most that the protobuf library takes."""

SCHEMA = protobuf_schema.schema("""
message Profile
  1 ValueType* sample_type
  2 Sample* sample
  3 Mapping* mapping
  4 Location* location
  5 Function* function
  6 bytes* string_table
  7 int64 drop_frames
  8 int64 keep_frames
  9 int64 time_nanos
  10 int64 duration_nanos
  11 ValueType period_type
  12 int64 period
  13 int64* comment
  14 int64 default_sample_type
  15 int64 doc_url
message ValueType
  1 int64 type
  2 int64 unit
message Sample
  1 uint64* location_id
  2 int64* value
  3 Label* label
message Label
  1 int64 key
  2 int64 str
  3 int64 num
  4 int64 num_unit
message Mapping
  1 uint64 id
  2 uint64 memory_start
  3 uint64 memory_limit
  4 uint64 file_offset
  5 int64 filename
  6 int64 build_id
  7 bool has_functions
  8 bool has_filenames
  9 bool has_line_numbers
  10 bool has_inline_frames
message Location
  1 uint64 id
  2 uint64 mapping_id
  3 uint64 address
  4 Line* line
  5 bool is_folded
message Line
  1 uint64 function_id
  2 int64 line
  3 int64 column
message Function
  1 uint64 id
  2 int64 name
  3 int64 system_name
  4 int64 filename
  5 int64 start_line
""")

_SAMPLE_TYPE = 1

# What producers write for the units that have several names.
_UNITS = {
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), "nanoseconds"),
    **dict.fromkeys(("us", "µs", "microsecond", "microseconds"), "microseconds"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "milliseconds"),
    **dict.fromkeys(("s", "sec", "second", "seconds"), "seconds"),
    **dict.fromkeys(("b", "byte", "bytes"), "bytes"),
    **dict.fromkeys(("", "count", "counts"), "count"),
}


def sniff(head: bytes) -> bool:
    return _SAMPLE_TYPE in protobuf_wire.fields_seen(head, SCHEMA, "Profile")


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    profile = _read(stream)
    text = _texts(profile)
    chosen = _sample_type(profile, text, options, ledger)
    places = _places(profile, text, options, ledger)
    for number, sample in enumerate(profile.sample, 1):
        if chosen >= len(sample.value):
            raise ProfileError(f"expected {chosen + 1} values in sample {number}, found {len(sample.value)}: damaged?")
        weight = sample.value[chosen]
        if weight < 0:
            ledger.drop("samples of negative weight (a difference of two profiles)", weight)
        elif weight:
            try:
                frames = pprof_pruning.stack([places[key] for key in reversed(sample.location_id)])
            except KeyError as lost:
                raise ProfileError(f"expected the location {lost} of sample {number}, found none: damaged?") from None
            if frames:
                yield frames, weight
            else:
                ledger.drop("samples without a frame", weight)


@functools.cache
def messages() -> dict[str, type[Any]]:
    """The protobuf classes of SCHEMA; what they hold is known to it only, so they are Any to the type checker."""
    return dict(protobuf_schema.message_classes("perftools.profiles", SCHEMA))


def _read(stream: BinaryIO) -> Any:
    from google.protobuf.message import DecodeError

    content = whole_file.read(stream, LIMIT, "a profile.proto")
    try:
        return messages()["Profile"].FromString(content)
    except DecodeError:
        raise ProfileError(f"expected a profile.proto, found {len(content)} bytes that are none: cut short?") from None


def _texts(profile: Any) -> Callable[[int], str]:
    """A look-up in the string table. It raises ProfileError for an index that the table lacks."""
    table: list[str] = [entry.decode("utf-8", "replace") for entry in profile.string_table] or [""]

    def text(index: int) -> str:
        if not 0 <= index < len(table):
            raise ProfileError(f"expected an index into its {len(table)} strings, found {index}: cut short?")
        return table[index]

    return text


def _sample_type(profile: Any, text: Callable[[int], str], options: Options, ledger: Ledger) -> int:
    """Which of the values is the weight. The ledger learns its unit, and that there are others."""
    names = [text(entry.type) for entry in profile.sample_type]
    if not names:
        raise ProfileError("expected a profile.proto with a sample type, found none: cut short?")
    default = text(profile.default_sample_type)
    name = options.sample_type or (default if default in names else names[-1])
    if name not in names:
        raise OptionError(f"expected a sample type it has ({', '.join(names)}), found {name!r}")
    if len(names) > 1:
        ledger.note(f"has the sample types {', '.join(names)}: these are {name} (--sample-type takes another)")
    chosen = names.index(name)
    ledger.unit = unit(name, text(profile.sample_type[chosen].unit))
    return chosen


def unit(name: str, unit: str) -> str:
    plain = _UNITS.get(unit.lower(), unit)
    return name if (name, plain) == ("samples", "count") else plain


def _places(
    profile: Any, text: Callable[[int], str], options: Options, ledger: Ledger
) -> dict[int, pprof_pruning.Place]:
    """The frames of each location, by its id."""
    functions = {entry.id: entry for entry in profile.function}
    mappings = {entry.id: entry for entry in profile.mapping}
    uninteresting = pprof_pruning.uninteresting(text(profile.drop_frames), text(profile.keep_frames), ledger)
    places = {}
    for location in profile.location:
        names, frames = [], []
        for line in reversed(location.line):
            function = functions.get(line.function_id)
            name = text(function.name) or text(function.system_name) if function else ""
            shown = name or _address(location, mappings, text)
            if options.lines and function and name:
                shown = frame_name.located(name, text(function.filename), line.line)
            names.append(name)
            frames.append(shown)
        places[location.id] = pprof_pruning.place(names, frames or [_address(location, mappings, text)], uninteresting)
    return places


def _address(location: Any, mappings: dict[int, Any], text: Callable[[int], str]) -> str:
    """``libc.so.6+0x2a1f0``, the offset in the file: what stays the same from run to run."""
    mapping = mappings.get(location.mapping_id)
    address: int = location.address
    file = frame_name.base_name(text(mapping.filename)) if mapping is not None else ""
    if mapping is None or not file:
        return f"{address:#x}" if address else "(unknown)"
    if mapping.memory_start <= address < mapping.memory_limit:
        address += mapping.file_offset - mapping.memory_start
    return f"{file}+{address:#x}"
