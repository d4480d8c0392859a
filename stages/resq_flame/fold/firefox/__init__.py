"""The Firefox Profiler's file: Firefox itself, samply, Vernier (Ruby) and whatever else profiler.firefox.com opens.

By firefox-devtools/profiler, docs-developer/processed-profile-format.md and gecko-profile-format.md; one of samply
0.13, cut:

    {"meta":{"interval":10.1,"product":"wcpp on vm","symbolicated":false,"version":24,"preprocessedProfileVersion":55},
     "libs":[{"name":"libc.so.6"}],"threads":[{"name":"wcpp","pid":"28829","tid":"28829",
       "samples":{"length":2,"stack":[1,0],"weight":[1,1],"weightType":"samples","threadCPUDelta":[10101,10101]},
       "stackTable":{"prefix":[null,0],"frame":[0,1]},"frameTable":{"func":[0,1]},"funcTable":{"name":[1,2],"resource":[0,0]},
       "resourceTable":{"name":[0]},"stringArray":["wcpp","0x1624","main"]}]}

A sample's stack is the leaf of a prefix tree. Weights are samples, or of the thread's ``weightType``; --sample-type
threadCPUDelta takes the CPU time between samples instead. All threads are folded together (--threads, --processes).
Samples whose leaf is of the category Idle are left out (--idle). A name that is an address was not symbolised; Gecko's
addresses become FILE+OFFSET.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import an_object, text
from resq_flame.fold.firefox.thread import Thread, libraries
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number

CPU_DELTA = "threadCPUDelta"

# "tracing-ms" is of markers drawn as samples: how long each lasted.
_WEIGHT_UNITS = {"samples": "samples", "bytes": "bytes", "tracing-ms": "milliseconds"}
_CPU_UNITS = {"µs": "microseconds", "ns": "nanoseconds", "variable CPU cycles": "cycles"}


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return (
        any(
            f"{at}libs[].breakpadId" in paths
            or {f"{at}meta.interval", f"{at}meta.processType"} <= paths
            or {f"{at}meta.interval", f"{at}meta.preprocessedProfileVersion"} <= paths
            or {f"{at}threads[].stackTable", f"{at}threads[].frameTable"} <= paths
            for at in ("", "profile.")
        )
        or {"label", "duration", "markers"} <= paths
    )  # the envelope of the developer tools until Firefox 79


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    document = an_object(json_document.load(stream), "the document")
    profile = member(document, "profile", dict) if "profile" in document else document
    threads = list(_threads(profile))
    ledger.unit = _unit(threads, options.sample_type)
    for thread in threads:
        roots = ((thread.process,) if options.processes else ()) + ((thread.name,) if options.threads else ())
        for index, weight in zip(thread.stacks, _weights(thread, options.sample_type), strict=True):
            if index is None:
                ledger.drop("samples without a frame", weight)
            elif weight < 0:
                ledger.drop("samples of negative weight", weight)
            elif thread.is_idle(index) and not options.idle:
                ledger.drop("idle samples", weight)
            elif weight:
                yield roots + thread.frames(index, options.lines), weight
    addresses, names = (sum(counts) for counts in zip(*(thread.unknown() for thread in threads), strict=True))
    if addresses:
        ledger.note(f"{addresses} of {names} functions are addresses only: it was saved before it was symbolised")


def _threads(profile: dict[str, Any]) -> Iterator[Thread]:
    """The threads of a profile, and of the processes inside it (Gecko's form)."""
    waiting: list[Any] = [profile]
    while waiting:
        process = an_object(waiting.pop(), "a process")
        meta, shared = process.get("meta"), process.get("shared")
        mapped = libraries(process.get("libs"))
        for found in member(process, "threads", list):
            yield Thread(
                an_object(found, "a thread"),
                shared if isinstance(shared, dict) else {},
                meta if isinstance(meta, dict) else {},
                mapped,
            )
        waiting += member(process, "processes", list) if "processes" in process else []


def _unit(threads: list[Thread], wanted: str | None) -> str:
    """The one unit of all threads. Raises OptionError and ProfileError where there is none."""
    if wanted not in (None, "samples", CPU_DELTA):
        raise OptionError(f"expected samples or {CPU_DELTA}, found {wanted!r}")
    if not threads:
        raise ProfileError("expected at least one thread, found none")
    if wanted == CPU_DELTA:
        units = {_CPU_UNITS.get(thread.cpu_unit, "microseconds") for thread in threads}
    else:
        units = {_WEIGHT_UNITS.get(text(thread.samples.get("weightType")), "samples") for thread in threads}
    if len(units) > 1:
        raise ProfileError(f"expected threads of one unit, found {', '.join(sorted(units))}")
    return units.pop()


def _weights(thread: Thread, wanted: str | None) -> Iterator[Number]:
    column = thread.samples.get(CPU_DELTA if wanted == CPU_DELTA else "weight")
    if wanted == CPU_DELTA and column is None and thread.stacks:
        raise OptionError(f"expected {CPU_DELTA} in the samples of {thread.name}, found none: recorded without it")
    missing = 0 if wanted == CPU_DELTA else 1
    if not isinstance(column, list):
        yield from [missing] * len(thread.stacks)
        return
    if len(column) != len(thread.stacks):
        raise ProfileError(f"expected as many weights as samples ({len(thread.stacks)}), found {len(column)}")
    for entry in column:
        yield missing if entry is None else number(entry, "a weight")
