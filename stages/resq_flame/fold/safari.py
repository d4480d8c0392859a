"""Safari's Web Inspector: a timeline recording, exported ("JavaScript & Events").

By WebKit's Web Inspector (UserInterface/Models/TimelineRecording.js, ScriptProfilerTarget); one of Safari 13.1, cut:

    {"version":1,"recording":{"displayName":"Timeline 1","startTime":4.16,"endTime":6.69,"records":[…],
      "sampleStackTraces":[{"timestamp":4.4726,"stackFrames":[
         {"sourceID":"7","name":"beta","line":9,"column":5,"url":"file:///simple.html"},{"name":"(program)"}]}],
      "sampleDurations":[0.001]},"overview":{…}}

Frames are leaf first, weights seconds. Nothing is sampled while no script runs, so there is no idle time in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import an_object, called
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return "recording.sampleStackTraces" in paths or {"recording.displayName", "recording.startTime"} <= paths


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    ledger.unit = "seconds"
    recording = member(an_object(json_document.load(stream), "the document"), "recording", dict)
    traces, durations = member(recording, "sampleStackTraces", list), member(recording, "sampleDurations", list)
    if len(traces) != len(durations):
        raise ProfileError(f"expected as many durations as samples ({len(traces)}), found {len(durations)}")
    for trace, duration in zip(traces, durations, strict=True):
        frames = member(an_object(trace, "a sample"), "stackFrames", list)
        weight = number(duration, "a duration")
        if weight < 0 or not frames:
            ledger.drop("samples of negative duration" if weight < 0 else "samples without a frame", weight)
        elif weight:
            yield tuple([_name(an_object(frame, "a frame"), options.lines) for frame in reversed(frames)]), weight


def _name(frame: dict[str, Any], lines: bool | None) -> str:
    return called(frame.get("name"), frame.get("url"), frame.get("line"), lines)
