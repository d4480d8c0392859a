"""A profile as https://www.speedscope.app opens it (file-format-schema.json of speedscope 1.x).

{"$schema": "https://www.speedscope.app/file-format-schema.json", "shared": {"frames": [{"name": "main"}]},
 "profiles": [{"type": "sampled", "name": "after", "unit": "microseconds", "startValue": 0, "endValue": 12,
               "samples": [[0]], "weights": [12]}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from resq_flame.folded import Differential, Folded, Meta, Number, Stack, order, summed
from resq_flame.render.layout import Profile
from resq_flame.render.options import Options
from resq_flame.render.svg import heading
from resq_flame.render.timeline import Timeline

SCHEMA = "https://www.speedscope.app/file-format-schema.json"

_UNITS = frozenset({"nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"})


def draw(profile: Profile, options: Options) -> Iterator[bytes]:
    """The JSON; a differential profile becomes two, ``before`` and ``after``."""
    frames: dict[str, int] = {}
    title = heading(profile.meta, options)
    sides = [_sampled(name or title, profile.meta, entries, frames) for name, entries in _sides(profile)]
    document = {
        "$schema": SCHEMA,
        "name": title,
        "exporter": "resq-flame",
        "shared": {"frames": [{"name": name} for name in frames]},
        "profiles": sides,
    }
    yield json.dumps(document, separators=(",", ":")).encode() + b"\n"


def _sides(profile: Profile) -> Iterator[tuple[str, Iterable[tuple[Stack, Number]]]]:
    if isinstance(profile, Timeline):
        yield "", profile.entries
    elif isinstance(profile, Folded):
        yield "", [(entry, profile.stacks[entry]) for entry in sorted(profile.stacks, key=order)]
    elif isinstance(profile, Differential):
        plain = summed(profile).stacks
        for at, side in enumerate(("before", "after")):
            yield side, [(entry, plain[entry][at]) for entry in sorted(plain, key=order) if plain[entry][at]]


def _sampled(
    name: str, meta: Meta, entries: Iterable[tuple[Stack, Number]], frames: dict[str, int]
) -> dict[str, object]:
    samples, weights = [], []
    for entry, weight in entries:
        samples.append([frames.setdefault(frame, len(frames)) for frame in entry.split(";")])
        weights.append(weight if isinstance(weight, int) else float(weight))
    return {
        "type": "sampled",
        "name": name,
        "unit": meta.unit if meta.unit in _UNITS else "none",
        "startValue": 0,
        "endValue": sum(weights),
        "samples": samples,
        "weights": weights,
    }
