"""DHAT (``valgrind --tool=dhat``, and Rust's dhat crate): allocations by stack, in bytes.

By Valgrind 3.19, dhat/dh_main.c; version 2 of its file. ``fs`` lists the frames of ``ftbl``, leaf first:

    {"dhatFileVersion":2,"mode":"heap","verb":"Allocated","bklt":true,
    "pps":[{"tb":20000000,"tbk":200,"gb":20000000,"gbk":200,"eb":20000000,"ebk":200,"rb":0,"wb":20000000,"fs":[1,2,3]}],
    "ftbl":["[root]","0x48417B4: malloc (in …/vgpreload_dhat-amd64-linux.so)","0x1091B9: alloc_hot() (small.cpp:8)"]}

All that was allocated is the weight; --sample-type takes what was there at the peak or at the end, or what was read
or written. Valgrind's own malloc is not shown, so that the leaf is the function that called it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names import valgrind_frame
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_TYPES = {
    "allocated": ("tb", "bytes"),
    "allocations": ("tbk", "blocks"),
    "peak": ("gb", "bytes"),
    "peak-blocks": ("gbk", "blocks"),
    "end": ("eb", "bytes"),
    "end-blocks": ("ebk", "blocks"),
    "read": ("rb", "bytes"),
    "written": ("wb", "bytes"),
}

_RUST = re.compile(r"(0x[0-9a-f]+): (.*?) \((.*?):(\d+):\d+\)")  # the dhat crate also writes columns


def sniff(head: bytes) -> bool:
    return "dhatFileVersion" in json_document.paths(head)


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    document = json_document.load(stream)
    if not isinstance(document, dict):
        raise ProfileError(f"expected an object with pps and ftbl, found {described(document)}")
    points = member(document, "pps", list)
    key = _key(points, document, options, ledger)
    table = [_text(entry) for entry in member(document, "ftbl", list)]
    names = [valgrind_frame.frame(text, lines=bool(options.lines)) for text in table]
    for point in points:
        weight = json_document.number(point.get(key, 0) if isinstance(point, dict) else None, key)
        frames = [_index(entry, table) for entry in member(point, "fs", list)]
        while len(frames) > 1 and valgrind_frame.is_interceptor(table[frames[0]]):
            frames.pop(0)
        if weight < 0:
            ledger.drop("allocation sites of negative weight", weight)
        elif weight:
            yield [names[frame] for frame in reversed(frames)], weight


def _key(points: list[Any], document: dict[str, Any], options: Options, ledger: Ledger) -> str:
    """The member that is the weight. The ledger learns its unit, and that there are others."""
    first = points[0] if points and isinstance(points[0], dict) else {}
    has = [name for name, (key, _) in _TYPES.items() if key in first] or ["allocated"]
    name = options.sample_type or has[0]
    if name not in has:
        raise OptionError(f"expected a sample type it has ({', '.join(has)}), found {name!r}")
    if len(has) > 1:
        ledger.note(f"has the sample types {', '.join(has)}: these are {name} (--sample-type takes another)")
    key, ledger.unit = _TYPES[name]
    if ledger.unit == "bytes" and isinstance(document.get("bu"), str):  # ad hoc mode counts units of the user's
        ledger.unit = document["bu"]
    return key


def _text(entry: object) -> str:
    text = entry if isinstance(entry, str) else described(entry)
    return _RUST.sub(r"\1: \2 (\3:\4)", text)


def _index(entry: object, table: list[str]) -> int:
    if not isinstance(entry, int) or not 0 <= entry < len(table):
        raise ProfileError(f"expected an index into its {len(table)} frames, found {described(entry)}")
    return entry
