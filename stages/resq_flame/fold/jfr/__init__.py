"""Java Flight Recorder: recordings of the JDK and of async-profiler, and what ``jfr print`` makes of them.

The binary form is in ``chunk``, the text in ``print_text``; as JSON (``jfr print --json``), cut:

    {"recording":{"events":[{"type":"jdk.ExecutionSample","values":{"state":"STATE_RUNNABLE","stackTrace":{
      "truncated":false,"frames":[{"method":{"type":{"name":"Work"},"name":"hashRows"},"lineNumber":4}]}}}]}}

A recording has several kinds of events with a stack. Folded are the execution samples, or the first kind of GROUPS that
is there; --event names another one (``alloc``, ``jdk.ThreadPark``, ``ThreadPark``). Frames are ``Work$Repo.call`` with
packages as ``java/lang/``, as async-profiler and perf-map-agent have them; --lines adds ``:LINE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.jfr import chunk, print_json, print_text
from resq_flame.fold.jfr.event import Event
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number, Stack, stack

# By what users call them, the best first: the events, and what counts of each (nothing: the event itself).
GROUPS = {
    "cpu": ("jdk.ExecutionSample",),
    "cpu-time": ("jdk.CPUTimeSample",),
    "wall": ("profiler.WallClockSample",),
    "native": ("jdk.NativeMethodSample",),
    "alloc": ("jdk.ObjectAllocationSample",),
    "tlab": ("jdk.ObjectAllocationInNewTLAB", "jdk.ObjectAllocationOutsideTLAB"),
    "live": ("profiler.LiveObject",),
    "malloc": ("profiler.Malloc",),
    "lock": ("jdk.JavaMonitorEnter", "jdk.ThreadPark"),
}

_START = 1 << 10
_TRUNCATED = "stacks are cut at their root: record with a larger stackdepth"


@dataclass(slots=True)
class _Kind:
    """All events of one name."""

    unit: str
    stacks: dict[Stack, Number]
    count: int = 0
    truncated: int = 0
    without: int = 0


def sniff(head: bytes) -> bool:
    return head.startswith(chunk.MAGIC) or "recording.events" in json_document.paths(head) or print_text.sniff(head)


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """Raises ProfileError where no event has a stack, OptionError where none is what ``--event`` names."""
    kinds: dict[str, _Kind] = {}
    for event in _events(stream, options, ledger):
        kind = kinds.setdefault(event.name, _Kind(event.unit, {}))
        kind.count += 1
        kind.truncated += event.truncated
        kind.without += not event.frames
        if event.weight and event.frames:
            entry = stack(event.frames)
            kind.stacks[entry] = kind.stacks.get(entry, 0) + event.weight
    chosen = _chosen(kinds, options.event or options.sample_type)
    ledger.unit = kinds[chosen[0]].unit
    for name in sorted(kinds.keys() - chosen):
        ledger.drop(f"{name} events (--event folds them)", kinds[name].count, kinds[name].count)
    if without := sum(kinds[name].without for name in chosen):
        ledger.drop("events without a stack", without, without)
    if truncated := sum(kinds[name].truncated for name in chosen):
        ledger.note(f"{truncated} {_TRUNCATED}")
    folded: dict[Stack, Number] = {}
    for name in chosen:
        for entry, weight in kinds[name].stacks.items():
            folded[entry] = folded.get(entry, 0) + weight
    return folded


def _events(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Event]:
    magic = stream.read(len(chunk.MAGIC))
    if magic == chunk.MAGIC:
        return chunk.events(stream, options, ledger)
    start = magic + stream.read(_START)
    if print_text.sniff(start):
        return print_text.events(BytesIO(start + stream.read()), options, ledger)
    return print_json.events(start, stream, options, ledger)


def _chosen(kinds: dict[str, _Kind], wanted: str | None) -> list[str]:
    """The names of the events to fold; there is at least one, and they share their unit."""
    if not kinds:
        raise ProfileError("expected a recording of events with stacks, found none")
    if wanted is None:
        groups = [[name for name in names if name in kinds] for names in GROUPS.values()]
        return next(filter(None, groups), sorted(kinds)[:1])
    found = [name for name in kinds if name in GROUPS.get(wanted, ()) or wanted in (name, name.rpartition(".")[2])]
    if not found:
        raise OptionError(f"expected an event it has with stacks ({', '.join(sorted(kinds))}), found {wanted!r}")
    return found
