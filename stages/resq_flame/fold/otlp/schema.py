"""The messages of OpenTelemetry's profiles, of the two layouts that producers write.

By opentelemetry-proto, opentelemetry/proto/profiles/v1development/profiles.proto: LATER is that of 1.8 and newer (a
table of stacks), EARLIER that of 1.5 to 1.7 (a list of locations for each profile), which async-profiler 4.1 writes.
What is of no use to a flame graph is ``bytes``, so that it is read as nothing in particular.
"""

from __future__ import annotations

import functools
from typing import Any

from resq_flame.fold.documents import protobuf_schema
from resq_flame.fold.documents.protobuf_schema import Schema

_SHARED = """
message ProfilesData
  1 ResourceProfiles* resource_profiles
  2 ProfilesDictionary dictionary
message ResourceProfiles
  1 bytes resource
  2 ScopeProfiles* scope_profiles
  3 bytes schema_url
message ScopeProfiles
  1 bytes scope
  2 Profile* profiles
  3 bytes schema_url
message ValueType
  1 int32 type_strindex
  2 int32 unit_strindex
  3 int32 aggregation_temporality
message Mapping
  1 uint64 memory_start
  2 uint64 memory_limit
  3 uint64 file_offset
  4 int32 filename_strindex
  5 int32* attribute_indices
  6 bool has_functions
  7 bool has_filenames
  8 bool has_line_numbers
  9 bool has_inline_frames
message Line
  1 int32 function_index
  2 int64 line
  3 int64 column
message Function
  1 int32 name_strindex
  2 int32 system_name_strindex
  3 int32 filename_strindex
  4 int64 start_line
message AnyValue
  1 bytes string_value
  2 bool bool_value
  3 int64 int_value
  4 double double_value
  5 bytes array_value
  6 bytes kvlist_value
  7 bytes bytes_value
message ProfilesDictionary
  1 Mapping* mapping_table
  2 Location* location_table
  3 Function* function_table
  4 bytes* link_table
  5 bytes* string_table
  6 Attribute* attribute_table
  7 Stack* stack_table
message Stack
  1 int32* location_indices
"""

LATER = protobuf_schema.schema(
    _SHARED
    + """\
message Profile
  1 ValueType sample_type
  2 Sample* samples
  3 fixed64 time_unix_nano
  4 uint64 duration_nano
  5 ValueType period_type
  6 int64 period
  7 bytes profile_id
  8 uint32 dropped_attributes_count
  9 bytes original_payload_format
  10 bytes original_payload
  11 int32* attribute_indices
message Sample
  1 int32 stack_index
  2 int32* attribute_indices
  3 int32 link_index
  4 int64* values
  5 fixed64* timestamps_unix_nano
message Location
  1 int32 mapping_index
  2 uint64 address
  3 Line* lines
  4 int32* attribute_indices
message Attribute
  1 int32 key_strindex
  2 AnyValue value
  3 int32 unit_strindex
"""
)

EARLIER = protobuf_schema.schema(
    _SHARED
    + """\
message Profile
  1 ValueType* sample_type
  2 Sample* samples
  3 int32* location_indices
  4 int64 time_nanos
  5 int64 duration_nanos
  6 ValueType period_type
  7 int64 period
  8 int32* comment_strindices
  9 int32 default_sample_type_index
  10 bytes profile_id
  11 uint32 dropped_attributes_count
  12 bytes original_payload_format
  13 bytes original_payload
  14 int32* attribute_indices
message Sample
  1 int32 locations_start_index
  2 int32 locations_length
  3 int64* values
  4 int32* attribute_indices
  5 int32 link_index
  6 uint64* timestamps_unix_nano
message Location
  1 int32 mapping_index
  2 uint64 address
  3 Line* lines
  4 bool is_folded
  5 int32* attribute_indices
message Attribute
  1 bytes key
  2 AnyValue value
"""
)


@functools.cache
def profiles_data(layout: str) -> type[Any]:
    """The protobuf class ProfilesData of "earlier", "later" or "json"."""
    schemas = {"earlier": EARLIER, "later": LATER, "json": _for_json(LATER)}
    return protobuf_schema.message_classes(f"otlp.{layout}", schemas[layout])["ProfilesData"]


def _for_json(messages: Schema) -> Schema:
    """The same without its opaque fields, which JSON does not show as bytes, and with texts where they are ones."""
    texts = {"string_table", "string_value"}
    return {
        name: {
            number: protobuf_schema.Field(
                number, "string" if field.name in texts else field.kind, field.name, field.repeated
            )
            for number, field in fields.items()
            if field.kind != "bytes" or field.name in texts
        }
        for name, fields in messages.items()
    }
