"""Message classes of the protobuf library, made at run time from a readable table: no generated code, no protoc.

    message Line
      1 uint64 function_id
      2 int64 line
    message Location
      4 Line* line

A ``*`` marks a repeated field. A text that need not be UTF-8 is best declared as ``bytes``, an enum as ``int32``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a scalar ``kind`` as in .proto files, or, with a capital, the name of a message."""

    number: int
    kind: str
    name: str
    repeated: bool

    @property
    def is_message(self) -> bool:
        return self.kind[0].isupper()


Schema: TypeAlias = "dict[str, dict[int, Field]]"
"""The fields of each message by their number."""


def schema(table: str) -> Schema:
    """The schema that a table shows."""
    messages: Schema = {}
    for line in table.strip().splitlines():
        words = line.split()
        if words[0] == "message":
            fields = messages.setdefault(words[1], {})
        else:
            number, kind, name = words
            fields[int(number)] = Field(int(number), kind.removesuffix("*"), name, kind.endswith("*"))
    return messages


def message_classes(package: str, messages: Schema) -> dict[str, type[Message]]:
    """The protobuf class of each message, by name."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field in fields.values():
            entry = message.field.add(name=field.name, number=field.number)
            entry.label = FieldDescriptorProto.Label.Value("LABEL_REPEATED" if field.repeated else "LABEL_OPTIONAL")
            if field.is_message:
                entry.type, entry.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{package}.{field.kind}"
            else:
                entry.type = FieldDescriptorProto.Type.Value(f"TYPE_{field.kind.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in messages}
