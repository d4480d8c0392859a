"""The files of the view that go into every SVG as they are: one style sheet, and a script in parts."""

from __future__ import annotations

import os
from functools import cache

PARTS = (
    "tree.js",
    "views.js",
    "profile.js",
    "words.js",
    "state.js",
    "controls.js",
    "picture.js",
    "size.js",
    "moves.js",
    "search.js",
    "table.js",
    "menus.js",
    "link.js",
    "keys.js",
    "main.js",
)
"""In the order in which they see each other; all in one function, so that a page knows none of their names."""


def source() -> str:
    """The script: its parts in one strict function."""
    parts = "\n".join(text(f"view/{name}") for name in PARTS)
    return f'(() => {{\n"use strict";\n\n{parts}}})();\n'


@cache
def text(name: str) -> str:
    """A file beside this one."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()
