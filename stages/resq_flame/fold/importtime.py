"""What ``python -X importtime`` says of a program's start-up: how long each module took to import.

By CPython 3.11, Python/import.c (import_find_and_load); a module stands below those that it imports, two blanks further
left:

    import time: self [us] | cumulative | imported package
    import time:        71 |         71 |     zipimport
    import time:       174 |       3884 |   json.decoder
    import time:       353 |       4000 | json

The weight is microseconds. A file that ends early has modules without the one that imports them: they are roots then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^import time: (?:self \[us\] \| cumulative \| imported|\s*\d+ \|\s*\d+ \| )", re.MULTILINE)
_ROW = re.compile(r"import time:\s*(\d{1,30}) \|\s*\d+ \| ( *)(\S.*)")


@dataclass(slots=True)
class _Module:
    indent: int
    name: str
    own: int
    imported: list[_Module]


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The microseconds of each import by its chain of imports, the first one at the root."""
    ledger.unit = "microseconds"
    waiting: list[_Module] = []
    for line in lines(stream):
        row = _ROW.fullmatch(line)
        if not row:  # the title, and what the program itself writes on stderr
            continue
        first = len(waiting)
        while first and waiting[first - 1].indent > len(row[2]):
            first -= 1
        module = _Module(len(row[2]), row[3], int(row[1]), waiting[first:])
        del waiting[first:]
        if module.indent:
            waiting.append(module)
        else:
            yield from _stacks(module)
    for module in waiting:
        yield from _stacks(module)


def _stacks(root: _Module) -> Iterator[tuple[list[str], Number]]:
    unread = [(root, [root.name])]
    while unread:
        module, path = unread.pop()
        yield path, module.own
        unread += [(below, [*path, below.name]) for below in reversed(module.imported)]
