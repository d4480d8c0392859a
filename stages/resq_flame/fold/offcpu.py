"""Time off the CPU, from ``perf record -e sched:sched_switch -a -g`` and ``perf script`` (records as in ``perf.text``).

A task is away from its switch-out, where its stack was taken, to its next switch-in; the weight is that time in
microseconds. A task that was preempted could have run (state ``R``, ``R+``): that is run-queue time, not blocked time.
The header names the task that goes; the payload comes in the kernel's format (include/trace/events/sched.h of Linux
6.1), or in that of libtraceevent's plugin_sched_switch:

    wcpp 28922 [000]   931.723392: sched:sched_switch: prev_comm=wcpp prev_pid=28922 prev_prio=139 prev_state=S ==> \
next_comm=my worker: 1 next_pid=28919 next_prio=139
    \tffffffff821f8b58 __schedule+0x618 ([kernel.kallsyms])
    \t           ee137 nanosleep+0x7 (/usr/lib/x86_64-linux-gnu/libc.so.6)
    sleep 13861 [001]  1221.277960: sched:sched_switch: sleep:13861 [120] S ==> rcu_preempt:15 [120]

Recorded for one process (``perf record -p``), the event tells of its own leaves only, and system-wide it can miss those
of the idle task; ``--switch-events`` adds the returns, which ``perf script --show-switch-events`` prints between the
samples:

               w  8189/8192  [000]  5811.360590161: PERF_RECORD_SWITCH IN
               w  8189/8192  [000]  5811.360643730: PERF_RECORD_SWITCH OUT
            perf  4172/4174  [000] 21331.616742896: PERF_RECORD_SWITCH_CPU_WIDE IN           prev pid/tid:     0/0
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from resq_flame import folded
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.fold.perf import text as perf_text
from resq_flame.fold.perf.layout import HEADER
from resq_flame.folded import Number, Stack

EVENT = b"sched:sched_switch"

# The comms may hold anything, so each number is looked for from the right end of its half.
_PAYLOADS = (
    re.compile(rb".*prev_pid=(\d+) prev_prio=-?\d+ prev_state=(\S+) ==> .*next_pid=(\d+)"),
    re.compile(rb".*:(\d+) \[-?\d+\] (\S+) ==> .*:(\d+) \[-?\d+\]"),
)
_SWITCH = re.compile(rb"[^\t\n].*?(\d+) +\[\d+\] +(\d+\.\d+): PERF_RECORD_SWITCH(?:_CPU_WIDE)? +(IN|OUT)\b.*(?:\n|$)")
_IDLE = 0  # the tid of every CPU's idle task


class Away(NamedTuple):
    """A task that left the CPU: when (in nanoseconds), from which stack, and whether it could have run on."""

    since: int
    key: tuple[str, str, str]
    preempted: bool


def sniff(head: bytes) -> bool:
    return perf_text.is_perf(head) and perf_text.is_scheduling(head)


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """Raises ProfileError where there is no switch, or one without a time."""
    ledger.unit = "microseconds"
    waits = _Waits(options)
    for text in perf_text.chunks(stream):
        for block in text.split(b"\n\n"):
            waits.take(block)
    if not waits.switches:
        raise ProfileError(f"expected records of {EVENT.decode()}, found none (--format perf folds those of others)")
    waits.say(ledger)
    return waits.stacks()


def microseconds(nanoseconds: int) -> Number:
    """The same time, exactly."""
    whole, rest = divmod(nanoseconds, 1000)
    return whole if not rest else folded.weight(f"{whole}.{rest:03}".encode()) or 0


@dataclass(slots=True)
class _Waits:
    """The tasks that are away, and the time that others were."""

    options: Options
    away: dict[int, Away] = field(default_factory=dict)
    sums: dict[tuple[str, str, str], int] = field(default_factory=dict)
    preempted: list[int] = field(default_factory=lambda: [0, 0])
    unpaired: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    switches: int = 0
    returns_recorded: bool = False
    """By records of their own, so what the event says of the next task is said twice, or of others."""
    samples: _Samples = field(init=False)

    def __post_init__(self) -> None:
        self.samples = _Samples(self.options)

    def take(self, block: bytes) -> None:
        for event, time, payload, key in self.samples.of(self.returns(block)):
            switch = next(filter(None, (pattern.match(payload) for pattern in _PAYLOADS)), None)
            if event != EVENT or not switch:
                self.others[event.decode("utf-8", "replace") or "no event"] += 1
                continue
            self.switches += 1
            now = _nanoseconds(time)
            self.come(int(switch[3]), now)
            self.go(int(switch[1]), Away(now, key, switch[2].startswith(b"R")))

    def returns(self, block: bytes) -> bytes:
        """Takes the switches of ``--switch-events`` off the head of a block: no blank line parts them from a sample."""
        while b": PERF_RECORD_SWITCH" in block and (found := _SWITCH.match(block)):
            self.returns_recorded = True
            if found[3] == b"IN" and int(found[1]) in self.away:
                self.come(int(found[1]), _nanoseconds(found[2]))
            block = block[found.end() :]
        return block

    def come(self, task: int, now: int) -> None:
        if task == _IDLE:
            return
        away = self.away.pop(task, None)
        if away is None or now < away.since:
            if not self.returns_recorded:
                self.unpaired["switches to tasks whose leave was not recorded"] += 1
        elif away.preempted and not self.options.preempted:
            self.preempted[0] += 1
            self.preempted[1] += now - away.since
        else:
            self.sums[away.key] = self.sums.get(away.key, 0) + now - away.since

    def go(self, task: int, away: Away) -> None:
        if task == _IDLE:
            self.unpaired["switches from the idle task"] += 1
            return
        if task in self.away:
            self.unpaired["switches from tasks whose return was not recorded"] += 1
        self.away[task] = away

    def say(self, ledger: Ledger) -> None:
        count, time = self.preempted
        if count:
            ledger.drop("waits of preempted tasks (state R; --preempted keeps them)", microseconds(time), count)
        for what, times in sorted(self.unpaired.items()):
            ledger.drop(what, times, times)
        if self.away:
            ledger.drop("switches from tasks that had not returned at the end", len(self.away), len(self.away))
        for event, times in sorted(self.others.items()):
            ledger.drop(f"samples of {event}", times, times)
        for what, times in sorted(self.samples.reader.unread.items()):
            ledger.drop(what, times, times)
        if self.samples.reader.lost:
            ledger.note(f"perf itself lost {self.samples.reader.lost} events: some waits are too long, or missing")
        if not self.sums and not count:
            ledger.note("no task was seen to come back: perf record -a -e sched:sched_switch -g sees both ends")

    def stacks(self) -> dict[Stack, Number]:
        stacks: dict[Stack, int] = {}
        for key, time in self.sums.items():
            entry = "".join(key)
            stacks[entry] = stacks.get(entry, 0) + time
        return {entry: microseconds(time) for entry, time in stacks.items() if time}


class _Samples:
    """Reads the samples of blocks of text: event, time, payload, stack."""

    def __init__(self, options: Options) -> None:
        from resq_flame.fold.perf.frames import Frames
        from resq_flame.fold.perf.records import Reader

        self.options, self.frames, self.reader = options, Frames(options), Reader()

    def of(self, block: bytes) -> Iterator[tuple[bytes, bytes | None, bytes, tuple[str, str, str]]]:
        from resq_flame.fold.perf.account import task_name
        from resq_flame.fold.perf.frames import NotPlainError

        header, _, lines = block.partition(b"\n")
        found = HEADER.match(header)
        if found and lines.startswith(b"\t") and self.frames.plain:
            line, _, below = lines.partition(b"\n")
            try:
                callers, leaf = self.frames.callers[below], self.frames.leaves[line.split(None, 1)[1]]
            except (NotPlainError, IndexError):
                pass
            else:
                root = task_name(found["comm"], found["pid"], found["tid"], self.options)
                yield found["event"], found["time"], found["rest"], (root, callers, leaf)
                return
        for record in self.reader.records(block):
            root = task_name(record.comm, record.pid, record.tid, self.options)
            yield record.event, record.time, record.rest, self.frames.stack(root, record.frames)


def _nanoseconds(time: bytes | None) -> int:
    if time is None:
        raise ProfileError("expected a time in every record, found one without: perf script -F +time")
    seconds, _, fraction = time.partition(b".")
    return int(seconds) * 10**9 + int(fraction[:9].ljust(9, b"0"))
