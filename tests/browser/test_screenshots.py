"""Pictures compared: what the script draws with what is drawn without it, and each theme with the other."""

from __future__ import annotations

import io
from typing import Any

import pytest
from playwright.sync_api import Page

from browser.conftest import Show
from render.pictures import read

CAPTURES = ["perf-6.1-cpp.folded", "perf-6.1-differential.folded", "hostile.folded"]

PIL = pytest.importorskip("PIL")


def picture(page: Page) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def unlike(one: Any, other: Any, box: tuple[int, int, int, int]) -> float:
    """The part of this region that is not the same to the eye."""
    from PIL import ImageChops

    apart = ImageChops.difference(one.crop(box), other.crop(box)).convert("L").point(lambda value: 255 * (value > 40))
    return apart.histogram()[255] / (apart.width * apart.height)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CAPTURES)
def test_the_script_changes_nothing_that_is_seen_of_the_frames(show: Show, name: str, scheme: str) -> None:
    profile = read(name)
    pages = [show(profile, scripts=scripts, scheme=scheme, inverted=True, width=1200) for scripts in (False, True)]
    still, live = map(picture, pages)
    rows = pages[1].locator("#frames").bounding_box()
    assert rows is not None
    assert unlike(still, live, (0, 46, 1200, min(int(rows["y"] + rows["height"]), 740))) < 0.002


def test_light_and_dark_are_light_and_dark(show: Show) -> None:
    light, dark = (picture(show(read(CAPTURES[0]), scheme=scheme)) for scheme in ("light", "dark"))
    assert min(light.getpixel((5, 5))) > 240
    assert max(dark.getpixel((5, 5))) < 40
    assert unlike(light, dark, (0, 0, 1200, 300)) > 0.9


def test_a_match_is_seen(show: Show) -> None:
    page = show(read(CAPTURES[0]))
    before = picture(page)
    page.locator("#search").fill("^main$")
    page.mouse.click(600, 10)
    assert unlike(before, picture(page), (0, 46, 1200, 300)) > 0.05
