"""What a user does with a picture, done in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from browser.conftest import Show
from browser.pages import FRAMES, TREE, details, focused, frame, hovered, link, matched, names, width
from render.pictures import boxes, drawn, read
from resq_flame.folded import Differential, Folded, Meta

CAPTURE = "py-spy-0.4-compileall.folded"
LEAF = "_call_with_frames_removed (<frozen importlib._bootstrap>:241)"


@pytest.fixture
def tree(show: Show) -> Page:
    return show(Folded(stacks=dict(TREE)))


# ---- The two layers


@pytest.mark.parametrize("name", [CAPTURE, "perf-6.1-cpp.folded", "perf-6.1-differential.folded", "hostile.folded"])
def test_the_script_draws_what_the_static_layer_has(show: Show, name: str) -> None:
    profile = read(name)
    page = show(profile, width=1200)
    live = page.evaluate(
        """[...document.querySelectorAll("#frames .func_g")].map((group) => {
            const rect = group.querySelector("rect"), text = group.querySelector("text");
            return [group.getAttribute("aria-label"), text?.textContent ?? "", rect.getAttribute("class"),
                    ...["x", "y", "width"].map((name) => Number(rect.getAttribute(name)))];
        })"""
    )
    still = boxes(drawn(profile, width=1200))
    assert [each[:3] for each in live] == [[box.title.rpartition(" (")[0], box.label, box.fill] for box in still]
    for shown, box in zip(live, still, strict=True):
        assert shown[3:] == pytest.approx([box.x, box.y, box.width], abs=0.11)


def test_without_scripts_the_picture_is_there(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)), scripts=False)
    assert page.locator("#frames .func_g rect").count() == 8
    assert page.locator("button").count() == 0


def test_without_decompression_the_static_layer_is_worked_on(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)), before="delete window.DecompressionStream")
    frame(page, "render").click()
    assert names(page) == ["all", "main", "serve", "render", "escape", "join"]
    assert "60 samples, 60.00%" in details(page)
    page.keyboard.press("Escape")
    assert len(names(page)) == 8


def test_frames_too_narrow_at_first_appear_when_zoomed(show: Show) -> None:
    wide = {f"main;busy;f{number}": 1000 for number in range(90)}
    page = show(Folded(stacks={**wide, "main;rare;leaf": 1, "main;rare": 20}), minwidth=0.001)
    assert "leaf" not in names(page)
    page.goto(page.url + "?x=90000&y=2")
    page.wait_for_selector("svg.ready", state="attached")
    assert names(page) == ["all", "main", "rare", "leaf"]


def test_a_picture_of_nothing_opens(show: Show) -> None:
    assert names(show(Folded())) == ["all"]


def test_both_themes_have_their_own_colours(show: Show) -> None:
    fills = {
        show(Folded(stacks=dict(TREE)), scheme=scheme).evaluate(
            "[...document.querySelectorAll('rect, text')].map((each) => getComputedStyle(each).fill).join()"
        )
        for scheme in ("light", "dark")
    }
    assert len(fills) == 2


@pytest.mark.parametrize("pixels", [400, 900, 1600])
def test_it_is_as_wide_as_its_window(show: Show, pixels: int) -> None:
    page = show(read(CAPTURE), size=(pixels, 800), inverted=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= pixels
    assert width(frame(page, "all")) == pytest.approx(pixels - 24, abs=20)  # the margins, a scroll bar
    widths = """[...document.querySelectorAll(".func_g")].map((group) =>
        ["rect", "text"].map((tag) => group.querySelector(tag)?.getBBox().width ?? 0))"""
    for box, label in page.evaluate(widths):
        assert label <= box


def test_a_fixed_width_stays(show: Show) -> None:
    page = show(read(CAPTURE), width=700)
    page.set_viewport_size({"width": 1100, "height": 700})
    assert width(frame(page, "all")) == pytest.approx(700 - 24, abs=1)


# ---- Zoom


def test_a_click_zooms_and_reset_zoom_goes_back(tree: Page) -> None:
    reset = tree.get_by_role("button", name="Reset Zoom")
    assert not reset.is_visible()
    frame(tree, "render").click()
    assert names(tree) == ["all", "main", "serve", "render", "escape", "join"]
    assert width(frame(tree, "render")) == width(frame(tree, "all"))
    assert "66.67% of view" in hovered(tree, "join")
    reset.click()
    assert names(tree) == ["all", "idle", "main", "serve", "parse", "render", "escape", "join"]
    assert not reset.is_visible()


def test_a_click_on_a_caller_zooms_out_to_it(tree: Page) -> None:
    frame(tree, "join").click()
    frame(tree, "serve").click()
    assert names(tree) == ["all", "main", "serve", "parse", "render", "escape", "join"]


# ---- Details


def test_hovering_tells_name_total_and_self(tree: Page) -> None:
    assert hovered(tree, "main") == "Function: main 91 samples, 91.00% · self 1, 1.00%"


def test_both_sides_of_a_difference_are_told(show: Show) -> None:
    page = show(Differential(stacks={"main;a": (10, 30), "main;b": (60, 70)}))
    assert hovered(page, "a").endswith("30 samples, 30.00% · self 30, 30.00% · before 10, after 30 (+20)")


@pytest.mark.parametrize(
    ("unit", "weight", "told"),
    [
        ("microseconds", 1_234_567, "1.23 s (1,234,567 microseconds), 100.00% · self 1.23 s, 100.00%"),
        ("nanoseconds", 999_600, "1 ms (999,600 nanoseconds), 100.00% · self 1 ms, 100.00%"),
        ("milliseconds", 4_200_000, "4,200 s (4,200,000 milliseconds), 100.00% · self 4,200 s, 100.00%"),
        ("bytes", 1536, "1.5 KiB (1,536 bytes), 100.00% · self 1.5 KiB, 100.00%"),
        ("bytes", 0, "0 bytes, 0.00% · self 0, 0.00%"),
        ("cycles", 1_234_567, "1,234,567 cycles, 100.00% · self 1,234,567, 100.00%"),
    ],
)
def test_times_and_bytes_are_told_in_the_size_that_reads_best(show: Show, unit: str, weight: int, told: str) -> None:
    page = show(Folded(Meta(unit), {"main": weight}))
    page.keyboard.press("ArrowUp" if weight else "Home")
    assert details(page).endswith(told)


@pytest.mark.parametrize("pixels", [400, 700])
def test_name_and_numbers_both_have_room(show: Show, pixels: int) -> None:
    meta = Meta("microseconds", columns=("before", "after"))
    page = show(Differential(meta, {"main;parse_body": (2 * 10**6, 3 * 10**6)}), size=(pixels, 500))
    frame(page, "parse_body").click()
    page.locator("#search").fill("parse")
    for part in ("#details .name", "#details .numbers", "#matched"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["x"] + box["width"] <= pixels


# ---- The keyboard


@pytest.mark.parametrize(("inverted", "up", "down"), [(False, "ArrowUp", "ArrowDown"), (True, "ArrowDown", "ArrowUp")])
def test_arrows_walk_and_enter_zooms(show: Show, inverted: bool, up: str, down: str) -> None:
    page = show(Folded(stacks=dict(TREE)), inverted=inverted)
    page.keyboard.press(up)
    assert focused(page) == "main"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "idle"
    page.keyboard.press("ArrowRight")
    page.keyboard.press(up)
    page.keyboard.press(up)
    assert focused(page) == "render"
    assert details(page).startswith("Function: render 60 samples")
    page.keyboard.press("Enter")
    assert names(page) == ["all", "main", "serve", "render", "escape", "join"]
    page.keyboard.press(down)
    assert focused(page) == "serve"
    page.keyboard.press("Home")
    assert focused(page) == "all"


def test_tab_reaches_the_search_and_one_frame(tree: Page) -> None:
    seen = []
    for _ in range(4):
        tree.keyboard.press("Tab")
        seen.append(tree.evaluate("document.activeElement.id || document.activeElement.getAttribute('class')"))
    assert {"search", "case", "func_g"} <= set(seen)


# ---- The link


def test_a_link_restores_zoom_and_search(tree: Page) -> None:
    frame(tree, "render").click()
    tree.locator("#search").fill("JOIN")
    tree.keyboard.press("Control+i")
    assert link(tree) == {"x": ["40"], "y": ["3"], "s": ["JOIN"], "i": ["1"]}
    tree.reload()
    tree.wait_for_selector("svg.ready", state="attached")
    assert names(tree) == ["all", "main", "serve", "render", "escape", "join"]
    assert matched(tree) == "Matched: 66.67% of view · 40.00% of all · 1 frame"
    tree.get_by_role("button", name="Reset Zoom").click()
    tree.locator("#search").fill("")
    assert link(tree) == {}


@pytest.mark.parametrize("wrong", ["?x=7&y=9", "?x=a&y=b", "?s=(", "?x=", "?y=1&i=1"])
def test_a_link_that_leads_nowhere_shows_the_whole(show: Show, wrong: str) -> None:
    assert len(names(show(Folded(stacks=dict(TREE)), query=wrong))) == 8


def test_a_scroll_bar_takes_its_room(tree: Page) -> None:
    tree.evaluate("document.documentElement.style.width = '900px'")
    tree.wait_for_timeout(100)
    assert width(frame(tree, "all")) == pytest.approx(900 - 24, abs=1)


# ---- Names are data


def test_hostile_names_are_shown_and_run_nothing(show: Show) -> None:
    page = show(read("hostile.folded"), before="window.alert = () => { throw new Error('it ran'); }")
    for group in page.locator(FRAMES).all():
        group.focus()
        group.press("Enter")
        page.keyboard.press("Escape")
    assert page.evaluate("document.querySelectorAll('img, #frames script, #frames b, #details script').length") == 0
    assert hovered(page, "]]></script><img src=x onerror=alert(2)>").startswith("Function: ]]></script><img")


# ---- Real size


def test_a_real_capture_zooms_to_its_leaf(show: Show) -> None:
    page = show(read(CAPTURE))
    frame(page, LEAF).click()
    assert page.get_by_role("button", name="Reset Zoom").is_visible()
    assert link(page)["y"]
    page.keyboard.press("Escape")
    assert link(page) == {}
