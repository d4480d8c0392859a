"""Java thread dumps: jstack, ``jcmd PID Thread.print``, kill -QUIT, ``jhsdb jstack``.

By OpenJDK 17, src/hotspot/share/runtime/thread.cpp (JavaThread::print_on) and vmThread dumps:

    "main" #1 prio=5 os_prio=0 cpu=1658.69ms elapsed=1.80s tid=0x00007f702c017fe0 nid=0x7461 runnable  [0x00007f7033]
       java.lang.Thread.State: RUNNABLE
    \tat Work.renderTemplate(Work.java:5)
    \tat Work$Repo.call(Work.java:8)
    \t- locked <0x000000069ec199b0> (a java.lang.Object)

jhsdb, which looks at the process from outside, has frames of its own (sun/jvm/hotspot/tools/StackTrace.java), no files:

     - Work.hashRows(int) @bci=25, line=3 (Compiled frame; information may be imprecise)

One stack is one sample. Only threads that run count: of the state RUNNABLE, not waiting by their header, and not in one
of the native methods that wait for the network though the JVM calls them RUNNABLE. --idle keeps the others, --threads
makes the thread's name the root frame, --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import java_frame
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_DUMP = re.compile(rb"^Full thread dump ", re.MULTILINE)
_THREAD = re.compile(r'"(?P<name>.*)" (?P<about>[^"]*)')
_DOING = re.compile(r"\b[nt]id=\S+ *(.*)")
_FRAME = re.compile(
    rf"   java\.lang\.Thread\.State: (?P<state>\w+)| - (?P<outside>[^\s(]+)\(.*\) @bci=-?\d+.*|{java_frame.PATTERN}"
)
_WAITS = re.compile(r"(?:waiting|in Object\.wait|sleeping)")
# RUNNABLE to the JVM, which cannot see that the system call blocks; the list of stackcollapse-jstack.pl and its kin.
_BLOCKING = re.compile(
    r"epollWait|EPoll\.wait|KQueue\.poll|kevent0|poll0|socketAccept|accept0?$|socketRead0|SocketDispatcher\.read0"
    r"|waitForReferencePendingList|UNIXProcess\.waitForProcessExit|ProcessHandleImpl\.waitForProcessExit0"
)


def sniff(head: bytes) -> bool:
    """The title of a dump, or a thread with its state, as in a part of one."""
    said = head.splitlines()
    return bool(_DUMP.search(head)) or any(
        below.startswith(b"   java.lang.Thread.State: ") and line.startswith(b'"') for line, below in pairwise(said)
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread that runs, root first."""
    for block in blocks(stream, _THREAD, _FRAME):
        frames = [
            found["outside"] or java_frame.name(found, bool(options.lines))
            for found in block.frames
            if not found["state"]
        ]
        if not frames or not block.header:
            ledger.drop("threads without a frame" if block.header else "stacks without a thread: cut short?")
            continue
        state = next((found["state"] for found in block.frames if found["state"]), "")
        doing = _DOING.search(block.header["about"])
        idle = _idle(state, doing[1] if doing else "", frames[0])
        if idle and not options.idle:
            ledger.drop(f"threads that are {idle} (--idle keeps them)")
            continue
        thread = [block.header["name"]] if options.threads else []
        yield thread + frames[::-1], 1


def _idle(state: str, doing: str, leaf: str) -> str:
    """What the thread waits in; nothing for one that runs."""
    if state and state != "RUNNABLE":
        return state
    return "RUNNABLE, but wait" if _WAITS.match(doing) or _BLOCKING.search(leaf.split(" ")[0]) else ""
