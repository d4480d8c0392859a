"""A profile that has to be in memory as a whole."""

from __future__ import annotations

from typing import BinaryIO

from resq_flame.fold.ledger import ProfileError

_PIECE = 1 << 20


def read(stream: BinaryIO, limit: int, what: str) -> bytes:
    """All bytes. Raises ProfileError, under the name ``what``, where there are more than ``limit``."""
    content = up_to(stream, limit + 1)
    if len(content) > limit:
        raise ProfileError(f"expected {what} of at most {limit} bytes, found more")
    return content


def up_to(stream: BinaryIO, count: int) -> bytes:
    """So many bytes, or fewer at the end. Takes no memory for what is not there, which ``stream.read(count)`` does."""
    pieces = []
    while count > 0 and (piece := stream.read(min(count, _PIECE))):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
