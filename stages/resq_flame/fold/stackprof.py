"""stackprof's JSON, of Ruby: ``stackprof --json``, or ``JSON.generate(StackProf.run(raw: true) { … })``.

By stackprof 0.2.21, ext/stackprof/stackprof.c; one of it, cut:

    {"version":1.2,"mode":"cpu","interval":1000,"samples":489,"gc_samples":79,"missed_samples":0,
     "frames":{"5335909920":{"name":"Object#d","file":"/srv/simple.rb","line":24,"total_samples":331,"samples":331}},
     "raw":[3,4530376200,5335911040,5335909920,291,1,4530376200,79]}

``raw`` has for each stack how many frames, these by their keys, root first, and how many samples. Weights are samples,
in the mode "object" allocations, of which every ``interval``-th was sampled. Without ``raw`` there are no stacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member
from resq_flame.fold.documents.json_tables import an_object, called
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return {"mode", "interval", "samples", "gc_samples"} <= paths


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    profile = an_object(json_document.load(stream), "the document")
    names = {
        key: called(frame.get("name"), frame.get("file"), frame.get("line"), options.lines)
        for key, found in member(profile, "frames", dict).items()
        if (frame := an_object(found, "a frame"))
    }
    if "raw" not in profile:
        raise ProfileError('expected stacks under "raw", found none: profile with StackProf.run(raw: true)')
    weight = _interval(profile, ledger)
    for frames, count in _stacks(member(profile, "raw", list), names):
        if frames:
            yield frames, count * weight
        else:
            ledger.drop("samples without a frame", count * weight, count)


def _interval(profile: dict[str, Any], ledger: Ledger) -> int:
    """What one sample stands for. The ledger learns its unit, and that samples were missed."""
    missed = profile.get("missed_samples")
    if isinstance(missed, int) and missed > 0:
        ledger.note(f"stackprof missed {missed} samples")
    if profile.get("mode") != "object":
        return 1
    ledger.unit = "count"
    interval = profile.get("interval")
    return interval if type(interval) is int and interval > 0 else 1


def _stacks(raw: list[Any], names: dict[str, str]) -> Iterator[tuple[tuple[str, ...], int]]:
    at = 0
    while at < len(raw):
        height = raw[at]
        end = at + 1 + height if type(height) is int and height >= 0 else len(raw)
        if end >= len(raw) or type(raw[end]) is not int or raw[end] < 0:
            raise ProfileError(
                f'expected a stack of {described(height)} frames and its count in "raw" at {at}: damaged?'
            )
        try:
            yield tuple([names[str(key)] for key in raw[at + 1 : end]]), raw[end]
        except KeyError as missing:
            raise ProfileError(f'expected the frame {missing} of "raw", found none: damaged?') from None
        at = end + 1
