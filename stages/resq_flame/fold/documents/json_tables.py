"""What JSON profiles are made of: tables whose rows refer to each other by number, and frames with their source.

Whatever is not of the kind it should be is a ProfileError that names it: such files are cut, and mended by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from resq_flame.fold.documents.json_document import described
from resq_flame.fold.ledger import ProfileError
from resq_flame.fold.names import frame_name

Row = TypeVar("Row")


def row(table: Sequence[Row], index: object, what: str) -> Row:
    """``table[index]``; ``what`` is what the table has. Raises ProfileError where the index is none of its."""
    if type(index) is not int or not 0 <= index < len(table):
        raise ProfileError(f"expected the number of one of {len(table)} {what}, found {described(index)}: damaged?")
    return table[index]


def an_object(found: Any, what: str) -> dict[str, Any]:
    """The object that ``found`` must be; else a ProfileError under the name ``what``."""
    if not isinstance(found, dict):
        raise ProfileError(f"expected {what} to be an object, found {described(found)}")
    return found


def a_list(found: Any, what: str) -> list[Any]:
    """The list that ``found`` must be; else a ProfileError under the name ``what``."""
    if not isinstance(found, list):
        raise ProfileError(f"expected {what} to be a list, found {described(found)}")
    return found


def text(found: object) -> str:
    """A text; nothing for what producers write where they know none (null, a number)."""
    return found if isinstance(found, str) else ""


def called(name: object, file: object, line: object, lines: bool | None) -> str:
    """The name of a frame, as ``frame_name.called`` has it, of fields that may be missing or null."""
    return frame_name.called(text(name), text(file), line if type(line) is int else 0, lines)
