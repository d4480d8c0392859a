"""The summary that ``node --prof-process isolate*.log`` prints.

By V8 11.3, tools/tickprocessor.mjs (``printStatistics``, ``printHeavyProfile``); one of Node 20.20, cut:

    Statistical profiling result from v8.log, (1868 ticks, 15 unaccounted, 0 excluded).
     [Bottom up (heavy) profile]:
       ticks parent  name
       1373   73.5%  JS: *hotLoop /srv/plain.js:2:17
       1345   98.0%    JS: ^middle /srv/plain.js:4:16
         28    2.0%    JS: ~middle /srv/plain.js:4:16

Each function stands above its callers, with the ticks that came from them. Callers with less than a hundredth of
their callee's ticks are not shown: such a stack begins where the summary ends. Nor is a function with less than a
hundredth of the whole: its ticks are counted as left out. ``--prof-process --preprocess`` has them all. The marks of
V8's tiers (``*`` optimised, ``^``, ``+``, ``~`` interpreted) are dropped, so a function is one frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.symbols import without_arguments
from resq_flame.fold.options import Options
from resq_flame.fold.v8_prof import js_name
from resq_flame.folded import Number, quoted

_TITLE = re.compile(rb"Statistical profiling result from .*, \((\d{1,15}) ticks,")
_HEAVY = b" [Bottom up (heavy) profile]:"
_ROW = re.compile(rb" {0,15}(\d{1,15}) +\d+\.\d%  ((?:  )*)(\S.*)")
_JS = re.compile(r"(?:JS|Function|LazyCompile|Script|Eval|RegExp): [*~^+]?(.*)")


def sniff(head: bytes) -> bool:
    return _TITLE.match(head.lstrip()) is not None


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    lines = (line.rstrip(b"\r\n") for line in stream)
    title = next((found for line in lines if (found := _TITLE.match(line))), None)
    if title is None or not any(line == _HEAVY for line in lines):
        raise ProfileError("expected the summary of node --prof-process with its bottom-up profile, found none")
    left = int(title[1])
    for frames, ticks in _stacks(lines, options.lines):
        left -= ticks
        yield frames, ticks
    if left > 0:
        ledger.drop("samples of functions that the summary does not show", left, left)
    ledger.note("a summary: rare callers are not in it (node --prof-process --preprocess has them)")


def _stacks(lines: Iterator[bytes], keep_lines: bool | None) -> Iterator[tuple[tuple[str, ...], int]]:
    """The stacks of the bottom-up tree, root first: each node's ticks without those of the callers below it."""
    path: list[tuple[str, int]] = []  # from the leaf to the caller that was read last; its ticks not yet given out
    for number, line in enumerate(lines, 1):
        row = _ROW.fullmatch(line)
        if row is None:
            continue
        ticks, depth = int(row[1]), len(row[2]) // 2
        if depth > len(path):
            raise ProfileError(f"expected a caller one step below its callee, found {quoted(line)} in row {number}")
        yield from _closed(path, depth)
        if path:
            name, own = path[-1]
            path[-1] = name, own - ticks
        path.append((_name(row[3].decode("utf-8", "replace"), keep_lines), ticks))
    yield from _closed(path, 0)


def _closed(path: list[tuple[str, int]], depth: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Take what is deeper off the path, and give the stacks that began there."""
    while len(path) > depth:
        ticks = path[-1][1]
        if ticks > 0:
            yield tuple([name for name, _ in reversed(path)]), ticks
        path.pop()


def _name(shown: str, keep_lines: bool | None) -> str:
    found = _JS.fullmatch(shown)
    return js_name(found[1], keep_lines) if found else without_arguments(shown) or shown
