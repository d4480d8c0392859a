"""Python's faulthandler: dump_traceback, dump_traceback_later, and what it prints of a crash.

By CPython 3.11 to 3.14, Python/traceback.c (_Py_DumpTracebackThreads); the leaf comes first:

    Thread 0x00007fa4c96a46c0 (most recent call first):
      File "/srv/demoapp/py/work.py", line 5 in hash_rows
      File "/srv/demoapp/py/work.py", line 16 in handle
    Current thread 0x00007fa4ca9f4b80 [MainThread] (most recent call first):

One stack is one sample; nothing tells which threads were idle. Frames are named as py-spy names them; --no-lines leaves
out the line, --threads makes the thread the root frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import python_frame
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(
    rb"^(?:(?:Current t|T)hread 0x[0-9a-f]+(?: \[[^\n]*\])?|Stack) \(most recent call first\):", re.MULTILINE
)
_THREAD = re.compile(
    r"(?:(?:Current t|T)hread (?P<id>0x[0-9a-f]+)(?: \[(?P<name>.*)\])?|Stack) \(most recent call first\):"
)
_FRAME = re.compile(python_frame.PATTERN)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread, root first."""
    for header, found in blocks(stream, _THREAD, _FRAME):
        if not found:
            ledger.drop("threads without a Python frame")
            continue
        name = (header["name"] or header["id"] or "(this thread)") if header else "(unknown)"
        thread = [f"thread {name}"] if options.threads else []
        yield thread + [python_frame.name(frame, options.lines) for frame in reversed(found)], 1
