"""Searching a graph."""

from __future__ import annotations

import pytest

from resq_flame.folded import Folded
from resq_flame.tui.flame.graph import ROOT, graph
from resq_flame.tui.flame.search import heaviest, named, search

STACKS = {"main;parse;parse_body": 30, "main;Render": 50, "main;idle": 20}


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        ("parse", 30),  # once, though parse_body is inside of parse
        ("PARSE", 0),
        ("render", 50),
        ("Render", 50),
        ("^idle$|body", 50),
        ("(", 0),  # no regular expression: plain text
        ("main", 100),
    ],
)
def test_how_much_matches(wanted: str, total: float) -> None:
    assert search(graph(Folded(stacks=STACKS)), wanted).total == total


def test_a_name_is_meant_exactly() -> None:
    found = graph(Folded(stacks=STACKS))
    assert [found.name(frame) for frame in named(found, "parse").frames] == ["parse"]


def test_the_heaviest_match() -> None:
    found = graph(Folded(stacks={"a;x": 1, "b;x": 5}))
    assert found.path(heaviest(found, named(found, "x"))) == ("b", "x")
    assert heaviest(found, named(found, "y")) == ROOT
