"""Traces in the "Trace Event Format": Chrome's DevTools, ``node --trace-events-enabled``, Hermes, py-spy, Perfetto.

By its specification (Google, "Trace Event Format") and, for sampled profiles in it, by V8 11.3, src/profiler
(``CpuProfile::StreamPendingTraceEvents``); of Node 20.20, and of py-spy 0.4, cut:

    {"traceEvents":[{"pid":30649,"tid":30649,"ts":1286069428,"ph":"P","name":"Profile","id":"0x1",
       "args":{"data":{"startTime":1286069426}}},
      {"pid":30649,"tid":30657,"ts":1286082295,"ph":"P","name":"ProfileChunk","id":"0x1","args":{"data":{"cpuProfile":
        {"nodes":[{"callFrame":{"functionName":"tick"},"id":2,"parent":1}],"samples":[2]},"timeDeltas":[2789]}}}]}
    [{"name":"hash_rows","ph":"B","pid":30785,"tid":1397,"ts":33636,"args":{"filename":"/srv/work.py","line":5}},…

Sampled profiles (``Profile`` with its ``ProfileChunk``, ``CpuProfile``) are what is folded where there are any; else
the trace's own samples (``stackFrames``); else the nesting of events in time. Weights are microseconds, of
``stackFrames`` samples. Of two profiles of one thread at one time the finer one is taken.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold import cpuprofile
from resq_flame.fold.chrome_trace import spans as trace_spans
from resq_flame.fold.chrome_trace.profiles import profiles, without_doubles
from resq_flame.fold.chrome_trace.spans import ThreadId, own_times, spans_by_thread, thread_of
from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member
from resq_flame.fold.documents.json_tables import an_object, called, text
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number, Stack, stack


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return {"traceEvents", "samples[].sf"} <= paths or any(
        {f"{at}.ph", f"{at}.pid"} <= paths or {f"{at}.ph", f"{at}.ts"} <= paths for at in ("traceEvents[]", "[]")
    )


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """The weight of each stack. Raises ProfileError where the document is no trace."""
    document = _load(stream)
    events = _events(document)
    roots = _Roots(events, options)
    stacks: dict[Stack, Number] = defaultdict(int)
    for thread, frames, weight in _weighed(document, events, options, ledger):
        stacks[";".join(filter(None, (roots[thread], frames)))] += weight
    return dict(stacks)


def _weighed(
    document: Any, events: list[dict[str, Any]], options: Options, ledger: Ledger
) -> Iterator[tuple[ThreadId, Stack, Number]]:
    """Thread, stack and weight of whatever the trace has. The ledger learns how many events are not in it."""
    folded_phases: tuple[str, ...] = ("P",)
    found = profiles(events)
    if found:
        for profile in without_doubles(found, ledger):
            for entry, weight in cpuprofile.folded(profile.document, options, ledger).items():
                yield profile.thread, entry, weight
    elif isinstance(document, dict) and document.get("stackFrames") and document.get("samples"):
        ledger.unit = "samples"
        yield from _samples(document, options.lines)
    else:
        ledger.unit = "microseconds"
        folded_phases = trace_spans.PHASES
        for thread, spans in spans_by_thread(events, options.lines, ledger).items():
            for frames, weight in own_times(spans, ledger):
                yield thread, stack(frames), weight
    others = sum(event.get("ph") not in (*folded_phases, "M") for event in events)
    if others:
        kinds = "instants, counters, …" if folded_phases == trace_spans.PHASES else "it has samples, which are folded"
        ledger.note(f"{others} other events of the trace are passed over ({kinds})")


def _load(stream: BinaryIO) -> Any:
    """The document; a list may lack its end, so that a program that is killed leaves a whole trace (specification)."""
    content = stream.read(json_document.LIMIT + 1)
    tail = content[-4096:].rstrip()
    if content.lstrip()[:1] == b"[" and tail.endswith((b"}", b"},", b"[")):
        content = content[: len(content) - len(content[-4096:]) + len(tail)].removesuffix(b",") + b"]"
    return json_document.load(io.BytesIO(content))


def _events(document: Any) -> list[dict[str, Any]]:
    found = member(document, "traceEvents", list) if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise ProfileError(f"expected a list of events, found {described(found)}")
    return [an_object(event, "an event") for event in found]


class _Roots:
    """The frames that stand for process and thread, as far as they are asked for."""

    def __init__(self, events: list[dict[str, Any]], options: Options) -> None:
        self._processes, self._threads = options.processes, options.threads
        self._names: dict[tuple[str, ...], str] = {}
        for event in events:
            args = event.get("args")
            if (
                event.get("ph") == "M"
                and isinstance(args, dict)
                and event.get("name") in ("process_name", "thread_name")
            ):
                process, thread = thread_of(event)
                key = (process,) if event["name"] == "process_name" else (process, thread)
                self._names[key] = text(args.get("name"))

    def __getitem__(self, thread: ThreadId) -> Stack:
        wanted = ((self._processes, thread[:1]), (self._threads, thread))
        return ";".join(stack([f"{self._names.get(key, '')} {key[-1]}"]) for asked, key in wanted if asked)


def _samples(document: dict[str, Any], lines: bool | None) -> Iterator[tuple[ThreadId, Stack, Number]]:
    """The trace's own samples: each names the leaf of a tree of frames."""
    tree = member(document, "stackFrames", dict)
    for found in member(document, "samples", list):
        sample = an_object(found, "a sample")
        key = sample.get("sf")
        frames: list[str] = []
        while key is not None and key != "":
            frame = tree.get(str(key))
            if not isinstance(frame, dict) or len(frames) > len(tree):
                raise ProfileError(
                    f"expected the stack frame {described(key)} in the tree of them, found none: damaged?"
                )
            frames.append(called(frame.get("name"), frame.get("url"), _whole(frame.get("line")), lines))
            key = frame.get("parent")
        if frames:
            yield thread_of(sample), stack(reversed(frames)), 1


def _whole(found: object) -> int:
    """A line; Hermes writes numbers as texts."""
    return int(found) if isinstance(found, int | str) and str(found).isdecimal() and len(str(found)) < 10 else 0
