"""The text that ``heaptrack_print`` makes of heaptrack's data: what was allocated, by stack.

By heaptrack 1.4, src/analyze/print/heaptrack_print.cpp. An entry is an allocating function, then its callers:

    PEAK MEMORY CONSUMERS
    20.00M peak memory consumed over 200 calls from
    alloc_hot()
      at /srv/demoapp/perfw/small.cpp:8
      in /srv/demoapp/perfw/small
    20.00M consumed over 200 calls from:
        main
          at /srv/demoapp/perfw/small.cpp:12

The same allocations are in several sections: the peak's is taken, or the one that --sample-type names. Bytes are
rounded to four digits by heaptrack_print; K, M and G are powers of 1000. The data itself (``heaptrack``) are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import base_name, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

# What users call the sections, their titles, and the unit of what is weighed there.
_SECTIONS = {
    "peak": ("PEAK MEMORY CONSUMERS", "bytes"),
    "allocations": ("MOST CALLS TO ALLOCATION FUNCTIONS", "allocations"),
    "leaked": ("MEMORY LEAKS", "bytes"),
    "temporary": ("MOST TEMPORARY ALLOCATIONS", "allocations"),
}
_NAMES = {title: name for name, (title, _) in _SECTIONS.items()}

_AMOUNT = r"(?P<amount>\d{1,15}(?:\.\d{1,6})?)(?P<size>[KMGT]?)B?"
_ENTRY = re.compile(rf"{_AMOUNT} .* from")
_CALLERS = re.compile(rf"{_AMOUNT} .* from:")
_OTHERS = re.compile(rf"\s*and {_AMOUNT} .*\d+ other places?")
_PLACE = re.compile(r"\s+(at|in) (.*?)(?::(\d+))?")
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_SIZES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

OTHERS = "(other places)"


def sniff(head: bytes) -> bool:
    head = head.replace(b"\r\n", b"\n")
    return any(f"\n{title}\n".encode() in head for title in _NAMES) and b" from\n" in head


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    sections = _sections(stream)
    if not sections:
        raise ProfileError(f"expected one of the sections {', '.join(_NAMES)}, found none")
    name = options.sample_type or next(iter(sorted(sections, key=[*_SECTIONS].index)))
    if name not in sections:
        raise OptionError(f"expected a sample type it has ({', '.join(sections)}), found {name!r}")
    ledger.unit = _SECTIONS[name][1]
    ledger.note(f"has the sample types {', '.join(sections)}: these are {name} (--sample-type takes another)")
    for entry in _entries(sections[name]):
        yield from _stacks(entry, lines=bool(options.lines))


@dataclass(slots=True)
class _Entry:
    """An allocating function, or callers of it: the lines of its frames, and what is weighed."""

    weight: Number
    frames: list[str] = field(default_factory=list)
    callers: list[_Entry] = field(default_factory=list)


def _sections(stream: BinaryIO) -> dict[str, list[str]]:
    """The lines of each section that has any entry, by the section's name."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in stream:
        text = line.decode("utf-8", "replace").rstrip()
        if text in _NAMES:
            lines = sections.setdefault(_NAMES[text], [])
        elif text.startswith("total runtime:"):
            lines = []
        elif text:
            lines.append(text)
    return {name: lines for name, lines in sections.items() if any(map(_ENTRY.fullmatch, lines))}


def _entries(lines: list[str]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    frames: list[str] = []
    for line in lines:
        if found := _ENTRY.fullmatch(line):
            if entry:
                yield entry
            entry = _Entry(_weight(found))
            frames = entry.frames
        elif entry and (found := _CALLERS.fullmatch(line) or _OTHERS.fullmatch(line)):
            others = line.lstrip().startswith("and ")
            entry.callers.append(_Entry(_weight(found), [OTHERS] if others else []))
            frames = entry.callers[-1].frames if not others else []
        else:
            frames.append(line)
    if entry:
        yield entry


def _stacks(entry: _Entry, *, lines: bool) -> Iterator[tuple[list[str], Number]]:
    """Root first. What the callers leave, by rounding mostly, is the function's own where nobody calls it."""
    leaf = _frames(entry.frames, lines)
    for callers in entry.callers:
        if callers.weight:
            yield [*_frames(callers.frames, lines), *leaf], callers.weight
    if not entry.callers and entry.weight:
        yield leaf, entry.weight


def _frames(texts: list[str], lines: bool) -> list[str]:
    """The frames, root first, of lines that go from the leaf to the root, each with its places below it."""
    frames: list[str] = []
    for text in texts:
        place = _PLACE.fullmatch(text)
        if not place:
            frames.append(text.strip())
        elif frames and place[1] == "at" and lines:
            frames[-1] = located(frames[-1], place[2], int((place[3] or "0")[:9]))
        elif frames and place[1] == "in" and _ADDRESS.fullmatch(frames[-1]):
            frames[-1] = f"[{base_name(place[2])}]"
    return frames[::-1]


def _weight(found: re.Match[str]) -> Number:
    whole, _, fraction = found["amount"].partition(".")
    return (int(whole) * 10**6 + int(fraction.ljust(6, "0"))) * _SIZES[found["size"]] // 10**6
