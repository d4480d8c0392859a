"""Valgrind's heap profiler Massif (``valgrind --tool=massif``): the heap at its peak, in bytes.

By Valgrind 3.19, massif/ms_main.c and massif/ms_print.in; the tree goes from the allocation to its callers, a space
a level:

    snapshot=44
    mem_heap_B=20272704
    heap_tree=peak
    n2: 20272704 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
     n1: 20000000 0x1091B8: alloc_hot() (small.cpp:8)
      n0: 20000000 0x109251: main (small.cpp:12)
     n0: 200000 in 2 places, all below massif's threshold (1.00%)

Only some snapshots have a tree: the largest one's is taken. Mostly that is the peak's, but Massif looks for a peak only
when memory is freed, and ``--peak-inaccuracy`` may leave it out.
The bookkeeping of the heap (mem_heap_extra_B) and the stacks (mem_stacks_B) are in no tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from resq_flame.fold.ledger import SECOND, Ledger, ProfileError
from resq_flame.fold.names import valgrind_frame
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_NODE = re.compile(rb"( *)n(\d{1,9}): (\d{1,18}) (.*)")
_FIELD = re.compile(rb"(snapshot|mem_heap_extra_B|mem_stacks_B|heap_tree)=(\w+)")
_TREES = (b"detailed", b"peak")


@dataclass(slots=True)
class _Snapshot:
    """What one snapshot says, and the lines of its tree."""

    values: dict[bytes, bytes] = field(default_factory=dict)
    nodes: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, bool]:
        return self.nodes[0][1] if self.nodes else -1, self.values.get(b"heap_tree") == b"peak"


def sniff(head: bytes) -> bool:
    return head.startswith(b"desc:") and re.search(rb"^(?:time_unit: |snapshot=)", head, re.MULTILINE) is not None


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    ledger.unit = "bytes"
    found = max(_snapshots(stream), key=lambda snapshot: snapshot.rank, default=_Snapshot())
    if not found.nodes:
        raise ProfileError("expected a snapshot with a heap_tree, found none: cut short?")
    what = "at its peak" if found.rank[1] else "in its largest detailed snapshot (none is marked as a higher peak)"
    ledger.note(f"is the heap {what}, snapshot {found.values.get(b'snapshot', b'?').decode()}")
    for key, name in ((b"mem_heap_extra_B", "the heap's bookkeeping"), (b"mem_stacks_B", "stacks")):
        if (size := found.values.get(key, b"0")) != b"0":
            ledger.note(f"{size.decode()} bytes of {name} are in no tree")
    yield from _stacks(found.nodes, lines=bool(options.lines))


def _snapshots(stream: BinaryIO) -> Iterator[_Snapshot]:
    """The snapshots; only of the best one the tree has to be kept."""
    snapshot = _Snapshot()
    for number, line in enumerate(stream, 1):
        line = line.rstrip(b"\r\n")
        if line.startswith(b"desc:") and snapshot.values:
            raise ProfileError(f"{number}: {SECOND}")
        if said := _FIELD.fullmatch(line):
            if said[1] == b"snapshot":
                yield snapshot
                snapshot = _Snapshot()
            snapshot.values[said[1]] = said[2]
        elif node := _NODE.fullmatch(line):
            depth = len(node[1])
            if depth > (snapshot.nodes[-1][0] + 1 if snapshot.nodes else 0):
                raise ProfileError(f"{number}: expected a node at most one level deeper, found {quoted(line)}")
            snapshot.nodes.append((depth, int(node[3]), node[4].decode("utf-8", "replace")))
    yield snapshot


def _stacks(nodes: list[tuple[int, int, str]], *, lines: bool) -> Iterator[tuple[list[str], int]]:
    """Each node's bytes that its callers do not account for; its path, turned round, is the stack."""
    path: list[str] = []
    left: list[int] = []
    for depth, size, text in [*nodes, (0, 0, "")]:
        while len(path) > depth:
            if left[-1] > 0:
                yield path[:0:-1] or path[:], left[-1]
            path.pop()
            left.pop()
        if left:
            left[-1] -= size
        path.append(valgrind_frame.frame(text, lines=lines))
        left.append(size)
