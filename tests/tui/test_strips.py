"""Rows as text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from resq_flame.folded import Folded, clean
from resq_flame.render import palette
from resq_flame.render.options import Options
from resq_flame.tui.flame import strips
from resq_flame.tui.flame.colours import Colours
from resq_flame.tui.flame.graph import ROOT, graph
from resq_flame.tui.flame.rows import rows

NAMES = st.lists(st.text("ab漢🙂é ", min_size=1, max_size=12).map(clean), min_size=1, max_size=4).map(";".join)


def lines(stacks: dict[str, int], cells: int, *, plain: bool = False) -> list[str]:
    found = graph(Folded(stacks=stacks))
    colours = Colours(found, Options(), dark=True, plain=plain)
    per_cell = 1 if plain else strips.HALVES
    return [
        "".join(one.text for one in strips.segments(row, cells, per_cell, found.name, colours.box, colours))
        for row in rows(found, ROOT, cells * per_cell)
    ]


@pytest.mark.parametrize("plain", [False, True])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(stacks=st.dictionaries(NAMES, st.integers(1, 50), min_size=1, max_size=20), cells=st.integers(1, 60))
def test_a_row_is_as_wide_as_it_should_be(plain: bool, stacks: dict[str, int], cells: int) -> None:
    assert {cell_len(line) for line in lines(stacks, cells, plain=plain)} == {cells}


def test_labels_in_boxes_and_lines_between_them() -> None:
    assert lines({"parse;json": 8, "render": 12}, 20) == [
        " all                ",
        " parse  ▏render     ",
        " json               ",
    ]


def test_a_box_that_ends_in_a_cell_ends_in_its_middle() -> None:
    assert lines({"one": 7, "two": 9}, 8)[1] == "   ▌two "


def test_colours_are_those_of_the_svg() -> None:
    found = graph(Folded(stacks={"main;work": 3}))
    for dark, theme in ((True, palette.DARK), (False, palette.LIGHT)):
        colours = Colours(found, Options(colors="mem"), dark=dark, plain=False)
        fills, families = palette.fills(found.boxes.trie.names, "mem")
        expected = [palette.shade(families[fill // palette.SHADES], fill % palette.SHADES, theme) for fill in fills]
        assert [colours.fill(frame) for frame in (0, 1)] == expected


def test_without_colours_nothing_has_one() -> None:
    colours = Colours(graph(Folded(stacks={"a": 1})), Options(), dark=True, plain=True)
    made = [colours.box(0, selected=on, matches=also) for on in (True, False) for also in (True, False)]
    assert len({str(style) for style in made}) == 4
    assert not any(style.color or style.bgcolor for style in made)
