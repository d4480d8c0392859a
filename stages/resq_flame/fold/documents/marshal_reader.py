"""Reads Python's marshal format as far as plain data goes: numbers, texts, tuples, lists and dicts.

``marshal.loads`` may crash the interpreter on damaged data (docs.python.org, "marshal") and can make code objects, so
it has no business with files from elsewhere. By CPython 3.13, Python/marshal.c; also what 3.4 to 3.12 write:

    { ( z 7 work.py  i 5  z 9 hash_rows ) … 0
"""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

from resq_flame.fold.ledger import SECOND, ProfileError

Value: TypeAlias = "Any"
"""None, a bool, int, float, str or bytes, and tuples, lists and dicts of these."""

DEPTH = 20
"""How deep values may be nested; profiles of cProfile need four."""

_FLAG_REF = 0x80
_CONSTANTS: dict[int, Value] = {ord("N"): None, ord("T"): True, ord("F"): False}
_ENDS = ord("0")


def load(data: bytes) -> Value:
    """The value that these bytes are. Raises ProfileError where they are no plain data, end early, or go on."""
    try:
        reader = _Reader(data)
        value = reader.value()
    except (struct.error, IndexError):
        raise ProfileError(f"expected marshalled data, found its end after {len(data)} bytes: cut short?") from None
    except (TypeError, RecursionError):
        raise ProfileError("expected marshalled data, found a dict with a key that is none: damaged?") from None
    if reader.at < len(data):
        raise ProfileError(SECOND)
    return value


class _Reader:
    """A place in the data, and the values that later ones may refer to."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.references: list[Value] = []

    def value(self, depth: int = 0) -> Value:
        if depth > DEPTH:
            raise ProfileError(f"expected marshalled data, found it nested more than {DEPTH} deep at byte {self.at}")
        code = self._byte()
        kind, slot = code & ~_FLAG_REF, -1
        if code & _FLAG_REF:
            slot = len(self.references)
            self.references.append(None)
        value = self._of(kind, depth)
        if slot >= 0:
            self.references[slot] = value
        return value

    def _of(self, kind: int, depth: int) -> Value:
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        match chr(kind):
            case "i":
                return self._number("<i")
            case "I":
                return self._number("<q")
            case "g":
                return self._number("<d")
            case "l":
                return self._long()
            case "z" | "Z":
                return self._bytes(self._byte()).decode("latin-1")
            case "a" | "A":
                return self._bytes(self._number("<I")).decode("latin-1")
            case "u" | "t":
                return self._bytes(self._number("<I")).decode("utf-8", "replace")
            case "s":
                return self._bytes(self._number("<I"))
            case ")":
                return tuple(self._values(self._byte(), depth))
            case "(":
                return tuple(self._values(self._number("<I"), depth))
            case "[":
                return self._values(self._number("<I"), depth)
            case "{":
                return self._dict(depth)
            case "r":
                return self.references[self._number("<I")]
        raise ProfileError(f"expected marshalled plain data, found the type {chr(kind)!r} at byte {self.at - 1}")

    def _values(self, count: int, depth: int) -> list[Value]:
        if count > len(self.data) - self.at:  # each takes a byte at least
            raise IndexError
        return [self.value(depth + 1) for _ in range(count)]

    def _dict(self, depth: int) -> dict[Value, Value]:
        found: dict[Value, Value] = {}
        while self.data[self.at] != _ENDS:
            key = self.value(depth + 1)
            found[key] = self.value(depth + 1)
        self.at += 1
        return found

    def _long(self) -> int:
        """An int of so many digits of 15 bits, negative with a negative count."""
        count: int = self._number("<i")
        digits: tuple[int, ...] = struct.unpack(f"<{abs(count)}H", self._bytes(2 * abs(count)))
        value = sum([digit << 15 * at for at, digit in enumerate(digits[:64])])
        return -value if count < 0 else value

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _number(self, form: str) -> Value:
        (value,) = struct.unpack(form, self._bytes(struct.calcsize(form)))
        return value

    def _bytes(self, count: int) -> bytes:
        self.at += count
        if self.at > len(self.data):
            raise IndexError
        return self.data[self.at - count : self.at]
