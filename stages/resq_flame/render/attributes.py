"""What single functions have beside their boxes: --nameattr of flamegraph.pl and inferno.

    main	title=where it all begins	class=entry
    parse_body	href=https://example.com/wiki/parse_body	target=_blank

A function, then ``name=value`` pairs, with tabs between them. Of a page's attributes those are taken that run nothing
and load nothing.
"""

from __future__ import annotations

import re

from resq_flame.stage import StageError

NAMES = ("title", "class", "href", "target")

_ADDRESS = re.compile(r"https?://[^\s]+|[\w./#?=&%-]+")


def read(path: str) -> dict[str, dict[str, str]]:
    """The attributes by function. Raises StageError for a line of another shape, and for other attributes."""
    found: dict[str, dict[str, str]] = {}
    with open(path, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            function, *pairs = line.rstrip("\r\n").split("\t")
            if function:
                found.setdefault(function, {}).update(_pair(each, f"{path}:{number}") for each in pairs if each)
    return found


def _pair(given: str, where: str) -> tuple[str, str]:
    name, _, value = given.partition("=")
    name, value = name.strip(), value.strip().removeprefix('"').removesuffix('"')
    if name not in NAMES:
        raise StageError(f"{where}: expected one of {', '.join(NAMES)}, found {name[:60]!r}")
    if name == "href" and not _ADDRESS.fullmatch(value):
        raise StageError(f"{where}: expected an address such as https://example.com/main, found {value[:60]!r}")
    if name in ("class", "target") and not re.fullmatch(r"[\w -]+", value):
        raise StageError(f"{where}: expected words for {name}, found {value[:60]!r}")
    return name, value
