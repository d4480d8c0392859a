"""What DTrace prints of an aggregation over stack() or ustack(): stacks, leaf first, each with its count below.

By illumos' and macOS' lib/libdtrace (dt_print_stack, dt_print_ustack) and FlameGraph's example-dtrace-stacks.txt:

    CPU     ID                    FUNCTION:NAME
      0  64091                        :tick-60s

                  genunix`kmem_cpu_reload+0x20
                  unix`sys_syscall+0x17a
                    1

stack() and ustack() in one key follow each other, with a blank line between; a key such as execname stands above them,
further left, and becomes the root frame. Frames keep their module (``unix`sys_syscall``) without --no-modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_HEADER = re.compile(rb"^CPU +ID +FUNCTION:NAME\s*$", re.MULTILINE)
_MODULE_FRAME = re.compile(rb"^ {8,}[^\s`]+`[^\n]+$", re.MULTILINE)
_BARE_COUNT = re.compile(rb"^ {8,}\d+[ \r]*$", re.MULTILINE)
_PROBE = re.compile(r"CPU +ID +FUNCTION:NAME\s*| *\d+ +\d+ +\S*:\S*\s*|dtrace: .*")
_COUNT = re.compile(r"\s+(\d{1,30})\s*")
_FRAME = re.compile(r"(?:([^\s`]+)`)?(.+?)(?: \(\.llvm\.\d+\))?(?:\+0x[0-9a-f]+)?")
_INDENT = 8  # columns; stacks are printed at 14, keys from the left


def sniff(head: bytes) -> bool:
    return bool(_HEADER.search(head) or (_MODULE_FRAME.search(head) and _BARE_COUNT.search(head)))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The count of each stack, root first."""
    ledger.unit = "count"
    keys: list[str] = []
    frames: list[str] = []
    for line in lines(stream):
        if (frames or keys) and (count := _COUNT.fullmatch(line)):
            yield [*keys, *reversed(frames)], int(count[1])
            keys, frames = [], []
        elif not line.strip() or _PROBE.fullmatch(line):
            continue
        elif len(line) - len(line.lstrip()) < _INDENT and not frames and "`" not in line:
            keys = [line.strip()]
        else:
            frames += _frames(line.strip(), options.modules is not False)
    if frames:
        ledger.drop("stacks without a count: cut short?")


def _frames(text: str, modules: bool) -> list[str]:
    """The frames of one line, leaf first; the outermost carries the module."""
    found = _FRAME.fullmatch(text)
    module, symbol = (found[1], found[2]) if found else (None, text)
    outer, *inlined = symbols.tidy(symbol)
    return [*reversed(inlined), f"{module}`{outer}" if module and modules else outer]
