"""Adds the samples of a perf text up: the fast way over plain records, the slow way for all others."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.fold.perf.events import Events
from resq_flame.fold.perf.frames import Frames, Key, NotPlainError
from resq_flame.fold.perf.layout import layout_of
from resq_flame.fold.perf.records import Reader
from resq_flame.folded import Number, Stack, clean


@dataclass(slots=True)
class Account:
    """What a perf text, or a part of one, adds up to: nothing of it depends on where parts were cut."""

    stacks: dict[Stack, Number] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def add(self, other: Account) -> None:
        for entry, weight in other.stacks.items():
            self.stacks[entry] = self.stacks.get(entry, 0) + weight
        self.units |= other.units
        self.left_out += other.left_out
        self.unread += other.unread
        self.lost += other.lost

    def say(self, options: Options, ledger: Ledger) -> None:
        """Tell the ledger the unit and all that is not in the stacks."""
        if not self.units and not self.left_out:
            raise ProfileError('expected records such as "app 123 4.56: 1 cycles:", found none')
        if not self.units:
            raise OptionError(f"expected samples of --event {options.event}, found {', '.join(sorted(self.left_out))}")
        units = sorted(set(self.units.values()))
        ledger.unit = units[0] if len(units) == 1 else "count"
        if len(units) > 1:
            each = ", ".join(f"{event} in {unit}" for event, unit in sorted(self.units.items()))
            ledger.note(f"its events count different things ({each}): compare weights within one event only")
        for event, count in sorted(self.left_out.items()):
            ledger.drop(f"samples of {event} (--event or --all-events folds them)", count, count)
        for what, count in sorted(self.unread.items()):
            ledger.drop(what, count, count)
        if self.lost:
            ledger.note(f"perf itself lost {self.lost} events while it recorded")


def account(
    chunks: Iterable[bytes], options: Options, first: bytes | None = None, layout: re.Pattern[bytes] | None = None
) -> Account:
    """Add up texts that end between records. ``first`` is the event to fold where the options choose none; the first
    of the texts shows the ``layout`` where none is given."""
    texts = iter(chunks)
    head = next(texts, b"")
    folding = _Folding(options, first, layout or layout_of(head))
    for text in itertools.chain([head], texts):
        folding.take(text)
    return folding.account()


class _Folding:
    """The state of one folding: the memory of names and roots, and the sums so far."""

    def __init__(self, options: Options, first: bytes | None, layout: re.Pattern[bytes]) -> None:
        self.options, self.layout = options, layout
        self.events = Events(options, first)
        self.frames = Frames(options)
        self.reader = Reader(layout)
        self.roots: dict[bytes | None, str] = {}  # by the comm, where that alone makes them
        self.sums: defaultdict[Key, int] = defaultdict(int)

    def take(self, text: bytes) -> None:
        """Add up a text that ends between records. One loop without calls for what most records are: a header over
        plain frame lines, all seen before but for the leaf's address."""
        if not self.frames.plain:
            self.take_slowly(text)
            return
        match, callers_of, leaf_of = self.layout.match, self.frames.callers, self.frames.leaves
        chosen, takes, roots, sums = self.events.chosen, self.events.takes, self.roots, self.sums
        for block in text.split(b"\n\n"):
            found = match(block)
            lines = block[found.end() + 1 :] if found else b""
            if not found or lines[:1] != b"\t":  # a record that is no sample has its neighbour below
                self.take_slowly(block)
                continue
            comm, pid, tid, _, period, event, rest = found.groups()
            line, _, below = lines.partition(b"\n")
            try:
                # A parenthesis at the end of a header may close the one frame of a one-line record.
                callers, leaf = callers_of[below], leaf_of[line.split(None, 1)[1] if rest[-1:] != b")" else b""]
            except (NotPlainError, IndexError):
                self.take_slowly(block)
                continue
            if chosen.get(event) or takes(event, period):
                root = roots.get(comm) or self.root(comm, pid, tid, event)
                sums[root, callers, leaf] += int(period) if period else 1

    def take_slowly(self, block: bytes) -> None:
        """Add up any text that ends between records."""
        for record in self.reader.records(block):
            if self.events.takes(record.event, record.period):
                root = self.root(record.comm, record.pid, record.tid, record.event)
                self.sums[self.frames.stack(root, record.frames)] += int(record.period) if record.period else 1

    def root(self, comm: bytes | None, pid: bytes | None, tid: bytes | None, event: bytes) -> str:
        """``comm``, ``comm-pid``, ``comm-pid/tid``, as wished; below its event where all events are."""
        name = task_name(comm, pid, tid, self.options)
        if self.options.all_events:
            return ";".join(filter(None, [clean(event.decode("utf-8", "replace")), name]))
        if not names_pids(self.options):
            self.roots[comm] = name
        return name

    def account(self) -> Account:
        stacks: dict[Stack, Number] = {}
        for (root, callers, leaf), weight in self.sums.items():
            entry = (root + callers + leaf).lstrip(";") or "(unnamed)"
            stacks[entry] = stacks.get(entry, 0) + weight
        return Account(stacks, self.events.units, self.events.left_out, self.reader.unread, self.reader.lost)


def task_name(comm: bytes | None, pid: bytes | None, tid: bytes | None, options: Options) -> str:
    """The root frame of a task, empty where ``-F`` left out the comm. A single number in its header is the tid: the pid
    is ``?``, as in the peers."""
    name = (comm or b"").decode("utf-8", "replace").replace(" ", "_")
    if pid and names_pids(options):
        pid, tid = (pid, tid) if tid else (b"?", pid)
        name += f"-{pid.decode()}" if name else pid.decode()
        if options.tid or options.threads:
            name += f"/{tid.decode()}"
    return clean(name) if name else ""


def names_pids(options: Options) -> bool:
    return options.pid or options.tid or options.threads or options.processes
