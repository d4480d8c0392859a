"""What profile and offcputime of bcc and of its libbpf-tools print (without ``-f``, which is folded).

By libbpf-tools/offcputime.c and tools/profile.py of bcc 0.26 (seen with libbpf-tools 0.26):

        __schedule
        schedule
        do_nanosleep
        clock_nanosleep
        -                offcputime (29250)
            3000069

The leaf comes first, ``--`` may stand between kernel and user stack, then follow the task and the value: a number of
samples (profile) or microseconds (offcputime, known by its header, or because most stacks end in the
scheduler). The
root frame is the comm, as in their folded output.
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

_SNIFF = re.compile(rb"^ +- {2,}\S.* \(\d+\)\r?\n +\d+\r?$", re.MULTILINE)
_TASK = re.compile(r" +- {2,}(\S.*) \((\d+)\)")
_VALUE = re.compile(r" +(\d{1,30})")
_FRAME = re.compile(r" {4}(?:#\d+ +0x[0-9a-f]+ )?(?:b')?(.+?)(?:\+0x[0-9a-f]+(?: [\[(].*[\])])?)?'?")
_OFF_CPU, _ON_CPU = re.compile("Tracing (off-CPU|blocked) time"), re.compile("Sampling at ")
_SCHEDULER = re.compile("__schedule|schedule|finish_task_switch.*|.*sched_switch")
_NEAR_LEAF = 5  # frames: the tracepoint's own come before the scheduler's


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, _options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The samples, or the microseconds blocked, of each stack. The unit is known after the last of them."""
    frames: list[str] = []
    comm, header = "", ""
    blocked = running = 0
    for line in lines(stream):
        if task := _TASK.fullmatch(line):
            comm = task[1]
        elif comm and (value := _VALUE.fullmatch(line)):
            in_scheduler = any(map(_SCHEDULER.fullmatch, frames[:_NEAR_LEAF]))
            blocked, running = blocked + in_scheduler, running + (not in_scheduler)
            yield [comm, *reversed(frames)], int(value[1])
            frames, comm = [], ""
        elif line.strip() in ("--", ""):
            continue
        elif frame := _FRAME.fullmatch(line):
            frames += reversed(symbols.tidy(frame[1]))
            if frame[1].startswith("_Z"):
                ledger.note("its C++ names are mangled: c++filt makes them readable, also in folded stacks")
        elif _OFF_CPU.match(line) or _ON_CPU.match(line):
            header = line
    if frames:
        ledger.drop("stacks cut short")
    ledger.unit = "microseconds" if (_OFF_CPU.match(header) if header else blocked > running) else "samples"
