"""The values in a chunk: numbers, texts, and what a class says its fields are."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, TypeAlias

from resq_flame.fold.ledger import ProfileError

Value: TypeAlias = "Any"
"""An int, float, str, None, a dict of fields by name, or a list of values; a constant is its int."""

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    class_id: int
    constant: bool
    array: bool


@dataclass(frozen=True, slots=True)
class Class:
    """A class of events or values, by its fields; primitive ones and String have none."""

    name: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def has(self, name: str) -> bool:
        return self.field(name) is not None


class Reader:
    """A place in the data of a chunk. Past its end, all methods raise ProfileError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.classes: dict[int, Class] = {}

    def byte(self) -> int:
        if not 0 <= self.at < len(self.data):
            raise ProfileError(f"expected more than the {len(self.data)} bytes of the chunk: damaged?")
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        """Of 64 bits, signed."""
        at, data = self.at, self.data
        if at < len(data) and data[at] < 0x80:  # most of them
            self.at = at + 1
            return data[at]
        value = 0
        for shift in range(0, 56, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        value |= self.byte() << 56
        return value - (1 << 64) if value >> 63 else value

    def count(self) -> int:
        """The length of a list; what follows has at least a byte each."""
        count = self.varint()
        if not 0 <= count <= len(self.data) - self.at:
            raise ProfileError(f"expected at most {len(self.data) - self.at} values, found {count}: damaged?")
        return count

    def bytes(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        if len(found) < count:
            raise ProfileError(f"expected more than the {len(self.data)} bytes of the chunk: damaged?")
        self.at += count
        return found

    def text(self) -> str | int | None:
        """A text, or the number of one that is a constant."""
        match self.byte():
            case 0:
                return None
            case 1:
                return ""
            case 2:
                return self.varint()
            case 3:
                return self.bytes(self.count()).decode("utf-8", "replace")
            case 4:
                return "".join([chr(self.varint() & 0xFFFF) for _ in range(self.count())])
            case 5:
                return self.bytes(self.count()).decode("latin-1")
            case other:
                raise ProfileError(f"expected a text of encoding 0 to 5, found {other}: damaged?")

    def value(self, kind: Class, depth: int = 0) -> Value:
        """A value of a class."""
        read = _PRIMITIVES.get(kind.name)
        if read is not None:
            return read(self)
        if depth > DEPTH:
            raise ProfileError(f"expected {kind.name}, found it nested in itself: damaged?")
        fields: dict[str, Value] = {}
        for field in kind.fields:
            if field.array:
                fields[field.name] = [self._one(field, depth) for _ in range(self.count())]
            else:
                fields[field.name] = self._one(field, depth)
        return fields

    def _one(self, field: Field, depth: int) -> Value:
        if field.constant:
            return self.varint()
        kind = self.classes.get(field.class_id)
        if kind is None:
            raise ProfileError(f"expected the class of {field.name}, found none of number {field.class_id}: damaged?")
        return self.value(kind, depth + 1)


_PRIMITIVES = {
    **dict.fromkeys(("boolean", "byte"), Reader.byte),
    **dict.fromkeys(("char", "short", "int", "long"), Reader.varint),
    "float": lambda reader: struct.unpack(">f", reader.bytes(4))[0],
    "double": lambda reader: struct.unpack(">d", reader.bytes(8))[0],
    "java.lang.String": Reader.text,
}
