"""OpenTelemetry's profiles (OTLP, protobuf or JSON): the eBPF profiler, collectors' file exporters, async-profiler.

By opentelemetry-proto, profiles/v1development/profiles.proto (``schema``); as JSON, cut:

    {"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1,"unitStrindex":2},
      "samples":[{"stackIndex":1,"values":["12"]}]}]}]}],
    "dictionary":{"stringTable":["","samples","count","main"],"stackTable":[{},{"locationIndices":[1]}]}}

All that samples point to is in the tables of the one dictionary. A stack's locations go from the leaf to the root, and
the lines of one location from the innermost inlined function outwards, as in pprof. A sample without values counts
its timestamps. A file exporter writes a document of JSON a line. Profiles of one type are folded together.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from resq_flame.fold import HEAD, pprof
from resq_flame.fold.documents import json_document, protobuf_wire, whole_file
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import base_name, located
from resq_flame.fold.options import Options
from resq_flame.fold.otlp import schema as otlp_schema
from resq_flame.folded import Number

LIMIT = 2 << 30

_RESOURCE_PROFILES, _DICTIONARY = 1, 2


class _Values(NamedTuple):
    """The samples of a profile under one of its sample types, which is their column."""

    type: str
    unit: str
    profile: Any
    column: int
    dictionary: Any


def sniff(head: bytes) -> bool:
    if head.lstrip()[:1] == b"{":
        paths = json_document.paths(head)
        tables = {"dictionary.stringTable", "dictionary.stackTable", "dictionary.locationTable"}
        return "resourceProfiles[].scopeProfiles" in paths or not tables.isdisjoint(paths)
    return _layout(head) is not None


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    values = [entry for data in _documents(stream) for entry in _values(data)]
    for entry in _chosen(values, options, ledger):
        stacks = _Stacks(entry, options)
        for sample in entry.profile.samples:
            weight = _weight(sample, entry.column)
            if weight < 0:
                ledger.drop("samples of negative weight", weight)
            elif weight:
                frames = stacks.frames(sample)
                if frames:
                    yield frames, weight
                else:
                    ledger.drop("samples without a frame", weight)


def _layout(head: bytes) -> str | None:
    """Which of the two layouts a possibly cut message has."""
    for layout, schema in (("later", otlp_schema.LATER), ("earlier", otlp_schema.EARLIER)):
        seen = protobuf_wire.fields_seen(head, schema, "ProfilesData")
        if _RESOURCE_PROFILES in seen or (_DICTIONARY in seen and len(head) >= HEAD):
            return layout
    return None


def _documents(stream: BinaryIO) -> Iterator[Any]:
    """The messages ProfilesData of a file."""
    from google.protobuf.message import DecodeError

    content = whole_file.read(stream, LIMIT, "OpenTelemetry profiles")
    if content.lstrip()[:1] == b"{":
        yield from map(_from_json, re.split(rb"(?<=})\r?\n(?={)", content))
        return
    try:
        yield otlp_schema.profiles_data(_layout(content[:HEAD]) or "later").FromString(content)
    except DecodeError:
        raise ProfileError(f"expected OTLP profiles, found {len(content)} bytes that are none: cut short?") from None


def _from_json(text: bytes) -> Any:
    from google.protobuf import json_format

    document = json_document.load(io.BytesIO(text))
    try:
        return json_format.ParseDict(document, otlp_schema.profiles_data("json")(), ignore_unknown_fields=True)
    except (json_format.ParseError, TypeError, AttributeError) as error:
        raise ProfileError(f"expected OTLP profiles, found JSON that is none: {str(error).splitlines()[0]}") from None


def _values(data: Any) -> Iterator[_Values]:
    """Each sample type of each profile of a message."""
    text = _texts(data.dictionary)
    for resource in data.resource_profiles:
        for scope in resource.scope_profiles:
            for profile in scope.profiles:
                types = profile.sample_type if hasattr(profile, "location_indices") else [profile.sample_type]
                for column, entry in enumerate(types):
                    kind, unit = _at(text, entry.type_strindex), _at(text, entry.unit_strindex)
                    yield _Values(kind or "samples", unit, profile, column, data.dictionary)


def _chosen(values: list[_Values], options: Options, ledger: Ledger) -> list[_Values]:
    """The values of the type that is asked for, else the last one of the first profile."""
    if not values:
        raise ProfileError("expected a profile with a sample type, found none: cut short?")
    kinds = {(entry.type, entry.unit): f"{entry.type}/{entry.unit}" for entry in values}
    first = [(entry.type, entry.unit) for entry in values if entry.profile is values[0].profile]
    wanted = [kind for kind, name in kinds.items() if options.sample_type in (name, kind[0])] or first[-1:]
    if options.sample_type and options.sample_type not in {*kinds.values(), *(kind for kind, _ in kinds)}:
        raise OptionError(f"expected a sample type it has ({', '.join(kinds.values())}), found {options.sample_type!r}")
    chosen = wanted[-1]
    if len(kinds) > 1:
        ledger.note(
            f"has the sample types {', '.join(kinds.values())}: these are {kinds[chosen]} (--sample-type takes another)"
        )
    ledger.unit = pprof.unit(*chosen)
    return [entry for entry in values if (entry.type, entry.unit) == chosen]


def _weight(sample: Any, column: int) -> int:
    """A later sample has any number of values of its one type, an earlier one a value for each type."""
    if not sample.values:
        return len(sample.timestamps_unix_nano)
    if hasattr(sample, "stack_index"):
        return sum(sample.values)
    if column >= len(sample.values):
        raise ProfileError(f"expected {column + 1} values in each sample, found {len(sample.values)}: damaged?")
    return int(sample.values[column])


class _Stacks:
    """The frames of samples, each location's looked up once."""

    def __init__(self, values: _Values, options: Options) -> None:
        self.profile, self.dictionary, self.options = values.profile, values.dictionary, options
        self.text = _texts(values.dictionary)
        self._frames: dict[int, list[str]] = {}

    def frames(self, sample: Any) -> list[str]:
        """Root first."""
        locations = self._locations(sample)
        frames = [frame for location in reversed(locations) for frame in self._at(location)]
        return [f"thread {self._thread(sample)}", *frames] if self.options.threads else frames

    def _locations(self, sample: Any) -> list[int]:
        if hasattr(sample, "stack_index"):
            return list(_at(self.dictionary.stack_table, sample.stack_index).location_indices)
        start, count, indices = sample.locations_start_index, sample.locations_length, self.profile.location_indices
        if not 0 <= start <= start + count <= len(indices):
            raise ProfileError(f"expected locations {start} to {start + count} of {len(indices)}: damaged?")
        return list(indices[start : start + count])

    def _at(self, index: int) -> list[str]:
        """The functions at a location, caller first."""
        found = self._frames.get(index)
        if found is None:
            location = _at(self.dictionary.location_table, index)
            found = self._frames[index] = [self._name(line, location) for line in reversed(location.lines)]
            found += [] if found else [self._address(location)]
        return found

    def _name(self, line: Any, location: Any) -> str:
        function = _at(self.dictionary.function_table, line.function_index)
        name = _at(self.text, function.name_strindex) or _at(self.text, function.system_name_strindex)
        if name and self.options.lines:
            return located(name, _at(self.text, function.filename_strindex), line.line)
        return name or self._address(location)

    def _address(self, location: Any) -> str:
        """``libc.so.6+0x2a1f0``: OTLP's addresses are those in the file already."""
        mappings = self.dictionary.mapping_table
        file = base_name(_at(self.text, _at(mappings, location.mapping_index).filename_strindex)) if mappings else ""
        return (
            f"{file}+{location.address:#x}" if file else f"{location.address:#x}" if location.address else "(unknown)"
        )

    def _thread(self, sample: Any) -> str:
        for index in sample.attribute_indices:
            attribute = _at(self.dictionary.attribute_table, index)
            key = (
                attribute.key.decode("utf-8", "replace")
                if hasattr(attribute, "key")
                else _at(self.text, attribute.key_strindex)
            )
            if key == "thread.name":
                value = attribute.value.string_value
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        return "(unknown)"


def _texts(dictionary: Any) -> list[str]:
    table = dictionary.string_table
    return [entry.decode("utf-8", "replace") if isinstance(entry, bytes) else entry for entry in table] or [""]


def _at(table: Any, index: int) -> Any:
    if not 0 <= index < len(table):
        raise ProfileError(f"expected an index into a table of {len(table)}, found {index}: cut short?")
    return table[index]
