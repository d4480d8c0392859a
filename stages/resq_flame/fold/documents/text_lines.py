"""The lines of a text profile, one at a time, and what dumps of stacks have in common: a header, then its frames.

A file of any length is read in the memory of its longest block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple


def lines(stream: BinaryIO) -> Iterator[str]:
    """The lines without their ends (LF or CRLF); bytes that are no UTF-8 are replaced."""
    for line in stream:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


class Block(NamedTuple):
    """The header of a stack, None where the text begins without one, and its frame lines in their order."""

    header: re.Match[str] | None
    frames: list[re.Match[str]]


def blocks(stream: BinaryIO, header: re.Pattern[str], frame: re.Pattern[str]) -> Iterator[Block]:
    """The stacks of a dump: each header line with all the frame lines up to the next one. Other lines are passed."""
    block = Block(None, [])
    for line in lines(stream):
        if found := frame.match(line):
            block.frames.append(found)
        elif found := header.match(line):
            if block.header or block.frames:
                yield block
            block = Block(found, [])
    if block.header or block.frames:
        yield block
