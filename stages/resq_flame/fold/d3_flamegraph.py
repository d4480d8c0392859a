"""The tree that d3-flame-graph draws, as ``perf script flamegraph -- -f json`` writes it.

By perf 6.1, tools/perf/scripts/python/flamegraph.py, and d3-flame-graph 4.1, src/flamegraph.js; one of perf, cut:

    {"n": "all", "l": "root", "v": 0, "c": [{"n": "wcpp (28829)", "l": "", "v": 0, "c": [
       {"n": "main", "l": "", "v": 0, "c": [{"n": "Anon::run", "l": "", "v": 39, "c": []}]}]}]}

d3-flame-graph also takes ``name``, ``value`` and ``children``. A value is all of its node, or, as perf counts, only its
own (d3-flame-graph's selfValue): where any node has less than its children together, all values are own ones.
The topmost node is the whole, not a frame. The unit is not written: samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import an_object, text
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options
from resq_flame.folded import Number, total

# perf 6.1 writes {"metadata": …, "stack": tree} into its pages; --format=json writes the tree.
_WRAPPING = "stack"


@dataclass(frozen=True, slots=True)
class _Node:
    frames: tuple[str, ...]
    value: Number
    below: Number
    """What its children have together."""


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return any(
        {f"{at}{name}", f"{at}{value}", f"{at}{children}"} <= paths and not {"nodes", "head", "$schema"} & paths
        for at in ("", f"{_WRAPPING}.")
        for name, value, children in (("n", "v", "c"), ("name", "value", "children"))
    )


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    root = an_object(json_document.load(stream), "the document")
    nodes = list(_nodes(member(root, _WRAPPING, dict) if _WRAPPING in root else root))
    own = any(node.value < node.below for node in nodes)
    for node in nodes:
        weight = node.value if own else node.value - node.below
        if weight > 0 and node.frames:
            yield node.frames, weight
        elif weight:
            ledger.drop("values of the whole, in no frame" if weight > 0 else "negative values", weight)


def _nodes(root: dict[str, Any]) -> Iterator[_Node]:
    """All nodes; the topmost one has no frames."""
    waiting: list[tuple[dict[str, Any], tuple[str, ...]]] = [(root, ())]
    while waiting:
        node, frames = waiting.pop()
        children = [an_object(child, "a child") for child in _children(node)]
        yield _Node(frames, _value(node), total(map(_value, children)))
        waiting += [(child, (*frames, _name(child))) for child in children]


def _children(node: dict[str, Any]) -> list[Any]:
    key = "c" if "c" in node else "children"
    return member(node, key, list) if node.get(key) else []


def _value(node: dict[str, Any]) -> Number:
    return number(node.get("v", node.get("value")), "v")


def _name(node: dict[str, Any]) -> str:
    return text(node.get("n", node.get("name")))
