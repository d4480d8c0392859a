"""How a frame is called where its source is known: ``function (file:line)``, as py-spy and Node's traces have it."""

from __future__ import annotations

import re

ANONYMOUS = "(anonymous)"

PLACED = re.compile(r"(?P<name>.+?) (?P<file>\S+):(?P<line>\d{1,9})")
"""``main.run /srv/app/main.go:15``, as pprof -lines and yappi have it."""

_LINE = re.compile(r":\d+\)$")


def located(name: str, file: str, line: int = 0) -> str:
    """``name (base-name-of-file:line)``; without the line where it is not known, just the name without a file."""
    place = base_name(file)
    if not place:
        return name
    return f"{name} ({place}:{line})" if line > 0 else f"{name} ({place})"


def called(name: str, file: str = "", line: int = 0, lines: bool | None = None) -> str:
    """The frame of a function whose source is known, as ``--lines`` (``lines``) asks for it.

    By default that is its name alone, but what would be like any other also has its place: a function without a name,
    and Python's ``<module>``, ``<lambda>``, …, of which only the file, as their line is the one that ran.
    """
    if lines or (lines is None and not name):
        return located(name or ANONYMOUS, file, line)
    if lines is None and name.startswith("<") and name.endswith(">"):
        return located(name, file)
    return name or ANONYMOUS


def without_line(frame: str) -> str:
    """The frame as it would be without ``:line``."""
    return _LINE.sub(")", frame) if frame.endswith(")") else frame


def base_name(file: str) -> str:
    """The last part of a path or an address; Node's own modules (``node:internal/timers``) keep their whole name."""
    if file.startswith("node:"):
        return file
    if file.startswith("data:"):
        return "data:"
    return re.split(r"[?#]", file, maxsplit=1)[0].replace("\\", "/").rstrip("/").rpartition("/")[2]
