"""The sampled profiles inside a Chrome trace, put together from the pieces that V8 wrote of them.

``Profile`` opens one, and the ``ProfileChunk`` events with its id (without an id: of its process and thread) add
nodes, samples and times. A chunk is written by the thread that samples: a profile is of the thread of its ``Profile``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from resq_flame.fold.chrome_trace.spans import ThreadId, thread_of
from resq_flame.fold.documents.json_document import number
from resq_flame.fold.ledger import Ledger
from resq_flame.folded import Number, total

_LOST = "(unknown)"


@dataclass(slots=True)
class Profile:
    """A profile of one thread, in the form of a ``.cpuprofile``."""

    thread: ThreadId
    start: Number
    nodes: list[Any] = field(default_factory=list)
    samples: list[Any] = field(default_factory=list)
    deltas: list[Any] = field(default_factory=list)
    ended: Number | None = None

    @property
    def end(self) -> Number:
        """When it ended; when its last sample was taken, if that was not written."""
        return (
            self.start + total(number(delta, "a time delta") for delta in self.deltas)
            if self.ended is None
            else self.ended
        )

    @property
    def document(self) -> dict[str, Any]:
        """As a ``.cpuprofile`` is; nodes of chunks that the trace has lost (its buffer is a ring) have no name."""
        known = {key for node in self.nodes if isinstance(node, dict) and isinstance(key := node.get("id"), int)}
        lost = {sample for sample in self.samples if isinstance(sample, int)} - known
        return {
            "nodes": [*self.nodes, *({"id": key, "callFrame": {"functionName": _LOST}} for key in sorted(lost))],
            "samples": self.samples,
            "timeDeltas": self.deltas,
            "startTime": self.start,
            "endTime": self.end,
        }


def profiles(events: list[dict[str, Any]]) -> list[Profile]:
    """The profiles of a trace that have samples. Events may stand in any order."""
    found: dict[tuple[object, ...], Profile] = {}
    marked = [event for event in events if event.get("name") in ("Profile", "ProfileChunk", "CpuProfile")]
    for event in sorted(marked, key=lambda event: (event["name"] == "ProfileChunk", number(event.get("ts", 0), "ts"))):
        thread, data = thread_of(event), _data(event)
        key = (thread[0], str(event["id"])) if "id" in event else (*thread, "")
        profile = found.get(key)
        if profile is None or event["name"] != "ProfileChunk":
            profile = found[key] = Profile(thread, number(data.get("startTime", event.get("ts", 0)), "startTime"))
        _add(profile, data)
    return [profile for profile in found.values() if profile.samples]


def without_doubles(found: list[Profile], ledger: Ledger) -> list[Profile]:
    """The profiles of different threads or times; of several at once the one with the most samples.

    ``node --cpu-prof`` with a trace of its samples has two, at two intervals: together they would count double.
    """
    kept: list[Profile] = []
    for profile in sorted(found, key=lambda profile: -len(profile.samples)):
        if any(other.thread == profile.thread and _overlap(other, profile) for other in kept):
            count = len(profile.samples)
            ledger.drop("samples of a second profile of the same thread and time", profile.end - profile.start, count)
        else:
            kept.append(profile)
    return kept


def _overlap(one: Profile, other: Profile) -> bool:
    return one.start < other.end and other.start < one.end


def _add(profile: Profile, data: dict[str, Any]) -> None:
    """What one event adds; Chrome before 66 wrote the whole in one."""
    piece = data.get("cpuProfile")
    for holder in (data, piece if isinstance(piece, dict) else {}):
        for key, held in (("nodes", profile.nodes), ("samples", profile.samples), ("timeDeltas", profile.deltas)):
            added = holder.get(key)
            if isinstance(added, list):
                held += added
        if "endTime" in holder:
            profile.ended = number(holder["endTime"], "endTime")
        if "startTime" in holder and holder is piece:
            profile.start = number(holder["startTime"], "startTime")


def _data(event: dict[str, Any]) -> dict[str, Any]:
    args = event.get("args")
    data = args.get("data") if isinstance(args, dict) else None
    return data if isinstance(data, dict) else {}
