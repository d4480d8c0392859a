"""``go tool pprof -raw``: a profile.proto as text.

By pprof's profile/profile.go (Profile.String) of Go 1.26; a sample's leaf and a location's innermost call come first:

    Samples:
    samples/count cpu/nanoseconds[dflt]
              1   10000000: 1 2
    Locations
         1: 0x58b265 M=1 main.hash /srv/main.go:18:9 s=16
                     main.hashRows /srv/main.go:22:2 s=20
    Mappings

The weight is the default sample type, else the last one (--sample-type names another). --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import SECOND, Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_SNIFF = re.compile(rb"^Samples:\s*\n(?:[^\s/]+/[^\s/]+ )*[^\s/]+/[^\s/]+\s*$", re.MULTILINE)
_TYPE = re.compile(r"(\S+)/(\S*?)(\[dflt\])?")
_SAMPLE = re.compile(r"((?: *-?\d{1,30}(?!\d))+): ([\d ]*)")
_LOCATION = re.compile(r" *(?P<id>\d+): (?P<address>0x[0-9a-f]+)(?: M=\d+)?(?: \[F\])? ?(?P<line>.*)")
_LINE = re.compile(r"(?P<name>.+?) (?P<file>\S.*|):(?P<line>\d+)(?::\d+)? s=\d+(?:\(.*\))?")
_INDENT = "             "


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The weight of each stack, root first. Raises ProfileError where the list of samples is missing."""
    text = lines(stream)
    if not any(line.startswith("Samples:") for line in text):
        raise ProfileError('expected "Samples:", found none: cut short?')
    chosen = _chosen(next(text, ""), options.sample_type, ledger)
    found = list(_samples(text, chosen, ledger))
    places = _places(text, bool(options.lines))
    for weight, ids in found:
        frames = [frame for key in reversed(ids) for frame in reversed(places.get(key, []))]
        if len(places.keys() & set(ids)) < len(set(ids)):
            ledger.drop("samples with locations that are nowhere in the file: cut short?", weight)
        elif frames:
            yield frames, weight
        else:
            ledger.drop("samples without a frame", weight)


def _chosen(line: str, asked: str | None, ledger: Ledger) -> int:
    """The position of the value that is the weight. The ledger learns its unit."""
    types = [kind for kind in map(_TYPE.fullmatch, line.split()) if kind]
    names = [kind[1] for kind in types]
    if not names:
        raise ProfileError(f'expected the sample types below "Samples:", found {quoted(line.encode())}')
    default = next((kind[1] for kind in types if kind[3]), names[-1])
    if (asked or default) not in names:
        raise OptionError(f"expected a sample type it has ({', '.join(names)}), found {asked!r}")
    if len(names) > 1:
        ledger.note(
            f"has the sample types {', '.join(names)}: these are {asked or default} (--sample-type takes another)"
        )
    chosen = names.index(asked or default)
    unit = types[chosen][2]
    ledger.unit = "samples" if (names[chosen], unit) == ("samples", "count") else unit or "count"
    return chosen


def _samples(text: Iterator[str], chosen: int, ledger: Ledger) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line in text:
        if line.startswith("Locations"):
            return
        if found := _SAMPLE.fullmatch(line):
            values = found[1].split()
            weight = int(values[chosen]) if chosen < len(values) else 0
            if weight > 0:
                yield weight, tuple(found[2].split())
            elif weight:
                ledger.drop("samples of negative weight (a difference of two profiles)", weight)


def _places(text: Iterator[str], lines: bool) -> dict[str, list[str]]:
    """The frames of each location, innermost first."""
    places: dict[str, list[str]] = {}
    frames: list[str] = []
    for line in text:
        if line.startswith("Mappings"):
            break
        if location := _LOCATION.fullmatch(line):
            frames = places.setdefault(location["id"], [])
            frames.append(_name(location["line"], lines) or location["address"])
        elif line.startswith(_INDENT) and line.strip():
            frames.append(_name(line.strip(), lines))
    if any(line.startswith("Samples:") for line in text):
        raise ProfileError(SECOND)
    return places


def _name(text: str, lines: bool) -> str:
    found = _LINE.fullmatch(text.strip())
    if not found:
        return text.strip()
    return located(found["name"], found["file"], int(found["line"][:9])) if lines else found["name"]
