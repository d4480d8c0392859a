"""The javacore of IBM's and Eclipse's OpenJ9 Java: its threads.

By Eclipse OpenJ9, runtime/rasdump/javadump.cpp, and FlameGraph's stackcollapse-ibmjava.pl:

    3XMTHREADINFO      "Default Executor-thread-149164" J9VMThread:0x0813, java/lang/Thread:0x0712, state:R, prio=5
    3XMTHREADINFO3           Java callstack:
    4XESTACKTRACE                at java/net/SocketInputStream.socketRead0(Native Method)
    4XESTACKTRACE                at java/io/FilterInputStream.read(FilterInputStream.java:144(Compiled Code))

One stack is one sample. Only threads that run (state R) count; --idle keeps those that wait, sleep or are blocked.
--threads makes the thread's name the root frame, --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^(?:3XMTHREADINFO +\"|4XESTACKTRACE +at )", re.MULTILINE)
_THREAD = re.compile(
    r'3XMTHREADINFO +(?:"(?P<name>.*?)"|(?P<anonymous>Anonymous native thread)).*?(?:state:\s*(?P<state>\w+)|$)'
)
_FRAME = re.compile(r"4XESTACKTRACE +at (?P<method>[^(]+)\((?P<file>[^():]*)(?::(?P<line>\d+))?")
_STATES = {
    "CW": "waiting",
    "S": "suspended",
    "P": "parked",
    "B": "blocked",
    "Z": "dead",
}


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread that runs, root first."""
    for header, found in blocks(stream, _THREAD, _FRAME):
        state = (header["state"] if header else None) or "R"
        if not found:
            ledger.drop("threads without a Java frame")
        elif state != "R" and not options.idle:
            ledger.drop(f"threads that are {_STATES.get(state, f'in state {state}')} (--idle keeps them)")
        else:
            thread = [(header["name"] or header["anonymous"]) if header else "(unknown)"] if options.threads else []
            yield thread + [_name(frame, bool(options.lines)) for frame in reversed(found)], 1


def _name(frame: re.Match[str], lines: bool) -> str:
    method = frame["method"].strip()
    return located(method, frame["file"], int(frame["line"][:9])) if lines and frame["line"] else method
