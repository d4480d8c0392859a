"""elfutils' eu-stack: the stacks of all threads of a process or a core file, often, as a poor man's profiler.

By elfutils 0.188, src/stack.c (seen with 0.188); one stack is one sample, the leaf first:

    PID 394 - process
    TID 395:
    #0  0x00005598c7ef7256 (anonymous namespace)::Anon::run(unsigned long)
    #1  0x00005598c7ef73b2 request() - /srv/app/wcpp
        /srv/app/w.cpp:24:38
    #6  0x00007f84b5ed44a3

--threads makes the thread the root frame, --lines adds the file and line that ``eu-stack -s`` prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.names.frame_name import base_name, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^TID \d+:\s*\n#\d+ +0x[0-9a-f]+", re.MULTILINE)
_THREAD = re.compile(r"TID (?P<tid>\d+):")
_FRAME = re.compile(
    r"#\d+ +0x[0-9a-f]+(?: - 1)?(?: (?!- )(?P<symbol>\S.*?))?(?: - (?P<module>/.*|\[.*))?\s*$"
    r"|    (?P<file>/.*?):(?P<line>\d+)(?::\d+)?\s*$"
)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread, root first."""
    for header, found in blocks(stream, _THREAD, _FRAME):
        frames = _frames(found, bool(options.lines))
        thread = [f"thread {header['tid']}"] if header and options.threads else []
        if frames:
            yield thread + frames[::-1], 1
        else:
            ledger.drop("threads without a frame")


def _frames(found: list[re.Match[str]], lines: bool) -> list[str]:
    """Leaf first; the line that follows a frame is its place in the source."""
    frames: list[str] = []
    for line in found:
        if line["file"]:
            if lines and frames:
                frames[-1] = located(frames[-1], line["file"], int(line["line"][:9]))
        elif line["symbol"]:
            frames += reversed(symbols.tidy(line["symbol"]))
        else:
            frames.append(f"[{base_name(line['module'])}]" if line["module"] else "[unknown]")
    return frames
