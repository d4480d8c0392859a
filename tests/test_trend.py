"""The trend: shares, lines, and a page that needs nothing from elsewhere."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resq_flame import history, trend
from resq_flame.merge.filters import Filters
from resq_flame.trend import chart, page
from resq_flame.trend.__main__ import main

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PROFILES = (
    ["main;work 30\nmain;rest 70\n"],
    ["main;work 50\nmain;rest 50\n", "main;work 10\nmain;rest 30\nmain;idle 60\n"],
    ['main;work;work 45\nmain;rest 45\nmain;<b>&"new"</script> 10\n'],
)


@pytest.fixture
def entries(tmp_path: Path) -> list[history.Entry]:
    for number, rounds in enumerate(PROFILES):
        at = START + timedelta(days=number)
        history.add(tmp_path, [one.encode() for one in rounds], at, f"{number}" * 40)
    return history.entries(tmp_path)


def shares(entries: list[history.Entry], **filters: tuple[re.Pattern[str], ...]) -> list[trend.Shares]:
    return [trend.shares(entry, Filters(**filters)) for entry in entries]


def test_shares_are_of_all_rounds_together(entries: list[history.Entry]) -> None:
    found = shares(entries)
    assert found[1].self == {"main": 0, "work": 30, "rest": 40, "idle": 30}
    assert found[2].total["work"] == 45  # recursion counts once


def test_filters(entries: list[history.Entry]) -> None:
    found = shares(entries, ignore=(re.compile("idle"),))
    assert round(found[1].self["work"], 3) == 42.857


def test_lines_are_the_largest_and_leave_out_what_is_on_every_stack(entries: list[history.Entry]) -> None:
    found = trend.lines([one.total for one in shares(entries)], 3)
    assert [(line.name, line.shares) for line in found] == [
        ("rest", (70, 40, 45)),
        ("work", (30, 30, 45)),
        ("idle", (0, 30, 0)),
    ]
    assert found[1].change == 15


def test_the_page_needs_nothing_from_elsewhere_and_shows_names_as_they_are(entries: list[history.Entry]) -> None:
    text = page.draw("A & B", shares(entries), 10)
    assert "<title>A &amp; B: trend</title>" in text
    assert "3 profiles, 20 Nov 2026 to 22 Nov 2026" in text
    assert "&lt;b&gt;&amp;&quot;new&quot;&lt;/script&gt;" in text
    assert not re.search(r"https?://|src=|@import|url\(", text)
    assert text.count("</script>") == 3
    assert "prefers-color-scheme: dark" in text


def test_the_same_again_is_the_same_page(entries: list[history.Entry]) -> None:
    assert page.draw("x", shares(entries), 5) == page.draw("x", shares(entries), 5)


def test_a_filter_that_is_no_regular_expression_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path), "--focus", "("])
    assert ended.value.code == 2


def test_one_profile_says_that_a_trend_needs_two(entries: list[history.Entry]) -> None:
    assert "one profile, 20 Nov 2026: a trend needs two" in page.draw("x", shares(entries[:1]), 5)


@given(st.floats(0, 100))
def test_the_scale_is_round_and_holds_the_largest(largest: float) -> None:
    highest, step = chart.scale(largest)
    assert largest <= highest + 1e-6
    assert 1 <= round(highest / step) <= 5
    assert f"{step:g}".strip("0.")[0] in "125"


@given(st.lists(st.floats(chart.TOP, chart.HEIGHT - chart.BOTTOM), max_size=chart.COLOURS))
def test_names_do_not_overlap_and_keep_their_order(places: list[float]) -> None:
    found = chart.spread(places)
    assert all(chart.TOP - 1e-6 <= place <= chart.HEIGHT - chart.BOTTOM + 1e-6 for place in found)
    ordered = sorted(range(len(places)), key=lambda index: (places[index], found[index]))
    for one, other in itertools.pairwise(ordered):
        assert found[other] - found[one] >= chart.LABEL - 1e-6
