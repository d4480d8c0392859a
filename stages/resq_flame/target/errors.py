"""Where a target's file is wrong: file, line and key, what was expected, what was found, the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class TargetError(ValueError):
    """The file is no target. The message is one line: file, line, key, what was expected, what was found."""


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML file as it was read, to say where in it something stands."""

    path: Path
    text: str

    def error(self, table: str, key: str, message: str) -> TargetError:
        return TargetError(f"{self.path}:{self.line(table, key)}: {f'{table}.{key}' if key else table}: {message}")

    def line(self, table: str, key: str) -> int:
        """Where the key stands, else where its table starts; tomllib does not tell."""
        heading = re.compile(rf"""\s*\[*\s*["']?{re.escape(table)}["']?\s*[].=]""")
        assignment = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""")
        inside, place = False, 0
        for number, line in enumerate(self.text.splitlines(), 1):
            starts_table = line.lstrip().startswith("[")
            if heading.match(line):
                inside, place = starts_table, place or number
                if key and not starts_table and key in line:  # capture.source = ..., capture = { source = ... }
                    return number
            elif starts_table:
                inside = False
            elif inside and key and assignment.match(line):
                return number
        return place or 1


def unknown(what: str, found: str, known: Iterable[str]) -> str:
    """What is said of a word that is not known, with the nearest one that is."""
    import difflib  # only for those who mistyped

    near = difflib.get_close_matches(found, known := list(known), 1)
    meant = f', did you mean "{near[0]}"?' if near else ""
    return f"unknown {what}{meant} (known: {', '.join(known)})"
