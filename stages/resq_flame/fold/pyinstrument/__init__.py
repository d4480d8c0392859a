"""pyinstrument: what it prints, its JSON (``-r json``), its page (``-r html``) and its sessions (``-r session``).

By pyinstrument 5.1.3, renderers/jsonrenderer.py and session.py; one line each, cut:

    {"start_time": 1795404883.58,"duration": 3.004639,"sample_count": 444,"root_frame":
      {"function": "<module>","file_path_short": "work.py","line_no": 1,"time": 3.003027,"children": [
        {"function": "handle","file_path_short": "work.py","time": 2.97,"class_name": "S","children": []}]}}
    {"start_time": 1795423471.53,"sample_count": 17,"frame_records": [[["MainThread\\u0000<thread>\\u0000139742",
        "handle\\u0000work.py\\u000016\\u0001cOrderService\\u0001l16"], 0.010148]]}

A session has the samples, root first, each with its seconds. In the other form a frame's time, in seconds too, is
with all it calls; what its children do not account for is its own, as is the time of what pyinstrument left out
because it took less than a thousandth of the whole. Methods are called with their class.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold import HEAD
from resq_flame.fold.documents import json_document, whole_file
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import a_list, an_object, called, text
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.fold.pyinstrument import html, printed
from resq_flame.folded import Number, total

_SELF = "[self]"
"""A child that pyinstrument makes for a frame's own time (frame.py, SELF_TIME_FRAME_IDENTIFIER)."""


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return (
        html.sniff(head)
        or printed.sniff(head)
        or {"sample_count", "root_frame"} <= paths
        or {"sample_count", "start_call_stack"} <= paths
        or {"root_frame.function", "root_frame.time"} <= paths
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    ledger.unit = "seconds"
    content = whole_file.read(stream, json_document.LIMIT, "a profile of pyinstrument")
    head = content[:HEAD]
    if printed.sniff(head):
        ledger.note(
            "times of three decimals, without what pyinstrument does not print: pyinstrument -r session has all"
        )
        text_lines = content.decode("utf-8", "replace").splitlines()
        for stack, own in call_tree.of_total(printed.rows(text_lines, options.lines), ledger):
            yield tuple(stack), own
        return
    if html.sniff(head):
        document = html.document(content)
    else:
        document = an_object(json_document.load(io.BytesIO(content)), "the document")
    if "frame_records" in document:
        yield from _records(member(document, "frame_records", list), options)
        return
    waiting: list[tuple[dict[str, Any], tuple[str, ...]]] = [(member(document, "root_frame", dict), ())]
    while waiting:
        frame, callers = waiting.pop()
        name = _name(frame, options)
        frames = callers if (callers and name.startswith(_SELF)) or not name else (*callers, name)
        children = [an_object(child, "a frame") for child in member(frame, "children", list)]
        own = _time(frame) - total(map(_time, children))
        if own > 0:
            yield frames, own
        elif own < 0:  # seen with a millionth: each time is rounded by itself
            ledger.drop("frames whose children take longer than they do", own)
        waiting += [(child, frames) for child in children]


def _records(records: list[Any], options: Options) -> Iterator[tuple[tuple[str, ...], Number]]:
    """The samples of a session."""
    for found in records:
        record = a_list(found, "a record")
        if len(record) != 2:
            raise ProfileError(f"expected a record of frames and their time, found {len(record)} things")
        frames = [_identified(text(entry), options) for entry in a_list(record[0], "the frames of a record")]
        weight = number(record[1], "a time")
        if weight > 0 and (stack := tuple(filter(None, frames))):
            yield stack, weight


def _identified(identifier: str, options: Options) -> str:
    """The name of ``function NUL file NUL line``, with attributes behind it: ``\\1cClass``. Nothing for a thread."""
    place, *attributes = identifier.split("\x01")
    name, file, line = [*place.split("\0"), "", ""][:3]
    if file == "<thread>":
        return f"{name} {line}" if options.threads else ""
    owner = next((entry[1:] for entry in attributes if entry.startswith("c")), "")
    first = int(line) if line.isdecimal() and len(line) < 10 else 0
    return called(f"{owner}.{name}" if owner else name, file, first, options.lines)


def _time(frame: dict[str, Any]) -> Number:
    return number(frame.get("time"), "time")


def _name(frame: dict[str, Any], options: Options) -> str:
    if "identifier" in frame:
        return _identified("\x01".join([text(frame["identifier"]), *member(frame, "attributes", dict)]), options)
    function, owner = text(frame.get("function")), text(frame.get("class_name"))
    name = f"{owner}.{function}" if owner else function
    return called(name, frame.get("file_path_short") or frame.get("file_path"), frame.get("line_no"), options.lines)
