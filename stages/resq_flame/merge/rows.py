"""The rows of one input, a block at a time, so that many inputs can be read side by side.

A row is a key and a weight. The key is the stack in UTF-8 with NUL for each ``;``: the order of keys as bytes is then
``folded.order``. Keys come as they are in the input; what needs cleaning is cleaned once they are summed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Protocol, TypeAlias

from resq_flame import folded
from resq_flame.folded import Differential, FoldedError, Meta, Number, Stack
from resq_flame.stage import StageError

Key: TypeAlias = bytes
Block: TypeAlias = tuple[list[Key], Sequence[Number]]

# Whole weights behind one blank, which ``sre`` finds fast as it begins with plain text. Others take the long way, and
# so does a line that is nothing but a weight.
_WEIGHT = re.compile(rb" (?<!\n )([0-9]{1,30})\n")


class Rows(Protocol):
    """What can be merged."""

    def block(self) -> Block:
        """The next keys, at least one, and their weights; none at the end."""
        ...


class Held:
    """The rows of stacks that are in memory already."""

    def __init__(self, stacks: Mapping[Key, Number]) -> None:
        self._rows = sorted(stacks.items())

    def block(self) -> Block:
        rows, self._rows = self._rows, []
        return [key for key, _ in rows], [weight for _, weight in rows]


class Labelled:
    """The rows of another under a root frame."""

    def __init__(self, rows: Rows, label: str) -> None:
        self._rows, self._root = rows, f"{folded.clean(label)}\0".encode()

    def block(self) -> Block:
        keys, weights = self._rows.block()
        return [self._root + key for key in keys], weights


class Stream:
    """The rows of a folded stream. What it says of itself is known at its end: a header may stand anywhere."""

    def __init__(self, stream: IO[bytes], size: int, name: str = "") -> None:
        self._stream, self._size, self.name = stream, size, name
        self._weights = _Weights()
        self._line = 1
        self._header: Meta | None = None
        self.any_stack = False
        self.unread, self.first_unread = 0, ""

    @property
    def meta(self) -> Meta:
        return self._header or Meta()

    def block(self) -> Block:
        """Raises StageError for a header that is malformed or disagrees with the one before."""
        # The first line is a block of its own: it is mostly a header, and only plain rows are read fast.
        while data := self._stream.read(self._size) if self._line > 1 else self._stream.readline():
            data += self._stream.readline()
            try:
                keys, weights = self._plain(data) or self._any(data)
            except FoldedError as error:
                raise StageError(f"{self.name}:{error}") from None
            if keys:
                self.any_stack = True
                return keys, weights
        return [], []

    def _plain(self, data: bytes) -> Block | None:
        """The rows of whole lines, if all are of the one shape that matters for speed."""
        lines = data.count(b"\n")
        if b"\0" in data or data.startswith(b" "):
            return None
        parts = _WEIGHT.split(data.replace(b";", b"\0"))
        if len(parts) != 2 * lines + 1 or parts[-1]:
            return None
        self._line += lines
        return parts[:-1:2], [*map(self._weights.__getitem__, parts[1::2])]

    def _any(self, data: bytes) -> Block:
        profile = folded.parse(data.splitlines(keepends=True), first=self._line)
        if isinstance(profile, Differential):
            raise FoldedError(f"{self._line}: expected one weight a line, found a header that names several columns")
        if folded.HEADER in data:
            self._take(profile.meta)
        self._line += data.count(b"\n") or 1
        self.unread += profile.unread
        self.first_unread = self.first_unread or profile.first_unread
        return Held(keyed(profile.stacks.items())).block()

    def _take(self, header: Meta) -> None:
        if self._header not in (None, header):
            raise FoldedError(f"{self._line}: expected the same header as before, {self._header}, found {header}")
        self._header = header


class _Weights(dict[bytes, int]):
    """Numbers by their digits: most weights are small and come again and again."""

    def __missing__(self, digits: bytes) -> int:
        value = int(digits)
        if len(digits) <= 4:
            self[digits] = value
        return value


def keyed(stacks: Iterable[tuple[Stack, Number]]) -> dict[Key, Number]:
    """The same by their keys."""
    return {entry.replace(";", "\0").encode(): weight for entry, weight in stacks}
