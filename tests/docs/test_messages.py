"""What the guide quotes of the programs' messages is what they say: texts of the code, and what they fill in."""

from __future__ import annotations

import ast
import functools
import re

import pytest

from programs import ROOT, STAGES

GUIDE = ROOT / "docs" / "PROFILING_FLAMEGRAPH_GUIDE.md"
QUOTES = re.findall(r"^#### `(.*)`$", GUIDE.read_text("utf-8"), re.MULTILINE)
TELLING = 8
"""Letters that a text has at the least to be told from another."""
FILLED_IN = 0.4
"""How much of a message may be names and numbers."""


@functools.cache
def texts() -> frozenset[str]:
    """All texts of the code, between what is filled in."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (STAGES / "resq_flame").rglob("*.py"))
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    parts = (part for value in constants if isinstance(value, str) for part in re.split(r"\{\w+\}", value))
    stripped = (part.strip(" :;,(") for part in parts)
    return frozenset(text for text in stripped if len(text) >= TELLING)


@pytest.mark.parametrize("quote", QUOTES)
def test_is_said_by_a_program(quote: str) -> None:
    left = quote
    for text in sorted(texts(), key=len, reverse=True):
        left = left.replace(text, "")
    assert len(left) <= FILLED_IN * len(quote), f"no program says {left!r}"


def test_there_are_quotes() -> None:
    assert len(QUOTES) > 15
