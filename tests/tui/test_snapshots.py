"""The main screens as they look, in text: screens/*.txt. --update rewrites them; look before you keep them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from programs import ROOT
from resq_flame.tui import document
from resq_flame.tui.document import Document
from resq_flame.tui.plan import TARGETS
from resq_flame.tui.screens.past import PastScreen
from resq_flame.tui.screens.settings import SettingsScreen
from resq_flame.tui.screens.targets import TargetsScreen
from tui.pilots import LARGE, SERVICE, SMALL, User, enter, look, text, until, use

SCREENS = Path(__file__).parent / "screens"
SIZES = {"80x24": SMALL, "120x30": LARGE}

Golden = Callable[[Path, str], None]


@pytest.fixture(autouse=True)
def nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RESQ_TOKEN", "RESQ_API_KEY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def silent(_: object) -> None: ...

    monkeypatch.setattr("resq_flame.tui.screens.targets.TargetsScreen.look", silent)


def profile() -> Document:
    return document.read(str(SERVICE))


@pytest.mark.parametrize("size", SIZES)
def test_targets(size: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    async def work(user: User) -> None:
        golden(SCREENS / f"targets-{size}.txt", text(user))

    use(TargetsScreen, work, SIZES[size])


def test_settings(golden: Golden) -> None:
    async def work(user: User) -> None:
        await user.press("down", "down", "down", *"x")
        await until(user, lambda: "expected a duration" in text(user) and "nobody listens" in text(user))
        golden(SCREENS / "settings-80x24.txt", text(user))

    use(lambda: SettingsScreen(replace(TARGETS[0], given={"url": "http://127.0.0.1:1"})), work, SMALL)


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("result", "80x24", ("up", "up", "up")),
        ("result", "120x30", ("up", "up", "up")),
        ("functions", "80x24", ("tab", "down")),
        ("icicle-zoomed", "120x30", ("i", "down", "down", "down", "down", "enter")),
        ("searched", "120x30", ("slash", *"body|rows")),
        ("help", "80x24", ("question_mark",)),
    ],
)
def test_result(name: str, size: str, keys: tuple[str, ...], golden: Golden) -> None:
    async def work(user: User) -> None:
        await user.press(*keys)
        await user.pause()
        golden(SCREENS / f"{name}-{size}.txt", text(user))

    look(work, profile(), SIZES[size])


def test_comparison(golden: Golden, tmp_path: Path) -> None:
    other = tmp_path / "before.folded"
    other.write_bytes(b"<module> (service.py);main (service.py);serve (service.py) 300\n")

    async def work(user: User) -> None:
        await user.press("d")
        await until(user, lambda: isinstance(user.app.screen, PastScreen))
        await enter(user, other)
        await until(user, lambda: "before," in text(user) and "parse_body" in text(user))
        golden(SCREENS / "comparison-120x30.txt", text(user))

    look(work, profile())


def test_without_colours(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def work(user: User) -> None:
        await user.press("up", "up")
        golden(SCREENS / "no-colour-80x24.txt", text(user))

    look(work, profile(), SMALL)
