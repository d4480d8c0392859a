"""FreeBSD's hardware counters: ``pmcstat -R out -z16 -G graph``, the callers of each function.

By FreeBSD's usr.sbin/pmcstat/pmcpl_callgraph.c (speedscope's sample/profiles/pmcstat has whole ones):

    @ inst_retired.any [35705 samples]

    14.44%  [5156]     fletcher_2_native @ /boot/kernel/zfs.ko
     50.62%  [2610]      arc_cksum_verify
      100.0%  [2610]       arc_buf_destroy

The tree is upside down: the leaf stands left, its callers below it. What the printed callers do not account for is the
stack's own. Of several events the first one is folded (--event names another).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger, OptionError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options

_SNIFF = re.compile(rb"^@ \S+ \[\d+ samples\]|^\d+\.\d+%  \[\d+\] +\S", re.MULTILINE)
_EVENT = re.compile(r"@ (\S+) \[(\d+) samples\]")
_NODE = re.compile(r"( *)[\d.]+% +\[(\d{1,30})\] +(\S.*?)(?: @ .*)?")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The samples of each stack, root first. Raises OptionError where there is no event of the name asked for."""
    seen: list[str] = []
    for frames, weight in call_tree.of_total(_rows(stream, options.event, seen, ledger), ledger):
        yield frames[::-1], weight
    if options.event and options.event not in seen:
        raise OptionError(f"expected an event it has ({', '.join(seen)}), found {options.event!r}")


def _rows(stream: BinaryIO, wanted: str | None, seen: list[str], ledger: Ledger) -> Iterator[Row]:
    chosen = True
    for line in lines(stream):
        if event := _EVENT.match(line):
            seen.append(event[1])
            chosen = event[1] == (wanted or seen[0])
            if not chosen:
                ledger.drop(f"samples of {event[1]} (--event takes another)", int(event[2][:30]), int(event[2][:30]))
        elif chosen and (node := _NODE.fullmatch(line)):
            yield len(node[1]), symbols.tidy(node[3])[0], int(node[2])
