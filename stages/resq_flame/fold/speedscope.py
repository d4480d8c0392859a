"""speedscope's own file, which py-spy, rbspy, memray, pyinstrument, dotnet-trace, Excimer and many more write.

By speedscope 1.22, src/lib/file-format-spec.ts; one of py-spy 0.4, cut:

    {"$schema":"https://www.speedscope.app/file-format-schema.json",
     "shared":{"frames":[{"name":"parse_body","file":"/srv/work.py","line":13},{"name":"handle","file":"/srv/work.py"}]},
     "profiles":[{"type":"sampled","name":"Thread 25032","unit":"seconds","startValue":0.0,"endValue":1.87,
       "samples":[[1,0],[1]],"weights":[0.01,0.01]}]}

A sample is its frames, root first, by their numbers. An evented profile has the openings and closings of frames
instead: ``{"type":"O","frame":0,"at":2.5}``. Weights have the profile's own unit; a file may have several profiles, as
a rule one for each thread. Those of the unit of the first one shown (``activeProfileIndex``) are folded together;
--sample-type takes another unit or name, --threads keeps the profiles apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import a_list, an_object, called, row, text
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Number

Sample = tuple[tuple[str, ...], Number]

# The others are called as ours are.
_UNITS = {"none": "count", "": "count"}


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return ("$schema" in paths and b"speedscope.app/file-format-schema.json" in head) or (
        "shared.frames[].name" in paths and "profiles[].unit" in paths
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    document = an_object(json_document.load(stream), "the document")
    names = _frames(member(document, "shared", dict), options.lines)
    profiles = [an_object(found, "a profile") for found in member(document, "profiles", list)]
    chosen = _chosen(profiles, document.get("activeProfileIndex"), options.sample_type, ledger)
    for profile in chosen:
        thread = (text(profile.get("name")),) if options.threads else ()
        read = {"sampled": _sampled, "evented": _evented}.get(text(profile.get("type")))
        if read is None:
            raise ProfileError(f'expected a profile of the type "sampled" or "evented", found {profile.get("type")!r}')
        for frames, weight in read(profile, names):
            if weight < 0:
                ledger.drop("samples of negative weight", weight)
            elif not frames:
                ledger.drop("samples without a frame", weight)
            elif weight:
                yield thread + frames, weight


def _frames(shared: dict[str, Any], lines: bool | None) -> list[str]:
    frames = [an_object(found, "a frame") for found in member(shared, "frames", list)]
    return [called(frame.get("name"), frame.get("file"), frame.get("line"), lines) for frame in frames]


def _chosen(profiles: list[dict[str, Any]], active: object, wanted: str | None, ledger: Ledger) -> list[dict[str, Any]]:
    """The profiles to fold, all of one unit. The ledger learns the unit, and which profiles are left out."""
    if not profiles:
        raise ProfileError("expected at least one profile, found none")
    known = [(text(profile.get("name")), _unit(profile)) for profile in profiles]
    if wanted is not None:
        named = [at for at, (name, unit) in enumerate(known) if wanted in (name, unit)]
        if not named:
            has = ", ".join(dict.fromkeys(f"{name!r} ({unit})" for name, unit in known))
            raise OptionError(f"expected a profile or a unit that it has: {has}; found {wanted!r}")
    else:
        named = [active] if type(active) is int and 0 <= active < len(profiles) else [0]
    ledger.unit = known[named[0]][1]
    if wanted is None or wanted == ledger.unit:
        named = [at for at, (_, unit) in enumerate(known) if unit == ledger.unit]
    others = [f"{name!r} ({unit})" for at, (name, unit) in enumerate(known) if at not in named]
    if others:
        ledger.note(f"{len(others)} other profiles are left out: {', '.join(others)} (--sample-type takes one)")
    return [profiles[at] for at in named]


def _unit(profile: dict[str, Any]) -> str:
    unit = text(profile.get("unit"))
    return _UNITS.get(unit, unit)


def _sampled(profile: dict[str, Any], names: list[str]) -> Iterator[Sample]:
    stacks, weights = member(profile, "samples", list), member(profile, "weights", list)
    if len(stacks) != len(weights):
        raise ProfileError(f"expected as many weights as samples ({len(stacks)}), found {len(weights)}")
    for stack, weight in zip(stacks, weights, strict=True):
        yield tuple([row(names, index, "frames") for index in a_list(stack, "a sample")]), number(weight, "a weight")


def _evented(profile: dict[str, Any], names: list[str]) -> Iterator[Sample]:
    """The time between each two events, with the frames that were open then."""
    opened: list[str] = []
    before = number(profile.get("startValue", 0), "startValue")
    for found in member(profile, "events", list):
        event = an_object(found, "an event")
        at, name = number(event.get("at"), "at"), row(names, event.get("frame"), "frames")
        if opened:
            yield tuple(opened), at - before
        before = at
        if event.get("type") == "O":
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        else:
            raise ProfileError(
                f"expected the frame that was opened last ({opened[-1] if opened else 'none'}) "
                f"to be closed at {at}, found {name}"
            )
    if opened:
        yield tuple(opened), max(number(profile.get("endValue", before), "endValue") - before, 0)
