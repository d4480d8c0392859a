"""A frame as Java prints it, with a module and a class loader in front from Java 9 on:

at Work.renderTemplate(Work.java:5)
at java.lang.Object.wait(java.base@17.0.15/Native Method)
at app//org.example.Main.run(Main.java:12)
"""

from __future__ import annotations

import re

from resq_flame.fold.names.frame_name import located

PATTERN = (
    r"\s*at (?:[^\s(/]*/){0,2}(?!0x)(?P<method>[^\s(/][^(]*)"
    r"\((?:[^\s()]*/)?(?P<file>[^():]*)(?::(?P<line>\d+))?[^)]*\)*"
)
"""Of Java's own traces, with the groups method, file and line. A hidden class has a ``/0x…`` of its own."""

_NO_FILE = ("Native Method", "Unknown Source", "Compiled Code", "")


def name(found: re.Match[str], lines: bool) -> str:
    """The method; with ``lines`` and its file and line where they are known."""
    method = found["method"].strip()
    if not lines or found["file"] in _NO_FILE:
        return method
    return located(method, found["file"], int((found["line"] or "0")[:9]))
