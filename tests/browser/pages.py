"""What a user sees on a page, and where to take hold of it."""

from __future__ import annotations

from urllib.parse import parse_qs

from playwright.sync_api import Locator, Page

FRAMES = "#frames .func_g:visible"
TREE = {"main": 1, "main;serve;parse": 30, "main;serve;render;escape": 20, "main;serve;render;join": 40, "idle": 9}


def frame(page: Page, name: str) -> Locator:
    """The first drawn frame of this function."""
    return page.locator(FRAMES).nth(names(page).index(name))


def names(page: Page) -> list[str]:
    """Of the frames drawn now, callers first."""
    drawn = page.locator(FRAMES).evaluate_all("(all) => all.map((each) => each.getAttribute('aria-label'))")
    return [str(name) for name in drawn]


def rows(page: Page) -> list[list[str]]:
    """The same by row, from the top of the picture."""
    found: dict[float, list[str]] = {}
    for group, name in zip(page.locator(FRAMES).all(), names(page), strict=True):
        found.setdefault(float(group.locator("rect").first.get_attribute("y") or "nan"), []).append(name)
    return [found[y] for y in sorted(found)]


def width(locator: Locator) -> float:
    return float(locator.locator("rect").first.get_attribute("width") or "nan")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))


def details(page: Page) -> str:
    return page.locator("#details").inner_text().replace("\n", " ")


def hovered(page: Page, name: str) -> str:
    frame(page, name).hover()
    return details(page)


def matched(page: Page) -> str:
    return page.locator("#matched").inner_text()


def link(page: Page) -> dict[str, list[str]]:
    """What the address says once it was written, which the page does a moment later: its timers fire in order."""
    said = page.evaluate("new Promise((done) => setTimeout(() => done(location.search.slice(1)), 200))")
    return parse_qs(str(said))


def click(page: Page, name: str) -> None:
    """A button or an entry of a menu."""
    page.locator("button:visible", has_text=name).first.click()
