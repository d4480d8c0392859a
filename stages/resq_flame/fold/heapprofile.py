"""V8's sampling heap profile: ``node --heap-prof``, Chrome's DevTools ("Allocation sampling").

By the Chrome DevTools protocol, ``HeapProfiler.SamplingHeapProfile``; one of Node 20.20, cut:

    {"head":{"callFrame":{"functionName":"(root)","url":"","lineNumber":-1},"selfSize":0,"id":1,"children":[
      {"callFrame":{"functionName":"allocHot","url":"[eval]","lineNumber":0},"selfSize":35363536,"id":9,"children":[]}]},
     "samples":[{"size":640064,"nodeId":9,"ordinal":58}]}

also inside an inspector's reply, ``{"id":4,"result":{"profile":…}}``. Weights are bytes that were allocated and not
yet collected, estimated from the samples: ``selfSize``. Frames are called as in a cpuprofile; lines count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member, number
from resq_flame.fold.documents.json_tables import an_object, called
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_WRAPPINGS: tuple[tuple[str, ...], ...] = ((), ("profile",), ("result", "profile"))


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return any(
        {f"{at}head.callFrame", f"{at}head.selfSize"} <= paths
        for at in ("".join(f"{key}." for key in wrapping) for wrapping in _WRAPPINGS)
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    ledger.unit = "bytes"
    waiting: list[tuple[Any, tuple[str, ...]]] = [(_head(json_document.load(stream)), ())]
    while waiting:
        found, callers = waiting.pop()
        node = an_object(found, "a node")
        frame = _frame(member(node, "callFrame", dict), options.lines)
        frames = (*callers, frame) if frame else callers
        size = number(node.get("selfSize"), "selfSize")
        if size > 0 and frames:
            yield frames, size
        elif size:
            ledger.drop("allocations at (root)", size)
        waiting += [(child, frames) for child in (member(node, "children", list) if node.get("children") else ())]


def _head(document: Any) -> Any:
    for wrapping in _WRAPPINGS:
        found = document
        for key in wrapping:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict) and "head" in found:
            return found["head"]
    raise ProfileError(f'expected an object with a tree of allocations under "head", found {described(document)}')


def _frame(call_frame: dict[str, Any], lines: bool | None) -> str:
    """The name of a node; nothing for (root)."""
    name, line = call_frame.get("functionName"), call_frame.get("lineNumber")
    if name == "(root)":
        return ""
    return called(name, call_frame.get("url"), line + 1 if isinstance(line, int) else 0, lines)
