"""A profile in the terminal: the graph, the functions, and the ways between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from resq_flame import embedded, stage
from resq_flame.folded import Differential
from resq_flame.tui.document import Document
from resq_flame.tui.screens.past import PastScreen
from resq_flame.tui.screens.result import ResultScreen
from resq_flame.tui.widgets.top_table import TopTable
from tui.pilots import (
    LARGE,
    PROFILE,
    SERVICE,
    SMALL,
    User,
    enter,
    look,
    selected,
    styles_of,
    text,
    until,
    until_said,
    view,
    zoomed,
)

CHANGE = Differential(stacks={"main;parse": (10, 40), "main;render": (60, 30), "main;idle": (30, 30)})


def test_arrows_go_to_what_is_called_most_to_neighbours_and_callers() -> None:
    async def work(user: User) -> None:
        for key, name in (
            ("up", "main"),
            ("k", "serve"),
            ("k", "render"),
            ("h", "parse"),
            ("j", "serve"),
            ("l", "serve"),
        ):
            await user.press(key)
            assert selected(user) == name

    look(work)


def test_in_an_icicle_down_is_deeper() -> None:
    async def work(user: User) -> None:
        await user.press("i", "down", "down")
        assert selected(user) == "serve"
        lines = text(user).splitlines()
        assert next(line for line in lines if " all " in f"{line} ") == lines[2]

    look(work)


def test_zoom_and_out_again() -> None:
    async def work(user: User) -> None:
        await user.press("up", "up", "enter")
        assert zoomed(user) == "serve"
        assert "100.0 % of view" in text(user)
        await user.press("backspace")
        assert (zoomed(user), selected(user)) == ("main", "serve")
        await user.press("escape")
        assert zoomed(user) == "all"

    look(work)


def test_a_click_zooms_and_hovering_describes() -> None:
    async def work(user: User) -> None:
        bottom = view(user).size.height - 1
        await user.hover(view(user), offset=(3, bottom - 2))
        assert "total 20 samples, 20.0 % of all" in text(user)
        await user.click(view(user), offset=(view(user).size.width - 5, bottom - 2))
        assert zoomed(user) == "serve"
        await user.click(view(user), offset=(3, bottom))
        assert zoomed(user) == "all"

    look(work)


def test_a_search_says_how_much_matches_and_n_goes_on() -> None:
    async def work(user: User) -> None:
        await user.press("slash", *"parse|idle")
        assert "parse|idle: 50.0 %" in text(user)
        await user.press("enter")
        assert selected(user) == "idle"
        await user.press("n")
        assert selected(user) == "parse"
        await user.press("N")
        assert selected(user) == "idle"
        await user.press("escape")
        assert view(user).matches is None

    look(work)


def test_a_search_without_a_match() -> None:
    async def work(user: User) -> None:
        await user.press("slash", *"nothing", "enter")
        assert "nothing: no match" in text(user)

    look(work)


def test_enter_in_the_functions_shows_the_frame() -> None:
    async def work(user: User) -> None:
        await user.press("tab", "down", "enter")
        assert selected(user) == "parse"
        assert view(user).has_focus

    look(work)


def test_functions_are_sorted_by_every_column() -> None:
    def names(user: User) -> list[str]:
        return [one.name for one in user.app.screen.query_one(TopTable)._shown]

    async def work(user: User) -> None:
        await user.press("tab")
        assert names(user) == ["render", "parse", "idle", "main", "serve"]
        await user.press("greater_than_sign")
        assert names(user) == ["main", "serve", "render", "parse", "idle"]
        await user.press("greater_than_sign")
        assert names(user) == ["idle", "main", "parse", "render", "serve"]
        await user.press("less_than_sign")
        assert names(user)[0] == "main"

    look(work)


def test_callers_put_leaves_first() -> None:
    async def work(user: User) -> None:
        await user.press("c")
        await until(user, lambda: view(user).graph is not None and view(user).graph.name(0) == "idle")
        await user.press("up")
        assert selected(user) == "render"
        await user.press("k")
        assert selected(user) == "serve"

    look(work)


def test_a_small_terminal_shows_one_at_a_time() -> None:
    async def work(user: User) -> None:
        functions = user.app.screen.query_one(TopTable)
        assert view(user).size.width > 70
        assert not functions.display
        await user.press("tab")
        assert functions.has_focus
        assert functions.size.width > 70

    look(work, size=SMALL)


def test_it_follows_the_size_of_the_terminal() -> None:
    async def work(user: User) -> None:
        for size in ((80, 24), (200, 60), (20, 6), LARGE):
            await user.resize_terminal(*size)
            await user.pause()
            assert view(user)._rows[0][0].end in (0, 2 * view(user).size.width)
        assert "render" in text(user)

    look(work)


def test_what_changed_has_the_colours_of_change() -> None:
    async def work(user: User) -> None:
        assert "100 samples before, 100 samples after" in text(user)
        rows = text(user).splitlines()
        assert any("-30.0" in row and "render" in row for row in rows)
        assert any("+30.0" in row and "parse" in row for row in rows)
        grown, shrunk = (styles_of(user, name)[-1].bgcolor for name in ("parse", "render"))
        assert grown is not None and grown.triplet is not None and grown.triplet.red > grown.triplet.blue
        assert shrunk is not None and shrunk.triplet is not None and shrunk.triplet.blue > shrunk.triplet.red

    look(work, Document(CHANGE, "a change"))


def test_save_writes_what_the_name_says(tmp_path: Path) -> None:
    async def work(user: User) -> None:
        for name in ("profile.folded", "profile.svg"):
            await user.press("s")
            await user.pause()
            await enter(user, tmp_path / name)
            await until(user, (tmp_path / name).exists)
        assert stage.read_folded("test", str(tmp_path / "profile.folded")) == PROFILE
        assert embedded.extract((tmp_path / "profile.svg").read_bytes()) == PROFILE

    look(work)


def test_save_with_another_suffix_says_which_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def work(user: User) -> None:
        await user.press("s")
        await user.pause()
        await enter(user, "x.gif")
        await until_said(user, "expected a name that ends in one of")
        assert not list(tmp_path.iterdir())

    look(work)


def test_a_comparison_with_a_file() -> None:
    async def work(user: User) -> None:
        await user.press("d")
        await until(user, lambda: isinstance(user.app.screen, PastScreen))
        await enter(user, "/no/such/file")
        assert "expected a file, found none" in text(user)
        await enter(user, SERVICE)
        await until_said(user, "before,")
        await user.press("escape")
        assert isinstance(user.app.screen, ResultScreen)
        assert "before," not in text(user)

    look(work)


def test_sides_that_do_not_fit_together_say_why(tmp_path: Path) -> None:
    other = tmp_path / "other.folded"
    other.write_bytes(b'# resq-flame {"unit":"bytes"}\nmain 3\n')

    async def work(user: User) -> None:
        await user.press("d")
        await until(user, lambda: isinstance(user.app.screen, PastScreen))
        await enter(user, other)
        await until_said(user, "expected one unit on both sides")

    look(work)


def test_a_profile_without_a_target_is_no_baseline() -> None:
    async def work(user: User) -> None:
        await user.press("b")
        await until_said(user, "only what was profiled")

    look(work)


def test_an_opened_picture_is_written_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    async def work(user: User) -> None:
        await user.press("o")
        await until_said(user, "No browser to open here")
        picture = Path(user.app.screen.document.picture)  # type: ignore[attr-defined]  # it is a ResultScreen
        assert embedded.extract(picture.read_bytes()) == PROFILE

    look(work)


def test_no_colour_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def work(user: User) -> None:
        await user.press("up", "slash", *"parse", "enter")
        lines = user.app.screen._compositor.render_strips()
        shown = [
            one.style
            for line in lines
            for one in line.apply_filter(user.app._filters[-1], view(user).background_colors[1])
        ]
        named = [colour for style in shown if style for colour in (style.color, style.bgcolor) if colour]
        assert {colour.name for colour in named} <= {"default"}

    look(work)
