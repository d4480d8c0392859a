"""Whether bytes are a pprof profile: https://github.com/google/pprof/blob/main/proto/profile.proto, gzipped or not.

0a 04 08 01 10 02        field 1, sample_type: its type and unit as indexes of string_table
12 08 0a 02 01 02 12 …   field 2, sample: locations, values
32 05 "nanos"            field 6, string_table
"""

from __future__ import annotations

import re
from collections import Counter

from resq_flame import folded

_SAMPLE_TYPE, _SAMPLE, _STRING_TABLE, _LAST = 1, 2, 6, 15
_HEAD = 256
_TEXT = re.compile(rb"[\t\r\n -~]*")
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class NotPprofError(ValueError):
    """The bytes are something else; the message says what."""


def samples(profile: bytes) -> int:
    """How many samples a profile (not gzipped) has. Raises NotPprofError unless it is a whole profile."""
    try:
        fields = _fields(profile)
    except (ValueError, IndexError):
        raise NotPprofError(f"found {_described(profile)}") from None
    if not fields[_SAMPLE_TYPE] or not fields[_STRING_TABLE]:
        raise NotPprofError(f"found {_described(profile)}")
    return fields[_SAMPLE]


def _described(found: bytes) -> str:
    start = found.lstrip()[:1]
    if not start:
        return "nothing"
    if start == b"<":
        return "a web page: does --url point at the service itself?"
    if not _TEXT.fullmatch(found[:_HEAD]):
        return f"{len(found)} bytes that are cut short or something else"
    return f"{'JSON' if start in b'{[' else 'text'}: {folded.quoted(found, 120)}"


def _fields(message: bytes) -> Counter[int]:
    """How often each field of the message stands in it. Raises ValueError or IndexError where it is none."""
    found: Counter[int] = Counter()
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if not 1 <= number <= _LAST:
            raise ValueError(number)
        at = _behind(message, at, wire_type)
        found[number] += 1
    if at != end:
        raise ValueError(at)
    return found


def _behind(message: bytes, at: int, wire_type: int) -> int:
    """Where the value that starts at ``at`` ends."""
    if wire_type == _VARINT:
        return _varint(message, at)[1]
    if wire_type == _BYTES:
        length, at = _varint(message, at)
        return at + length
    return at + {_FIXED64: 8, _FIXED32: 4}.get(wire_type, len(message))


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError(shift)
