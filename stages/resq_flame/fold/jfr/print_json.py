"""The document that ``jfr print --json`` writes of a recording.

By OpenJDK 17, jdk/jfr/internal/tool/JSONWriter.java. Durations are as ISO 8601 has them, ``PT0.020S``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member
from resq_flame.fold.jfr import event
from resq_flame.fold.jfr.event import Event
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options

_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?")


_SHOWN = 5
"""Frames that ``jfr print`` shows of a stack when it is not told more."""


def events(start: bytes, stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Event]:
    """The events with a stack of a document of which the start was read."""
    document = json_document.load(io.BytesIO(start + stream.read()))
    if not isinstance(document, dict):
        raise ProfileError(f"expected a recording with events, found {described(document)}")
    deepest = 0
    for entry in member(member(document, "recording", dict), "events", list):
        found = entry if isinstance(entry, dict) else {}
        name, values = member(found, "type", str), member(found, "values", dict)
        if "stackTrace" in values:
            trace = values["stackTrace"]
            frames = trace.get("frames") if isinstance(trace, dict) else None
            frames = frames if isinstance(frames, list) else []
            deepest = max(deepest, len(frames))
            names = [_frame(frame, options) for frame in reversed(frames)]
            root = [f"thread {_thread(values)}"] if options.threads and names else []
            yield Event(name, root + names, *_weight(name, values), _at(trace, "truncated") is True)
    note_of_depth(deepest, ledger)


def note_of_depth(deepest: int, ledger: Ledger) -> None:
    if deepest == _SHOWN:
        ledger.note(f"no stack has more than {_SHOWN} frames, as jfr print cuts them: --stack-depth 64 shows more")


def _frame(frame: Any, options: Options) -> str:
    line = _at(frame, "lineNumber")
    method, class_name = _at(frame, "method", "name"), _at(frame, "method", "type", "name")
    return event.frame(
        class_name if isinstance(class_name, str) else "",
        method if isinstance(method, str) else "(unknown)",
        line if isinstance(line, int) else 0,
        lines=options.lines,
    )


def _thread(values: dict[str, Any]) -> str:
    thread = values.get("sampledThread") or values.get("eventThread")
    return str(_at(thread, "javaName") or _at(thread, "osName") or "(unknown)")


def _weight(name: str, values: dict[str, Any]) -> tuple[int, str]:
    default = event.DURATION if "duration" in values else event.COUNT
    field, unit = event.WEIGHTS.get(name, default)
    value = values.get(field, 1)
    if isinstance(value, str) and (found := _DURATION.fullmatch(value)):
        hours, minutes, seconds = (int(found[part] or 0) for part in (1, 2, 3))
        fraction = int((found[4] or "").ljust(9, "0"))
        value = (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000 + fraction
    return (value if isinstance(value, int) and value > 0 else 0), unit


def _at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
