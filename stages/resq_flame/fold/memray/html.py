"""memray's flame graph in HTML: ``memray flamegraph``.

By memray 1.20, memray/reporters/flamegraph.py; nodes are columns, texts are rows of ``strings``, names of HTML:

    const packed_data = {"nodes": {"children": [[1], []], "function": [1, 5], "filename": [2, 6], "lineno": [0, 83],
        "n_allocations": [6350, 6347], "value": [126295929, 126279481]}, "strings": ["<root>", "&lt;tracker&gt;", …]}

A node's value is with all that it calls, in bytes (--sample-type num_allocations counts instead); node 0 is the root.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from resq_flame.fold.documents import json_in_page
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import a_list, an_object, called, row, text
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number, total

Sample = tuple[tuple[str, ...], Number]

_TITLE = re.compile(rb"<title>memray - .*flamegraph report")
_COLUMNS = {"size": "value", "num_allocations": "n_allocations"}


def sniff(head: bytes) -> bool:
    return json_in_page.is_page(head) and _TITLE.search(head) is not None


def samples(content: bytes, column: str, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The bytes or number of allocations of each stack, root first."""
    data = an_object(json_in_page.assigned(content, "packed_data"), "packed_data")
    nodes, strings = member(data, "nodes", dict), member(data, "strings", list)
    if _COLUMNS[column] not in nodes:
        raise ProfileError(
            "expected a flame graph of one time, found one of several (memray flamegraph --temporal), "
            "whose nodes have no size: memray flamegraph without it, or memray transform gprof2dot"
        )
    names = _names(nodes, strings, options.lines)
    children = [a_list(found, "children") for found in member(nodes, "children", list)]
    sizes = [number(found, "a size") for found in member(nodes, _COLUMNS[column], list)]
    waiting: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for _ in children:  # each is reached once; a page that has a circle comes to an end
        if not waiting:
            return
        node, frames = waiting.pop()
        below = a_list(row(children, node, "nodes"), "children")
        own = number(row(sizes, node, "sizes"), "a size") - total(row(sizes, child, "sizes") for child in below)
        if own > 0 and frames:
            yield frames, own
        elif own:
            ledger.drop("allocations without a frame" if own > 0 else "nodes that are less than their callees", own)
        waiting += [(child, (*frames, row(names, child, "nodes"))) for child in below]


def _names(nodes: dict[str, Any], strings: list[Any], lines: bool | None) -> list[str]:
    columns = [member(nodes, name, list) for name in ("function", "filename")]
    texts = [[html.unescape(text(row(strings, index, "strings"))) for index in column] for column in columns]
    numbers = member(nodes, "lineno", list)
    return [called(name, file, line, lines) for name, file, line in zip(*texts, numbers, strict=False)]
