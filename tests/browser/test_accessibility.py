"""What axe-core finds, what assistive technology is told, and paper."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import Show
from browser.pages import TREE, click, frame
from render.pictures import read
from requirements import needs, unmet
from resq_flame.folded import Differential, Folded
from resq_flame.render.formats import FORMATS
from resq_flame.render.options import Options

AXE = "axe-core@4"


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("axe")
    install = [needs("npm"), "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), AXE]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=120)
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        unmet(f"npm could not install {AXE}: {done.stderr.strip()[:200]}")
    return script.read_text(encoding="utf-8")


def serious(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    worst = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in worst]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("act", ["", "search", "table", "menu", "help", "sandwich"])
def test_axe_finds_nothing_serious(browser: Browser, axe: str, act: str, scheme: str, tmp_path: Path) -> None:
    picture = tmp_path / "picture.html"
    stacks = {stack: (weight, weight + 5) for stack, weight in TREE.items()}
    picture.write_bytes(b"".join(FORMATS["html"].draw(Differential(stacks=stacks), Options(title="axe"))))
    page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
    page.goto(picture.as_uri())
    page.wait_for_selector("svg.ready", state="attached")
    do(page, act)
    try:
        assert serious(page, axe) == []
    finally:
        page.close()


def do(page: Page, act: str) -> None:
    if act == "search":
        page.locator("#search").fill("render|parse")
    elif act == "sandwich":
        frame(page, "render").focus()
        page.keyboard.press("w")
    elif act:
        page.keyboard.press({"table": "t", "help": "?", "menu": "m"}[act])


def test_the_picture_alone_is_an_image_with_a_name(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)), scripts=False, title="Orders API")
    assert page.get_by_role("img", name="Orders API").count() == 1


def test_frames_are_a_tree_with_names(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)))
    assert page.get_by_role("tree", name="Flame Graph").count() == 1
    item = page.get_by_role("treeitem", name="render", exact=True)
    item.click()
    assert item.get_attribute("aria-level") == "4"
    assert item.locator("title").text_content() == "render (60 samples, 60.00%)"


def test_what_changes_is_told(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)))
    frame(page, "render").click()
    told = page.locator("#spoken")
    assert told.text_content() == "Zoomed to render, 60.00%"
    page.locator("#search").fill("j")
    page.keyboard.press("Enter")
    assert told.text_content() == "1 of 1: join (40 samples, 40.00%)"
    page.keyboard.press("Escape")
    click(page, "View")
    click(page, "Callers")
    assert told.text_content() == "Callers"


def test_the_focus_is_seen(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)))
    page.keyboard.press("ArrowUp")
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth") == "2px"


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "appear")])
def test_motion_is_reduced_where_that_is_asked_for(show: Show, motion: str, animation: str) -> None:
    page = show(Folded(stacks=dict(TREE)))
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]  # one of two words
    click(page, "View")
    assert page.locator(".popup").evaluate("(each) => getComputedStyle(each).animationName") == animation


# A page is laid out for paper without a word to its scripts.
UNTOLD = """window.ResizeObserver = class { observe() {} };
addEventListener("resize", (event) => event.stopImmediatePropagation());"""


def test_paper_holds_all_of_it(show: Show) -> None:
    page = show(read("perf-6.1-cpp.folded"), size=(1400, 700), scheme="dark", before=UNTOLD)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 600, "height": 800})
    box = page.locator("#frames").bounding_box()
    assert box is not None
    assert 500 < box["width"] <= 600
    assert page.locator("#background").evaluate("(each) => getComputedStyle(each).fill") == "rgb(255, 255, 255)"


def test_paper_shows_the_picture_alone(show: Show) -> None:
    page = show(read("py-spy-0.4-compileall.folded"), size=(900, 300))
    page.mouse.wheel(0, -100)
    page.keyboard.press("t")
    page.emulate_media(media="print")
    for hidden in ("#toolbar", "#panel", "#foot foreignObject"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator("#head").evaluate("(each) => getComputedStyle(each).transform") == "none"
    assert frame(page, "all").is_visible()
