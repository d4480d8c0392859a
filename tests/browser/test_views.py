"""Other ways to look at a profile: callers, sandwich, recursion, hidden and chosen functions, both sides, the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Show
from browser.pages import TREE, click, details, frame, hovered, link, matched, names, rows, width
from resq_flame.folded import Differential, Folded
from resq_flame.render import timeline
from resq_flame.render.formats import FORMATS
from resq_flame.render.options import Options

DEEP = {"main;a;hash": 2, "main;b;hash": 3, "main;b;hash;hash;copy": 4, "idle": 1}


@pytest.fixture
def tree(show: Show) -> Page:
    return show(Folded(stacks=dict(TREE)))


@pytest.fixture
def deep(show: Show) -> Page:
    return show(Folded(stacks=dict(DEEP)))


def chips(page: Page) -> list[str]:
    return [chip.removesuffix("×") for chip in page.locator(".chip").all_inner_texts()]


def test_flame_or_icicle(tree: Page) -> None:
    flame = rows(tree)
    tree.keyboard.press("i")
    assert rows(tree) == flame[::-1]
    assert link(tree) == {"o": ["icicle"]}
    click(tree, "View")
    assert tree.get_by_role("menuitemcheckbox", name="Icicle graph").get_attribute("aria-checked") == "true"
    click(tree, "Icicle graph")
    assert rows(tree) == flame


@pytest.mark.parametrize(("there", "back"), [("w", "0"), ("i", "i"), ("v", "v")])
def test_the_root_of_a_tall_graph_is_in_sight_from_view_to_view(show: Show, there: str, back: str) -> None:
    page = show(Folded(stacks={";".join(f"f{depth}" for depth in range(100)): 3, "f0;leaf": 2}))
    expect(frame(page, "all")).to_be_in_viewport()
    frame(page, "leaf").focus()
    page.keyboard.press(there)
    if there != "w":
        expect(frame(page, "all")).to_be_in_viewport()
    page.keyboard.press(back)
    expect(frame(page, "all")).to_be_in_viewport()


def test_the_root_of_a_tall_page_is_in_sight(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    profile = Folded(stacks={";".join(f"f{depth}" for depth in range(100)): 3})
    (tmp_path / "tall.html").write_bytes(b"".join(FORMATS["html"].draw(profile, Options())))
    page.goto((tmp_path / "tall.html").as_uri())
    expect(page.locator("svg.ready")).to_be_attached()
    expect(frame(page, "all")).to_be_in_viewport()


def test_callers_have_the_leaves_first(deep: Page) -> None:
    deep.keyboard.press("v")
    assert rows(deep)[::-1] == [
        ["all"],
        ["copy", "hash", "idle"],
        ["hash", "a", "b"],
        ["hash", "main", "main"],
        ["b"],
        ["main"],
    ]
    assert hovered(deep, "hash").startswith("Function: hash 4 samples")  # the caller of copy
    assert chips(deep) == ["Callers"]
    click(deep, "Callers")
    assert names(deep)[:3] == ["all", "idle", "main"]


def test_a_sandwich_has_callers_on_one_side_and_callees_on_the_other(deep: Page) -> None:
    frame(deep, "b").click()
    deep.keyboard.press("Escape")
    frame(deep, "hash").focus()
    deep.keyboard.press("w")
    assert rows(deep) == [["copy"], ["hash"], ["hash"], ["a", "b"], ["main", "main"]]
    assert details(deep).startswith("Click a frame")
    assert width(frame(deep, "b")) / width(frame(deep, "hash")) == pytest.approx(7 / 9, abs=0.01)
    assert chips(deep) == ["Sandwich: hash"]
    deep.locator("#search").fill("^(copy|b)$")
    assert matched(deep) == "Matched: 77.78% of view · 70.00% of all · 2 frames"


def test_a_sandwich_can_be_walked_and_zoomed(deep: Page) -> None:
    frame(deep, "hash").focus()
    deep.keyboard.press("w")
    frame(deep, "hash").focus()
    deep.keyboard.press("ArrowDown")
    assert deep.evaluate("document.activeElement.getAttribute('aria-label')") == "b"
    deep.keyboard.press("Enter")
    assert rows(deep) == [["hash"], ["b"], ["main"]]
    deep.keyboard.press("ArrowUp")
    deep.keyboard.press("ArrowUp")
    deep.keyboard.press("Enter")
    assert len(rows(deep)) == 5


def test_recursion_is_merged(deep: Page) -> None:
    deep.keyboard.press("r")
    assert names(deep) == ["all", "idle", "main", "a", "hash", "b", "hash", "copy"]
    click(deep, "Recursion merged")
    assert names(deep).count("hash") == 3


def test_a_function_is_hidden_and_its_callees_move_up(tree: Page) -> None:
    frame(tree, "render").click(modifiers=["Shift"])
    click(tree, "Hide this function")
    assert names(tree) == ["all", "idle", "main", "serve", "escape", "join", "parse"]
    frame(tree, "serve").focus()
    tree.keyboard.press("h")
    assert chips(tree) == ["Hidden: render", "Hidden: serve"]
    click(tree, "Hidden: render")
    assert "render" in names(tree)
    tree.keyboard.press("0")
    assert len(names(tree)) == 8


def test_what_only_the_whole_is_left_of(show: Show) -> None:
    page = show(Folded(stacks={"main": 3}))
    frame(page, "main").focus()
    page.keyboard.press("h")
    assert names(page) == ["all"]
    assert hovered(page, "all").startswith("Function: all 3 samples, 100.00%")


def test_only_stacks_with_a_function(tree: Page) -> None:
    frame(tree, "serve").click(modifiers=["Shift"])
    click(tree, "Only stacks with it")
    assert names(tree) == ["all", "serve", "parse", "render", "escape", "join"]
    assert hovered(tree, "serve") == "Function: serve 90 samples, 90.00% · 100.00% of view · self 0, 0.00%"


def test_the_zoom_follows_into_the_other_view(tree: Page) -> None:
    frame(tree, "render").click()
    frame(tree, "escape").focus()
    tree.keyboard.press("h")
    assert names(tree) == ["all", "main", "serve", "render", "join"]


def test_breadcrumbs_lead_to_the_callers(tree: Page) -> None:
    frame(tree, "join").click()
    path = tree.get_by_role("navigation").get_by_role("button")
    assert path.all_inner_texts() == ["all", "main", "serve", "render", "join", "⋯"]
    path.nth(2).click()
    assert names(tree) == ["all", "main", "serve", "parse", "render", "escape", "join"]
    path.first.click()
    assert path.count() == 0


# ---- Differences


@pytest.fixture
def change(show: Show) -> Page:
    stacks = {"main;gone": (40, 0), "main;left": (40, 50), "main;new": (0, 30), "idle": (20, 20)}
    return show(Differential(stacks=stacks))


def test_vanished_stacks_are_hatched_on_the_side_where_they_are(change: Page) -> None:
    assert names(change) == ["all", "idle", "main", "left", "new"]
    assert change.locator(".elided").count() == 0
    click(change, "Before")
    assert names(change) == ["all", "idle", "main", "gone", "left"]
    assert change.locator(".elided").get_attribute("aria-label") == "gone"
    assert change.locator(".elided .hatch").evaluate("(each) => getComputedStyle(each).fill").startswith("url(")
    assert hovered(change, "gone").endswith("before 40, after 0 (-40, vanished)")
    assert link(change) == {"b": ["before"]}
    click(change, "After")
    assert hovered(change, "new").endswith("before 0, after 30 (+30, new)")


def test_the_legend_tells_the_scale(change: Page) -> None:
    assert change.locator("#legend text").all_text_contents() == ["-40.00%", "+40.00% of all, change of total"]
    change.keyboard.press("v")
    assert change.locator("#legend text").first.text_content() == "-40.00%"


def test_a_difference_has_a_table_of_what_changed(change: Page) -> None:
    change.keyboard.press("t")
    click(change, "Δ total")
    assert table(change)[0] == ["new", "30.00%", "30.00%", "+30"]
    click(change, "Δ total")
    assert table(change)[0] == ["gone", "0.00%", "0.00%", "-40"]


# ---- The table


def table(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("#panel tbody tr").all()]


def test_the_table_has_self_and_total(deep: Page) -> None:
    whole = width(frame(deep, "all"))
    deep.keyboard.press("t")
    assert width(frame(deep, "all")) < whole - 300
    assert table(deep) == [
        ["hash", "50.00%", "90.00%"],
        ["copy", "40.00%", "40.00%"],
        ["idle", "10.00%", "10.00%"],
        ["main", "0.00%", "90.00%"],
        ["b", "0.00%", "70.00%"],
        ["a", "0.00%", "20.00%"],
    ]
    click(deep, "Function")
    assert [row[0] for row in table(deep)] == ["a", "b", "copy", "hash", "idle", "main"]
    deep.locator("#search").fill("^[ab]$")
    assert [row[0] for row in table(deep)] == ["a", "b"]
    deep.locator("#panel").get_by_role("button", name="b", exact=True).click()
    assert chips(deep) == ["Sandwich: b"]


def test_the_table_is_of_the_frames_in_view(deep: Page) -> None:
    deep.keyboard.press("t")
    frame(deep, "a").click()
    assert [row[0] for row in table(deep)] == ["hash", "a"]


# ---- Menus, copies, help, links


def copied(page: Page) -> str:
    return str(page.evaluate("window.copied"))


CLIPBOARD = "void (navigator.clipboard.writeText = async (text) => { window.copied = text; })"


@pytest.mark.parametrize(
    ("keys", "text"), [("c", "render"), ("Shift+C", "main;serve;render"), ("Control+c", "main;serve;render")]
)
def test_frames_and_stacks_are_copied(tree: Page, keys: str, text: str) -> None:
    tree.evaluate(CLIPBOARD)
    tree.evaluate("addEventListener('copy', (e) => { window.copied = e.clipboardData.getData('text/plain'); })")
    frame(tree, "render").focus()
    tree.keyboard.press(keys)
    assert copied(tree) == text


@pytest.mark.parametrize(("view", "stack"), [("v", "b;hash;hash;copy"), ("w", "b;hash")])
def test_a_stack_is_copied_root_first_whatever_is_seen(deep: Page, view: str, stack: str) -> None:
    deep.evaluate(CLIPBOARD)
    frame(deep, "hash").focus()
    deep.keyboard.press(view)
    frame(deep, "b").focus()
    deep.keyboard.press("Shift+C")
    assert copied(deep) == stack


def test_text_can_be_copied_where_a_page_may_not_write(tree: Page) -> None:
    tree.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('denied')))")
    frame(tree, "render").focus()
    tree.keyboard.press("Shift+C")
    assert tree.get_by_role("textbox", name="Stack").evaluate("(area) => area.value") == "main;serve;render"


def test_the_menu_of_a_frame_is_worked_with_keys(tree: Page) -> None:
    frame(tree, "parse").focus()
    tree.keyboard.press("m")
    assert tree.get_by_role("menu", name="parse").is_visible()
    for _ in range(4):
        tree.keyboard.press("ArrowDown")
    tree.keyboard.press("Enter")
    assert tree.locator("#search").evaluate("(field) => field.value") == "^parse$"
    assert matched(tree) == "Matched: 30.00% · 1 frame"
    assert tree.get_by_role("menu").count() == 0


def test_a_menu_closes_on_escape_and_elsewhere(tree: Page) -> None:
    click(tree, "View")
    tree.keyboard.press("Escape")
    assert tree.get_by_role("menu").count() == 0
    assert tree.evaluate("document.activeElement.id") == "menu"
    click(tree, "View")
    tree.mouse.click(300, 20)
    assert tree.get_by_role("menu").count() == 0


@pytest.mark.parametrize("size", [(1200, 800), (400, 700)])
def test_help_names_the_keys(show: Show, size: tuple[int, int]) -> None:
    page = show(Folded(stacks={"main": 1}), size=size)
    page.keyboard.press("?")
    box = page.get_by_role("dialog", name="Keys").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0


def test_a_function_with_a_link_of_its_own(show: Show, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("names") / "attributes"
    file.write_text("parse\ttitle=see the wiki\tclass=known\thref=https://example.com/\n")
    page = show(Folded(stacks=dict(TREE)), nameattr=str(file))
    frame(page, "parse").hover()
    assert page.locator(".known title").text_content() == "see the wiki"
    frame(page, "parse").click(modifiers=["Shift"])
    assert page.get_by_role("menuitem", name="Open its link").is_visible()


LINKS = [
    ("?v=callers", ["Callers"]),
    ("?v=sandwich&f=render", ["Sandwich: render"]),
    ("?only=serve&hide=render&hide=parse&r=1", ["Only: serve", "Recursion merged", "Hidden: render", "Hidden: parse"]),
    ("?v=sandwich&f=nobody", []),
    ("?hide=nobody&only=nobody&v=upside-down", []),
]


@pytest.mark.parametrize(("query", "shown"), LINKS)
def test_a_link_restores_the_view(show: Show, query: str, shown: list[str]) -> None:
    page = show(Folded(stacks=dict(TREE)), query=query)
    assert chips(page) == shown


def test_a_link_of_everything_at_once(tree: Page) -> None:
    frame(tree, "escape").focus()
    for keys in ("h", "i", "t", "r"):
        tree.keyboard.press(keys)
    frame(tree, "render").click()
    tree.locator("#search").fill("join")
    seen = (rows(tree), chips(tree), matched(tree), table(tree))
    assert link(tree).keys() == {"x", "y", "s", "hide", "r", "o", "t"}
    tree.reload()
    tree.wait_for_selector("svg.ready", state="attached")
    assert (rows(tree), chips(tree), matched(tree), table(tree)) == seen


def test_a_flame_chart_keeps_its_order(show: Show) -> None:
    page = show(timeline.read([b"a;b 1\n", b"a 2\n", b"a;c 3\n", b"a;b 4\n"]), flamechart=True)
    assert names(page) == ["all", "a", "b", "c", "b"]
    assert hovered(page, "a") == "Function: a 10 samples, 100.00% · self 2, 20.00%"
    frame(page, "c").focus()
    page.keyboard.press("h")
    assert names(page) == ["all", "a", "b", "b"]
    page.keyboard.press("v")
    assert rows(page)[::-1] == [["all"], ["a", "b"], ["a"]]
