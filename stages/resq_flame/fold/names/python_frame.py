"""A frame as Python prints it, named as py-spy names it: ``hash_rows (work.py:5)``."""

from __future__ import annotations

import re

from resq_flame.fold.names.frame_name import located

PATTERN = r'\s+(?:\((?P<language>\w+)\) )?File "(?P<file>.*)", line (?P<line>\d+|\?\?\?),? in (?P<name>.+)'


def name(found: re.Match[str], lines: bool | None) -> str:
    """The function with its file, and the line of it unless that is not wanted."""
    line = found["line"][:9]
    return located(found["name"].strip(), found["file"], int(line) if lines is not False and line.isdecimal() else 0)
