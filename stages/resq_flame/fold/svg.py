"""A flame graph in SVG, read back: of flamegraph.pl and of inferno-flamegraph.

By flamegraph.pl 41fee1f and inferno 0.12, src/flamegraph/; every frame is a box with its name and weight in its title:

    <title>main (1,234 samples, 56.78%)</title><rect x="10.0" y="245" width="1180.0" height="15.0" …/>
    <title>main (1,234 samples, 56.78%)</title><rect x="0.0000%" y="245" width="56.7800%" … fg:x="0" fg:w="1234"/>
    <g class="func_g" onmouseover="s('main (1,234 samples, 56.78%)')" …><rect x="10.0" y="245" width="1180.0" …/>

A box lies in the box of its caller, one row nearer to the root. They leave out boxes too narrow to be seen, so what is
below those counts for their callers; a note says so. The root, ``all``, is left out.
"""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from resq_flame import embedded
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import SECOND, Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Differential, FoldedError

LIMIT = 1 << 30
"""Bytes; browsers give up on pictures far smaller."""

OURS = b'data-schema="resq-flame/profile'
"""In an SVG of resq-render, which holds its whole profile: nothing has to be guessed from its boxes."""

_SNIFF = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<svg\b", re.DOTALL)
_FLAME = re.compile(rb'<title>[^<]* \([\d,.]+ [^<]*%\)|class="func_g|id="frames"|Flame ?Graph', re.IGNORECASE)
_BOX = re.compile(
    r"<title>(?P<title>[^<]*)</title>\s*<rect (?P<attributes>[^>]*)>"
    r"""|onmouseover="s\('(?P<group>[^"]*)'\)"[^>]*>\s*<rect (?P<below>[^>]*)>"""  # flamegraph.pl until 2014
    r"""|<rect (?P<own>[^>]*) onmouseover="s\('(?P<said>[^"]*)'\)\""""
)
_TITLE = re.compile(r"(?P<name>.*) \((?P<weight>[\d,. ]+?) (?P<unit>[^,()]+), [\d.]+%(?:; [^()]*)?\)", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w:]+)="([\d.]{1,20})%?"')

_ROOTS = ("all", "all samples", "")


class Box(NamedTuple):
    """A frame: its row, its left and right end, its name and weight."""

    y: float
    left: float
    right: float
    name: str
    weight: int


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head) and (_FLAME.search(head) or OURS in head))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each stack, root first. Raises ProfileError for a picture that is no flame graph."""
    content = stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise ProfileError(f"expected an SVG of at most {LIMIT} bytes, found more")
    if content.count(b"<?xml") > 1:
        raise ProfileError(SECOND)
    if OURS in content:
        yield from _embedded(content, ledger)
        return
    rows = _levels(list(_boxes(content.decode("utf-8", "replace"), ledger)))
    ledger.note("read from a picture: what was too narrow to be drawn counts for its caller")
    root = int(len(rows[0]) == 1 and rows[0][0].name in _ROOTS)
    for frames, weight in call_tree.of_total(_preorder(rows), ledger):
        if frames[root:]:
            yield frames[root:], weight
        else:
            ledger.drop("weight of the root alone", weight)


def _embedded(content: bytes, ledger: Ledger) -> Iterator[Sample]:
    """The profile that an SVG of resq-render holds, exactly."""
    try:
        profile = embedded.extract(content)
    except FoldedError as error:
        raise ProfileError(str(error)) from None
    if isinstance(profile, Differential):
        raise ProfileError(
            "expected one profile, found the picture of a difference, which has nothing to fold: "
            "resq-render and resq-report read it as it is"
        )
    ledger.unit, ledger.source = profile.meta.unit, profile.meta.source
    for entry, weight in profile.stacks.items():
        yield entry.split(";"), weight


def _boxes(text: str, ledger: Ledger) -> Iterator[Box]:
    for found in _BOX.finditer(text):
        title = _TITLE.fullmatch(html.unescape(found["title"] or found["group"] or found["said"] or ""))
        attributes = dict(_ATTRIBUTE.findall(found["attributes"] or found["below"] or found["own"] or ""))
        try:
            place = [float(attributes[name]) for name in ("y", "x", "width")]
            left = float(attributes.get("fg:x", place[1]))
            width = float(attributes.get("fg:w", place[2]))
            weight = int(re.sub(r"[^\d]", "", title["weight"])[:30]) if title else 0
        except (KeyError, ValueError):
            continue
        if title:
            ledger.unit = {"ms": "milliseconds", "us": "microseconds"}.get(title["unit"], title["unit"])
            yield Box(place[0], left, left + width, title["name"], weight)


def _levels(boxes: list[Box]) -> list[list[Box]]:
    """The boxes by their rows, the root's first, each from left to right."""
    rows: dict[float, list[Box]] = {}
    for box in boxes:
        rows.setdefault(box.y, []).append(box)
    if not rows:
        raise ProfileError("expected boxes with titles such as <title>main (12 samples, 3.40%)</title>, found none")
    order = sorted(rows)
    top, bottom = rows[order[0]], rows[order[-1]]
    # The row of the roots is the widest. Where a single stack makes all as wide, the name tells.
    if (_width(bottom), top[0].name not in _ROOTS) > (_width(top), False):
        order.reverse()  # flames, not icicles
    return [sorted(rows[y], key=lambda box: box.left) for y in order]


def _width(row: list[Box]) -> float:
    return sum(box.right - box.left for box in row)


def _preorder(levels: list[list[Box]]) -> Iterator[Row]:
    lefts = [[box.left for box in level] for level in levels]
    waiting = [(0, box) for box in reversed(levels[0])]
    while waiting:
        depth, box = waiting.pop()
        yield depth, box.name, box.weight
        if depth + 1 < len(levels):
            # Edges are rounded to a tenth of a pixel: the middle of a callee is what lies within.
            level, at = levels[depth + 1], lefts[depth + 1]
            near = level[max(bisect.bisect_left(at, box.left) - 1, 0) : bisect.bisect_right(at, box.right)]
            inside = [below for below in near if box.left <= (below.left + below.right) / 2 <= box.right]
            waiting += [(depth + 1, below) for below in reversed(inside)]
