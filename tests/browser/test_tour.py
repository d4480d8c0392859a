"""Everything a user does, one after the other, on a real capture and on 100,000 frames."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from browser.conftest import Show
from browser.pages import FRAMES, click, details, frame, link, matched, names
from render.pictures import read
from resq_flame import trie
from resq_flame.folded import Folded

WIDTHS = """[...document.querySelectorAll("#frames .func_g")].filter((each) => each.style.display !== "none")
    .map((each) => ["x", "y", "width"].map((name) => Number(each.querySelector("rect").getAttribute(name))))"""


def many() -> Folded:
    stacks = {
        f"main;w{a};x{b};y{c};z{d}": 1 + (a * 7 + b * 5 + c * 3 + d) % 97
        for a in range(10)
        for b in range(20)
        for c in range(20)
        for d in range(24)
    }
    assert len(trie.grow(stacks).frame) > 100_000 - 10_000
    return Folded(stacks=stacks | {"main;rare;needle": 1})


def capture() -> Folded:
    profile = read("perf-6.1-cpp.folded")
    assert isinstance(profile, Folded)
    return profile


def sound(page: Page) -> bool:
    """Boxes of a row do not overlap, and none leaves the picture."""
    rows: dict[float, list[tuple[float, float]]] = {}
    for x, y, wide in page.evaluate(WIDTHS):
        rows.setdefault(y, []).append((x, x + wide))
    return all(
        left >= 0 and right <= 1200 and (at == 0 or sorted(row)[at - 1][1] <= left + 0.02)
        for row in rows.values()
        for at, (left, right) in enumerate(sorted(row))
    )


@pytest.mark.parametrize("profile", [capture, many])
def test_a_tour(show: Show, profile: object) -> None:
    page = show(profile() if callable(profile) else profile)
    first = names(page)
    assert sound(page)
    wide = names(page)[4]

    frame(page, wide).click()
    assert page.get_by_role("button", name="Reset Zoom").is_visible()
    assert "100.00% of view" in details(page)
    assert sound(page)
    page.locator("#search").fill(f"^{wide[:3]}".replace("(", "\\(").replace("[", "\\["))
    assert not matched(page).startswith("Matched: 0.00%")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    assert page.locator("#place").inner_text().count("/") == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert names(page) == first

    for key, chip in (("v", "Callers"), ("r", "Recursion merged")):
        page.keyboard.press(key)
        assert chip in page.locator(".chip").first.inner_text()
        assert sound(page)
        page.keyboard.press(key)
        assert names(page) == first

    for key, chip in (("w", "Sandwich"), ("o", "Only"), ("h", "Hidden")):
        frame(page, wide).focus()
        page.keyboard.press(key)
        assert page.locator(".chip").inner_text().startswith(f"{chip}: {wide[:10]}")
        assert sound(page)
        page.keyboard.press("0")
        assert names(page) == first

    assert link(page) == {}
    page.keyboard.press("i")
    assert sound(page)
    assert set(link(page)) == {"o"}
    page.keyboard.press("t")
    assert page.locator("#panel tbody tr").count() > 3
    assert sound(page)
    assert set(link(page)) == {"o", "t"}
    page.go_back()
    page.go_back()
    assert names(page) == first


def test_what_is_too_narrow_of_a_hundred_thousand_is_found_and_shown(show: Show) -> None:
    page = show(many())
    assert page.locator(FRAMES).count() < 5000
    assert "needle" not in names(page)
    page.keyboard.press("/")
    page.keyboard.type("needle")
    assert matched(page).endswith("1 frame")
    page.keyboard.press("Enter")
    assert names(page)[-2:] == ["rare", "needle"]
    page.locator("#search").fill("^z23$")
    click(page, "Reset Zoom")
    assert 3 < float(matched(page).removeprefix("Matched: ").partition("%")[0]) < 5
    page.goto(page.url.split("?")[0] + "?x=1&y=4")
    page.wait_for_selector("svg.ready", state="attached")
    assert sum(name.startswith("z") for name in names(page)) == 24
