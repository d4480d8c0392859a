"""The whole profile inside the picture, so that an SVG of ours loses nothing.

    <metadata id="profile" data-schema="resq-flame/profile 1">eJyNVc1u2zAM…</metadata>

The text is base64 (RFC 4648) of zlib-compressed (RFC 1950) UTF-8 JSON (RFC 8259), one object:

    {"schema": "resq-flame/profile", "version": 1,
     "meta": {"unit": "samples", "source": "py-spy", "columns": []},
     "reversed": false,
     "names": ["main", "serve", "parse"],
     "frames": [0, 1, 2],
     "depths": [1, 2, 3],
     "weights": [null, 12, 30.5],
     …}

``frames``, ``depths`` and ``weights`` have an entry for every distinct path, in preorder: the index of its name, the
frames from the root to it (itself included), and the weight of the stack that ends there (null: none does; a row of
numbers where ``columns`` names several). Weights are exact decimals, whatever a reader's float makes of them.
``reversed`` says that the stacks stand leaf first. A frame named "" is no call, but its caller's own time between two
calls (trie.GAP): of a profile that is ordered by time, in which paths come back. A reader skips keys that it does not
know, which are for the view alone. docs/SVG_SCHEMA.md is this for programs of others.
"""

from __future__ import annotations

import binascii
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from resq_flame.folded import BEFORE_AFTER, Differential, Folded, FoldedError, Meta, Number, Stack, text
from resq_flame.trie import GAP, Trie, grow, turned

SCHEMA, VERSION = "resq-flame/profile", 1

LIMIT = 1 << 31
"""Bytes the JSON may have: far beyond any picture, and a bound for a file that was made to swell."""

NOTHING: Mapping[str, object] = {}

_LEVEL = 3  # of 1 to 9: 9 takes three times as long as 3 and saves a tenth
_METADATA = re.compile(rb'<metadata id="profile" data-schema="([^"]*)">([A-Za-z0-9+/=\s]*)</metadata>')


def embed(profile: Folded | Differential) -> str:
    """The text of the metadata element that holds this profile."""
    return encode(document(profile.meta, grow(profile.stacks)))


def document(meta: Meta, trie: Trie[Any], *, reverse: bool = False, extra: Mapping[str, object] = NOTHING) -> str:
    """The JSON of a profile that was laid out already; ``extra`` are keys for the view alone."""
    said = {
        "schema": SCHEMA,
        "version": VERSION,
        "meta": {"unit": meta.unit, "source": meta.source, "columns": meta.columns},
        "reversed": reverse,
        **extra,
        "names": trie.names,
        "frames": trie.frame,
        "depths": trie.depth,
    }
    return f'{json.dumps(said, separators=(",", ":"))[:-1]},"weights":{_weights(trie.weight)}}}'


def encode(plain: str) -> str:
    """The text of the metadata element that holds this document."""
    return binascii.b2a_base64(zlib.compress(plain.encode(), _LEVEL), newline=False).decode()


def element(content: str) -> str:
    """The metadata element around what ``embed`` or ``encode`` made."""
    return f'<metadata id="profile" data-schema="{SCHEMA} {VERSION}">{content}</metadata>'


def extract(svg: bytes) -> Folded | Differential:
    """The profile inside an SVG of ours, exactly. Raises FoldedError where there is none or it is damaged."""
    found = _METADATA.search(svg)
    if found is None:
        raise FoldedError(f'expected <metadata data-schema="{SCHEMA} {VERSION}">, which SVGs of resq-render have')
    if found[1].decode("ascii", "replace") != f"{SCHEMA} {VERSION}":
        raise FoldedError(f'expected an embedded profile of the schema "{SCHEMA} {VERSION}", found {found[1]!r}')
    try:
        said = json.loads(_inflated(found[2]), parse_float=_decimal)
        return _profile(said)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, zlib.error) as error:
        raise FoldedError(f"the embedded profile is damaged: {error}") from None


def _weights(weights: list[Any]) -> str:
    try:
        return json.dumps(weights, separators=(",", ":"))
    except TypeError:  # Decimal, which json would make a float of
        return f"[{','.join(map(_weight, weights))}]"


def _weight(weight: Number | tuple[Number, ...] | None) -> str:
    if isinstance(weight, tuple):
        return f"[{','.join(map(text, weight))}]"
    return "null" if weight is None else text(weight)


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    plain = inflater.decompress(binascii.a2b_base64(content), LIMIT)
    if not inflater.eof:
        raise ValueError("its data ends early, or is too large to be a profile")
    return plain


def _decimal(digits: str) -> Number:
    from decimal import Decimal  # most profiles hold whole numbers only

    return Decimal(digits)


def _profile(said: dict[str, Any]) -> Folded | Differential:
    meta = Meta(str(said["meta"]["unit"]), str(said["meta"]["source"]), tuple(map(str, said["meta"]["columns"])))
    if meta.columns and {*meta.columns} != {*BEFORE_AFTER}:
        raise ValueError(f"expected columns named before and after, found {', '.join(meta.columns)}")
    stacks = _stacks(said["names"], said["frames"], said["depths"], said["weights"], rows=len(meta.columns))
    if said["reversed"]:
        stacks = turned(stacks)
    return Differential(meta, stacks) if meta.columns else Folded(meta, stacks)


def _stacks(names: list[str], frames: list[int], depths: list[int], weights: list[Any], rows: int) -> dict[Stack, Any]:
    stacks: dict[Stack, Any] = {}
    path: list[str] = []
    for frame, depth, weight in zip(frames, depths, weights, strict=True):
        if not 1 <= depth <= len(path) + 1:
            raise ValueError(f"expected a depth of 1 to {len(path) + 1}, found {depth}")
        if not 0 <= frame < len(names):
            raise ValueError(f"expected the number of one of {len(names)} names, found {frame}")
        del path[depth - 1 :]
        path.append(names[frame])
        if weight is not None:
            entry = ";".join(path[:-1] if names[frame] == GAP and depth > 1 else path)
            value = _row(weight, rows) if rows else _number(weight)
            stacks[entry] = _sum(stacks[entry], value) if entry in stacks else value
    return stacks


def _sum(one: Any, other: Any) -> Any:
    return tuple(map(_sum, one, other)) if isinstance(one, tuple) else one + other


def _row(weights: object, rows: int) -> tuple[Number, ...]:
    if not isinstance(weights, list) or len(weights) != rows:
        raise ValueError(f"expected {rows} numbers, found {weights!r:.60}")
    return tuple(map(_number, weights))


def _number(weight: Any) -> Number:
    from decimal import Decimal

    if not isinstance(weight, int | Decimal) or isinstance(weight, bool) or weight < 0:
        raise ValueError(f"expected a weight, found {weight!r:.60}")
    return weight
