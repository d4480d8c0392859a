"""Searching: what is marked, how much it is, and the walk from match to match."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from browser.conftest import Show
from browser.pages import TREE, details, focused, frame, hovered, matched, names
from resq_flame.folded import Differential, Folded


@pytest.fixture
def tree(show: Show) -> Page:
    return show(Folded(stacks=dict(TREE)))


def marked(page: Page) -> list[str]:
    found = page.locator("#frames .match:visible").evaluate_all("(all) => all.map((e) => e.getAttribute('aria-label'))")
    return [str(name) for name in found]


@pytest.mark.parametrize("keys", ["Control+f", "F3", "/"])
def test_keys_that_search(tree: Page, keys: str) -> None:
    tree.keyboard.press(keys)
    tree.keyboard.type("^(render|parse)$")
    assert marked(tree) == ["parse", "render"]
    assert matched(tree) == "Matched: 90.00% · 2 frames"


def test_a_match_below_a_match_weighs_once(tree: Page) -> None:
    tree.locator("#search").fill("e")
    assert matched(tree) == "Matched: 99.00% · 5 frames"


def test_the_share_is_that_of_the_view_and_of_all(tree: Page) -> None:
    tree.locator("#search").fill("join")
    assert matched(tree) == "Matched: 40.00% · 1 frame"
    frame(tree, "render").click()
    assert matched(tree) == "Matched: 66.67% of view · 40.00% of all · 1 frame"


def test_case_is_ignored_on_demand(tree: Page) -> None:
    tree.locator("#search").fill("MAIN")
    assert matched(tree) == "Matched: 0.00% · 0 frames"
    tree.keyboard.press("Control+i")
    assert matched(tree) == "Matched: 91.00% · 1 frame"
    tree.get_by_role("button", name="Ignore case").click()
    assert matched(tree) == "Matched: 0.00% · 0 frames"


def test_what_is_no_regular_expression_is_said_to_be_none(tree: Page) -> None:
    tree.locator("#search").fill("(")
    assert matched(tree) == "not a regular expression"
    tree.locator("#search").fill("(main)")
    assert matched(tree) == "Matched: 91.00% · 1 frame"


def test_ctrl_f_twice_is_the_browsers_own_search(tree: Page) -> None:
    tree.evaluate("window.taken = []; addEventListener('keydown', (event) => taken.push(event.defaultPrevented))")
    tree.keyboard.press("Control+f")
    tree.keyboard.press("Control+f")
    assert tree.evaluate("taken").count(True) == 1
    assert tree.evaluate("taken.at(-1)") is False


def test_escape_clears_the_search_then_the_zoom(tree: Page) -> None:
    frame(tree, "render").click()
    tree.keyboard.press("/")
    tree.keyboard.type("join")
    tree.keyboard.press("Escape")
    assert marked(tree) == []
    assert tree.get_by_role("button", name="Reset Zoom").is_visible()
    tree.keyboard.press("Escape")
    assert not tree.get_by_role("button", name="Reset Zoom").is_visible()


def place(page: Page) -> tuple[str, str]:
    here = page.locator("#frames .here").get_attribute("aria-label") or ""
    return here, page.locator("#place").inner_text()


def test_the_walk_goes_round_both_ways(tree: Page) -> None:
    tree.locator("#search").fill("^(idle|parse|join)$")
    steps = ["Enter", "Enter", "Enter", "Enter", "Shift+Enter", "Shift+Enter"]
    seen = []
    for step in steps:
        tree.keyboard.press(step)
        seen.append(place(tree))
    assert seen == [
        ("idle", "1/3"),
        ("parse", "2/3"),
        ("join", "3/3"),
        ("idle", "1/3"),
        ("join", "3/3"),
        ("parse", "2/3"),
    ]
    assert details(tree).startswith("Function: parse 30 samples")
    assert focused(tree) == "Search frames by regular expression (Ctrl+F)"


def test_letters_walk_where_the_search_is_not_focused(tree: Page) -> None:
    tree.locator("#search").fill("^(idle|parse|join)$")
    tree.keyboard.press("ArrowDown")
    seen = []
    for key in ("n", "n", "N"):
        tree.keyboard.press(key)
        seen.append(focused(tree))
    assert seen == ["idle", "parse", "idle"]


def test_the_walk_reaches_frames_too_narrow_to_be_drawn(show: Show) -> None:
    wide = {f"main;busy;f{number}": 1000 for number in range(90)}
    page = show(Folded(stacks={**wide, "main;rare;needle": 1, "main;rare;other;needle": 1}))
    page.locator("#search").fill("needle")
    assert "needle" not in names(page)
    page.keyboard.press("Enter")
    assert place(page) == ("needle", "1/2")
    page.get_by_role("button", name="Next match").click()
    assert place(page) == ("needle", "2/2")
    assert "other" in names(page)
    page.get_by_role("button", name="Previous match").click()
    assert place(page) == ("needle", "1/2")


def test_a_difference_counts_matches_of_the_side_that_is_shown(show: Show) -> None:
    page = show(Differential(stacks={"main;gone": (10, 0), "main;left": (10, 10)}))
    page.locator("#search").fill("gone")
    assert matched(page) == "Matched: 0.00% · 0 frames"
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("/")
    page.keyboard.type("gone")
    assert matched(page) == "Matched: 50.00% · 1 frame"
    assert hovered(page, "gone").endswith("before 10, after 0 (-10, vanished)")
