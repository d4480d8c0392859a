"""Stacks in the order of time, for ``--flamechart``.

A folded stream usually has each stack once, and its order means nothing. A flame chart needs one whose lines follow
each other in time, the oldest first, each as long as its weight:

    main;load;read 12
    main;load;parse 30
    main;load;read 8

So its lines are kept apart until neighbours are merged. (flamegraph.pl and inferno expect the newest line first: tac
turns theirs.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from resq_flame import folded
from resq_flame.folded import Folded, FoldedError, Meta, Number, Stack


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stacks and how long each lasted, the oldest first. ``unread`` and ``first_unread`` are as Folded has them."""

    meta: Meta
    entries: list[tuple[Stack, Number]]
    unread: int = 0
    first_unread: str = ""


def read(stream: Iterable[bytes]) -> Timeline:
    """The lines of a folded stream one by one. Raises FoldedError as ``folded.parse`` does, and for two columns."""
    profile = folded.parse(_numbered(stream))  # which would add equal stacks up, but for their number
    if not isinstance(profile, Folded):
        raise FoldedError("expected one weight a line, in the order of time, found a differential stream")
    entries = [(entry.partition(";")[2], weight) for entry, weight in profile.stacks.items()]
    first = re.sub(r"""(found b['"])\d+;""", r"\1", profile.first_unread)
    return Timeline(profile.meta, entries, profile.unread, first)


def _numbered(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Each line that may be a stack below a root frame of its own."""
    for number, line in enumerate(_utf8(stream)):
        plain = line.strip()
        yield line if not plain or plain.startswith(b"# ") else b"%d;%b\n" % (number, plain)


def _utf8(stream: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(stream)
    first = next(lines, b"")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = (first + b"".join(lines)).decode("utf-16", "replace")
        yield from text.encode("utf-8", "replace").splitlines()
        return
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from lines
