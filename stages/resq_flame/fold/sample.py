"""The call graph of macOS' /usr/bin/sample.

By its own reports (version 7; inferno's tests/data/collapse-sample has whole ones):

    Call graph:
        825 Thread_15758523   DispatchQueue_1: com.apple.main-thread  (serial)
        + 825 start  (in libdyld.dylib) + 1  [0x7fff737cf3d5]
        +   825 main  (in rg) + 41  [0x10384b549]
        +     ! 12 rg::search  (in rg) + 8  [0x10384c001]

Depth is the column of the number, behind any of ``+ ! : |``; the number is that of the whole subtree, in samples.
Frames carry their module in front (``rg`main``) without --no-modules; the root frame is the thread. sample looks at all
threads, whatever they do: those that wait in the kernel are left out without --idle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options

_SNIFF = re.compile(rb"^Analysis of sampling .+ \(pid \d+\) every |^Call graph:\s*\n +\d+ Thread_", re.MULTILINE)
_BEGINS, _ENDS = re.compile("Call graph:"), re.compile("Total number in stack|Sort by top of stack|Binary Images:")
_NODE = re.compile(r" {2}([ +!:|]*)(\d{1,30}) (.+)")
_SYMBOL = re.compile(r"(.+?)(?: \(\.llvm\.\d+\))?  \(in (.+?)\)(?: .*)?")

# System calls that wait; the list of stackcollapse-sample.awk, with the names that newer systems have.
_WAITING = frozenset(
    (
        "__psynch_cvwait",
        "__select",
        "__semwait_signal",
        "__ulock_wait",
        "__ulock_wait2",
        "__wait4",
        "__workq_kernreturn",
        "kevent",
        "kevent_id",
        "mach_msg_trap",
        "mach_msg2_trap",
        "read",
        "semaphore_wait_trap",
        "semaphore_timedwait_trap",
    )
)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The samples of each stack, root first."""
    for frames, weight in call_tree.of_total(_rows(stream, options.modules is not False, ledger), ledger):
        if frames[-1].rpartition("`")[2] in _WAITING and not options.idle:
            ledger.drop("samples of waiting threads (--idle keeps them)", weight, int(weight))
        else:
            yield frames, weight


def _rows(stream: BinaryIO, modules: bool, ledger: Ledger) -> Iterator[Row]:
    within = False
    for line in lines(stream):
        if _BEGINS.match(line):
            within = True
        elif _ENDS.match(line):
            within = False
        elif within and (node := _NODE.fullmatch(line)):
            yield node.start(2), _name(node[3], modules), int(node[2])
        elif within and line.strip():
            ledger.drop("lines that are no part of the call graph")


def _name(text: str, modules: bool) -> str:
    found = _SYMBOL.fullmatch(text)
    if not found:
        return text.split("  ")[0]  # a thread, and the queue it serves
    # Objective-C's "-[NSView draw:]" has no argument list to take off
    name = found[1] if found[1].startswith(("-[", "+[")) else symbols.tidy(found[1])[0]
    return f"{found[2].removesuffix('.dylib')}`{name}" if modules else name
