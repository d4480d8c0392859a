"""What hands expect of a page: the mouse's buttons, a finger, the browser's Back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from browser.conftest import Show
from browser.pages import TREE, click, frame, link, matched, names, rows
from resq_flame.folded import Differential, Folded

ALL = ["all", "idle", "main", "serve", "parse", "render", "escape", "join"]
RENDER = ["all", "main", "serve", "render", "escape", "join"]


@pytest.fixture
def tree(show: Show) -> Page:
    return show(Folded(stacks=dict(TREE)))


def test_a_double_click_zooms_once(tree: Page) -> None:
    frame(tree, "render").dblclick()
    assert names(tree) == RENDER
    assert tree.evaluate("getSelection().toString()") == ""


def test_the_right_button_is_the_browsers(tree: Page) -> None:
    tree.evaluate("window.taken = []; addEventListener('contextmenu', (event) => taken.push(event.defaultPrevented))")
    frame(tree, "render").click(button="right")
    assert tree.evaluate("taken") == [False]
    assert (names(tree), tree.get_by_role("menu").count()) == (ALL, 0)


@pytest.mark.parametrize("button", ["middle", "right"])
def test_other_buttons_do_not_zoom(tree: Page, button: str) -> None:
    frame(tree, "render").click(button=button)  # type: ignore[arg-type]  # one of three words
    assert names(tree) == ALL


def test_shift_and_a_click_open_what_can_be_done(tree: Page) -> None:
    frame(tree, "render").click(modifiers=["Shift"])
    assert tree.get_by_role("menu", name="render").is_visible()
    assert names(tree) == ALL


def test_the_frame_in_view_has_a_button_for_what_can_be_done(tree: Page) -> None:
    frame(tree, "render").click()
    tree.get_by_role("button", name="What can be done with render").click()
    click(tree, "Hide this function")
    assert names(tree) == ["all", "main", "serve", "escape", "join", "parse"]


def test_a_finger_zooms_and_a_long_press_opens_what_can_be_done(show: Show) -> None:
    page = show(Folded(stacks=dict(TREE)), touch=True)
    frame(page, "render").tap()
    assert names(page) == RENDER
    page.locator("#frames .func_g", has_text="serve").evaluate(
        """(group) => group.dispatchEvent(new PointerEvent("contextmenu",
               { pointerType: "touch", clientX: 60, clientY: 90, bubbles: true, cancelable: true }))"""
    )
    assert page.get_by_role("menu", name="serve").is_visible()


def test_back_and_forward_go_through_the_views(tree: Page) -> None:
    frame(tree, "serve").click()
    assert set(link(tree)) == {"x", "y"}
    tree.locator("#search").fill("join")  # no step of its own
    assert set(link(tree)) == {"x", "y", "s"}
    frame(tree, "render").click()
    link(tree)
    tree.keyboard.press("i")
    link(tree)
    tree.keyboard.press("v")
    link(tree)
    tree.go_back()
    assert rows(tree)[0] == ["all"]
    assert names(tree) == RENDER
    tree.go_back()
    assert rows(tree)[-1] == ["all"]
    tree.go_back()
    assert names(tree) == ["all", "main", "serve", "parse", "render", "escape", "join"]
    assert matched(tree).startswith("Matched: 44.44% of view")
    tree.go_back()
    assert (names(tree), matched(tree)) == (ALL, "")
    tree.go_forward()
    assert names(tree) == ["all", "main", "serve", "parse", "render", "escape", "join"]


def test_back_takes_the_other_side_back(show: Show) -> None:
    page = show(Differential(stacks={"main;gone": (10, 0), "main;left": (10, 10)}))
    page.keyboard.press("b")
    assert link(page) == {"b": ["before"]}
    assert "gone" in names(page)
    page.go_back()
    assert "gone" not in names(page)
    assert page.get_by_role("button", name="After").get_attribute("aria-pressed") == "true"


def test_keys_before_the_script_is_ready_do_no_harm(show: Show) -> None:
    early = """addEventListener("DOMContentLoaded", () => {
      for (const key of ["/", "i", "Enter", "ArrowUp"])
        document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      document.querySelector(".func_g").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    })"""
    assert names(show(Folded(stacks=dict(TREE)), before=early)) == ALL
