"""A profile that is one JSON document: its keys as far as the head shows them, and its content.

    paths(b'{"nodes":[{"id":1,"callFrame":{"fun')  ->  {"nodes", "nodes[].id", "nodes[].callFrame"}

orjson reads it; what orjson refuses and producers write all the same (lone surrogates in names, NaN) goes through
the standard library.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeVar

from resq_flame.fold.documents import whole_file
from resq_flame.fold.ledger import ProfileError
from resq_flame.folded import Number, exact, quoted

LIMIT = 4 << 30
"""Bytes that are read into memory; a minute of node --cpu-prof at 100 µs has 10 MB."""

DEPTH, LISTS = 4, 8

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]', re.DOTALL)
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}

Kind = TypeVar("Kind", dict[str, Any], list[Any], str)


@functools.lru_cache(maxsize=2)
def paths(head: bytes) -> frozenset[str]:
    """The paths of the keys in a possibly cut document, up to four keys and eight lists deep; ``[]`` is an item of one.

    Nothing where the head is no JSON object or list.
    """
    if head.lstrip()[:1] not in (b"{", b"["):
        return frozenset()
    found: set[str] = set()
    value: str | None = ""  # the path of the value that comes next, None when it is too deep to matter
    around: list[tuple[bytes, str | None]] = []
    for token in _TOKEN.finditer(head):
        if token[0] in (b"{", b"["):
            around.append((token[0], value))
        elif token[0] in (b"}", b"]"):
            around.pop()
            if not around:
                break
        elif token[2] and around[-1][0] == b"{":
            value = _below(around[-1][1], token[1].decode("utf-8", "replace"))
            if value is not None:
                found.add(value)
            continue
        opened, path = around[-1]
        value = f"{path}[]" if opened == b"[" and path is not None and path.count("[]") < LISTS else None
    return frozenset(found)


def load(stream: BinaryIO, limit: int = LIMIT) -> Any:
    """The document. Raises ProfileError where it is no JSON, is cut short, or is larger than ``limit`` bytes."""
    import orjson

    text = whole_file.read(stream, limit, "a JSON profile")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _load_leniently(text)


def member(holder: Mapping[str, Any], key: str, kind: type[Kind]) -> Kind:
    """``holder[key]``, which must be there and of this kind; else a ProfileError says so."""
    found = holder.get(key)
    if not isinstance(found, kind):
        what = described(found) if key in holder else "none"
        raise ProfileError(f'expected "{key}" to be {_KINDS[kind]}, found {what}')
    return found


def number(found: object, what: str) -> Number:
    """A finite number, exact. Raises ProfileError for anything else, under the name ``what``."""
    if type(found) is int:
        return found
    if isinstance(found, float) and math.isfinite(found):
        return exact(found)
    raise ProfileError(f'expected "{what}" to be a number, found {described(found)}')


def described(found: object) -> str:
    """A JSON value in a few words, for one error line."""
    if isinstance(found, (dict, list, bool, type(None))):
        return _KINDS[type(found)]
    return quoted(str(found).encode("utf-8", "replace"))


def _below(path: str | None, key: str) -> str | None:
    if path is None or path.count(".") >= DEPTH - 1:
        return None
    return f"{path}.{key}" if path else key


def _load_leniently(text: bytes) -> Any:
    import json

    decoded = text.decode("utf-8", "replace")
    try:
        return json.loads(decoded)
    except json.JSONDecodeError as error:
        if not decoded[error.pos :].strip() or error.msg.startswith("Unterminated"):
            raise ProfileError(
                f"expected a whole JSON document, found one cut short after {len(text)} bytes: capture it again"
            ) from None
        found = quoted(decoded[error.pos :][:80].encode("utf-8", "replace"))
        raise ProfileError(f"expected JSON, found {found} in line {error.lineno} ({error.msg})") from None
    except (RecursionError, ValueError):  # nested a thousand deep, or a number of thousands of digits
        raise ProfileError("expected JSON, found it nested too deeply, or a number that is too long") from None
