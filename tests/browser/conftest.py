"""A real browser, and pages that show a picture of ours in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from render.pictures import drawn
from requirements import needs
from resq_flame.folded import Differential, Folded

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Show = Callable[..., Page]


@pytest.fixture(scope="module")  # its event loop is in the way of other modules'
def browser() -> Iterator[Browser]:
    path = needs("chromium", why="the pictures are tried in it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """``show(profile, …)`` draws a profile and opens it; nothing may fail in the page, and nothing may be asked for."""
    troubles: list[str] = []
    asked: list[str] = []
    pages: list[Page] = []

    def open_page(
        profile: Folded | Differential,
        *,
        query: str = "",
        before: str = "",
        scripts: bool = True,
        size: tuple[int, int] = (1200, 800),
        scheme: str = "light",
        touch: bool = False,
        **options: object,
    ) -> Page:
        picture = tmp_path / "picture.svg"
        picture.write_text(drawn(profile, **options), encoding="utf-8")
        page = browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
            java_script_enabled=scripts,
            has_touch=touch,
        )
        pages.append(page)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        if before:
            page.add_init_script(before)
        page.goto(picture.as_uri() + query)
        if scripts:
            page.wait_for_selector("svg.ready", state="attached")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert troubles == []
    assert {url.partition("?")[0] for url in asked} <= {(tmp_path / "picture.svg").as_uri()}
