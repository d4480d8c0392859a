"""Protobuf's wire format, as far as telling one kind of message from another takes (protobuf.dev, "Encoding").

A message is a row of fields, each a key (``number << 3 | wire type``) and a value: a varint, eight or four bytes, or
a length and so many bytes. Nothing in it says what it is; but few byte strings fit a schema field by field.
"""

from __future__ import annotations

from collections.abc import Iterator

from resq_flame.fold.documents.protobuf_schema import Field, Schema

VARINT, EIGHT, LENGTH, FOUR = 0, 1, 2, 5

ENOUGH = 200
"""Fields of the outermost message that are looked at."""

_WIRE_TYPES = {"double": EIGHT, "fixed64": EIGHT, "sfixed64": EIGHT, "float": FOUR, "fixed32": FOUR, "sfixed32": FOUR}
_WIRE_TYPES |= {"string": LENGTH, "bytes": LENGTH}


class _MisfitError(ValueError):
    """These bytes are no such message."""


class _CutError(ValueError):
    """The bytes end within a field."""


def fields_seen(head: bytes, messages: Schema, name: str) -> set[int]:
    """The numbers of the filled fields that a possibly cut message of this name shows; none if it is another one."""
    seen: set[int] = set()
    try:
        for count, (number, size) in enumerate(_fields(head, messages, name)):
            if size:
                seen.add(number)
            if count == ENOUGH:
                break
    except _MisfitError:
        return set()
    except _CutError:
        pass
    return seen


def _fields(data: bytes, messages: Schema, name: str) -> Iterator[tuple[int, int]]:
    """The number and size of each field. _MisfitError and _CutError end the row."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field = messages[name].get(key >> 3)
        if field is None:
            raise _MisfitError
        size, at = _size(data, at, key & 7, field)
        value = data[at : at + size]
        if key & 7 == LENGTH and field.is_message:
            _check(value, messages, field.kind, cut=len(value) < size)
        if len(value) < size:
            raise _CutError
        at += size
        yield field.number, size


def _check(value: bytes, messages: Schema, name: str, *, cut: bool) -> None:
    try:
        for _ in _fields(value, messages, name):
            pass
    except _CutError:
        if not cut:
            raise _MisfitError from None


def _size(data: bytes, at: int, wire_type: int, field: Field) -> tuple[int, int]:
    """The size of a field's value in bytes, and where it starts."""
    expected = LENGTH if field.is_message else _WIRE_TYPES.get(field.kind, VARINT)
    packed = wire_type == LENGTH and field.repeated
    if wire_type != expected and not packed:
        raise _MisfitError
    if wire_type == LENGTH:
        return _varint(data, at)
    if wire_type == VARINT:
        return _varint(data, at)[1] - at, at
    return (8 if wire_type == EIGHT else 4), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts at a place, and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise _CutError
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _MisfitError
