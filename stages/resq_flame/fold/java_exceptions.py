"""Stack traces of Java's exceptions, in any log: which failures are there, and where do they come from?

By OpenJDK 17, java.lang.Throwable (printStackTrace); one trace is one sample, and so is each of its causes:

    Exception in thread "main" java.lang.IllegalStateException: no order
    \tat Work$Repo.call(Work.java:8)
    \tat Work.main(Work.java:18)
    Caused by: java.io.IOException: gone
    \tat Work.read(Work.java:3)
    \t... 1 more

The frames that ``... 1 more`` stands for are put back from the enclosing trace. --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold import jstack
from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import java_frame
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_THROWN = re.compile(rb"(?:Exception|Error|Throwable|Failure|Caused by)\b")
_SNIFFED_FRAME = re.compile(rb"\s+at [\w$.<>/@]{3,300}\([^\n]*\)")
_NEAR = 4  # lines: the message of an exception may have several
_FRAME = re.compile(java_frame.PATTERN)
_ELIDED = re.compile(r"\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)")
_NESTED = re.compile(r"\s*(?:Caused by|Suppressed): ")


def sniff(head: bytes) -> bool:
    """Frames under a line that names an exception, and no thread dump."""
    said = head.splitlines()
    first = next((at for at, line in enumerate(said) if _SNIFFED_FRAME.match(line)), 0)
    return any(map(_THROWN.search, said[max(first - _NEAR, 0) : first])) and not jstack.sniff(head)


def samples(stream: BinaryIO, options: Options, _ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each trace, root first."""
    enclosing: list[str] = []
    frames: list[str] = []
    for line in lines(stream):
        if found := _FRAME.match(line):
            frames.append(java_frame.name(found, bool(options.lines)))
        elif found := _ELIDED.match(line):
            if frames:
                frames += enclosing[-int(found[1]) :] if int(found[1]) else []
        elif frames:
            yield frames[::-1], 1
            enclosing, frames = (frames if _NESTED.match(line) else []), []
    if frames:
        yield frames[::-1], 1
