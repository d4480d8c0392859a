"""Colours that a file keeps from picture to picture: palette.map, as flamegraph.pl --cp and inferno --cp have it.

    main->rgb(227,104,24)
    std::vector<int>::push_back->rgb(208,44,10)

The colour is what follows the last ``->`` (names of C++ and Java hold it too).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from resq_flame.folded import Stack
from resq_flame.render import palette
from resq_flame.render.layout import Profile
from resq_flame.render.options import Options
from resq_flame.render.timeline import Timeline
from resq_flame.stage import StageError

_LINE = re.compile(r"(.*)->rgb\( *(\d{1,3}) *, *(\d{1,3}) *, *(\d{1,3}) *\)")


def read(path: str) -> dict[str, str]:
    """``#rrggbb`` by name; nothing where there is no file yet. Raises StageError for a line of another shape."""
    if not os.path.exists(path):
        return {}
    colours = {}
    with open(path, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            found = _LINE.fullmatch(line.rstrip("\r\n"))
            channels = [int(channel) for channel in found.groups()[1:]] if found else [256]
            if found is None or max(channels) > 255:
                raise StageError(f'{path}:{number}: expected "name->rgb(r,g,b)", found {line.strip()[:60]!r}')
            colours[found[1]] = "#" + "".join(f"{channel:02x}" for channel in channels)
    return colours


def kept(path: str, profile: Profile, options: Options) -> dict[str, str]:
    """The colours of the file, and of the names in this profile that it did not have."""
    colours = read(path)
    names = {name: None for entry in _stacks(profile) for name in entry.split(";") if name not in colours}
    found = palette.colouring(sorted(names), options.colors, by_order=options.random)
    for name, fill in zip(sorted(names), found.fills, strict=True):
        family, number = divmod(fill, palette.SHADES)
        colours[name] = palette.shade(found.families[family], number, palette.LIGHT)
    return colours


def _stacks(profile: Profile) -> Iterable[Stack]:
    return (entry for entry, _ in profile.entries) if isinstance(profile, Timeline) else profile.stacks


def dump(colours: Mapping[str, str]) -> Iterator[bytes]:
    """The file of these colours, sorted by name."""
    for name, colour in sorted(colours.items()):
        channels = ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
        yield f"{name}->rgb({channels})\n".encode("utf-8", "replace")
