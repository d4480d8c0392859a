"""pystack's stacks of a running Python process or a core file (``pystack remote PID``, ``pystack core FILE``).

By pystack 1.7, src/pystack/traceback_formatter.py (seen with 1.7.2); the root comes first:

    Traceback for thread 762 (python3) [Has the GIL] (most recent call last):
        (Python) File "/srv/work.py", line 21, in request_loop
            s.handle(); recurse(12)
        (C) File "./nptl/pthread_create.c", line 442, in start_thread (/usr/lib/x86_64-linux-gnu/libc.so.6)

One stack is one sample; nothing tells for sure which threads were idle. --native adds the frames of C. Frames are named
as py-spy names them; --no-lines leaves out the line, --threads makes the thread the root frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import python_frame
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^Traceback for thread \d+ [^\n]*\(most recent call last\):", re.MULTILINE)
_THREAD = re.compile(
    r"Traceback for thread (?P<id>\d+)(?: \((?P<name>.*?)\))? ?(?:\[.*\])? ?\(most recent call last\):"
)
_FRAME = re.compile(python_frame.PATTERN)
_LIBRARY = re.compile(r" \(([^()]*)\)$")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread, root first."""
    for header, found in blocks(stream, _THREAD, _FRAME):
        if not found:
            ledger.drop("threads without a frame")
            continue
        name = f"thread {header['id']} ({header['name'] or ''})" if header else "thread (unknown)"
        frames = [_name(frame, options.lines) for frame in found]
        yield [name, *frames] if options.threads else frames, 1


def _name(frame: re.Match[str], lines: bool | None) -> str:
    """As py-spy has it; a function of C without a source file has its library instead."""
    library = _LIBRARY.search(frame["name"])
    if frame["language"] != "C" or not library:
        return python_frame.name(frame, lines)
    function = frame["name"][: library.start()].removesuffix(" (inlined)")
    line = int(frame["line"][:9]) if lines is not False and frame["line"].isdecimal() else 0
    return located(function, library[1] if frame["file"] == "???" else frame["file"], line)
