"""The screens before the result: what can be profiled, with which settings, and how it goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from programs import environment
from resq_flame.tui.form import Form
from resq_flame.tui.live import Live
from resq_flame.tui.plan import TARGETS, Plan
from resq_flame.tui.screens.files import FilesScreen
from resq_flame.tui.screens.live import LiveScreen
from resq_flame.tui.screens.processes import ProcessesScreen
from resq_flame.tui.screens.profiling import ProfilingScreen
from resq_flame.tui.screens.reading import ReadingScreen
from resq_flame.tui.screens.result import ResultScreen
from resq_flame.tui.screens.settings import SettingsScreen
from resq_flame.tui.screens.targets import TargetsScreen
from services.processes import SERVICES, running
from tui.pilots import SERVICE, SMALL, User, text, until, until_said, use

HCE, API, PDIE, PERF = TARGETS
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and nothing of a user's secrets."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="module")
def service() -> Iterator[int]:
    """The pid of a busy Python service."""
    with running(sys.executable, str(SERVICES / "pdie" / "service.py"), "--seconds", "600") as process:
        yield process.pid


def on(user: User, screen: type[object]) -> bool:
    return isinstance(user.app.screen, screen)


# The list of targets.


def test_targets_pipelines_and_all_else_are_listed(elsewhere: Path) -> None:
    (elsewhere / "pipelines").mkdir()
    (elsewhere / "pipelines" / "shop.toml").write_text('[capture]\nsource = "perf"\n[render]\ntitle = "The shop"\n')
    (elsewhere / "pipelines" / "broken.toml").write_text("[capture]\n")

    async def work(user: User) -> None:
        shown = text(user)
        for words in (
            "Coordination HCE",
            "Infrastructure API",
            "Intelligence PDIE",
            "Linux Perf",
            "The shop",
            "a process…",
            "a file…",
        ):
            assert words in shown
        assert 'expected source = "..."' in shown
        options = user.app.screen.query_one(OptionList)
        await user.press("end", "up", "up")
        assert options.highlighted is not None
        await user.press("enter")
        await until(user, lambda: on(user, SettingsScreen))
        assert "The shop" in text(user)
        await user.press("escape")
        assert on(user, TargetsScreen)

    use(TargetsScreen, work, (120, 30))


@pytest.mark.parametrize(("key", "screen"), [("p", ProcessesScreen), ("f", FilesScreen), ("enter", SettingsScreen)])
def test_keys_lead_on_and_escape_back(key: str, screen: type[object]) -> None:
    async def work(user: User) -> None:
        await user.press(key)
        await until(user, lambda: on(user, screen))
        await user.press("escape")
        assert on(user, TargetsScreen)

    use(TargetsScreen, work, SMALL)


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+c"])
def test_keys_that_end(key: str) -> None:
    async def work(user: User) -> None:
        await user.press(key)
        await until(user, lambda: not user.app.is_running)
        assert not user.app.return_code

    use(TargetsScreen, work)


def test_help_names_the_keys_of_the_screen_it_stands_over() -> None:
    async def work(user: User) -> None:
        await user.press("question_mark")
        await until_said(user, "a profile that was recorded before")
        await user.press("escape")
        assert on(user, TargetsScreen)

    use(TargetsScreen, work)


# Settings.


def test_what_is_wrong_is_said_as_it_is_typed_and_nothing_is_profiled() -> None:
    async def work(user: User) -> None:
        await until_said(user, "type a token or an API key")
        await user.press("enter")
        assert on(user, SettingsScreen)
        await user.press("down", *"s3cret")
        await until(user, lambda: "expected a credential" not in text(user))
        assert "s3cret" not in text(user)
        await user.press("down", "down", *"x")
        await until_said(user, "expected a duration such as")

    use(lambda: SettingsScreen(HCE), work, (120, 30))


def test_keys_typed_ahead_go_where_they_were_meant_to() -> None:
    """On a busy machine, several are there before the first of them has its effect."""

    async def work(user: User) -> None:
        await user.pause()
        for key in ("tab", *"s3crte", "backspace", "backspace", *"et", "tab", "tab", "home", "ctrl+k", *"7s"):
            user.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until_said(user, "7s")
        assert isinstance(user.app.screen, SettingsScreen)
        typed = user.app.screen.values
        assert (typed["url"], typed["token"], typed["duration"]) == ("http://localhost:5000", "s3cret", "7s")

    use(lambda: SettingsScreen(HCE), work)


def test_a_secret_of_the_environment_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESQ_API_KEY", "s3cret")

    async def work(user: User) -> None:
        assert "from $RESQ_API_KEY" in text(user)
        assert "s3cret" not in text(user)

    use(lambda: SettingsScreen(API), work)


def test_reachable_or_not(service: int) -> None:
    async def work(user: User) -> None:
        await until_said(user, "nobody listens on port 1")
        await user.press(*str(service))
        await until_said(user, f"● pid {service} runs (python)")

    use(lambda: SettingsScreen(replace(PDIE, given={"url": NOBODY})), work)


# Processes and files.


def test_a_process_is_found_by_words_and_leads_to_its_settings(service: int) -> None:
    async def work(user: User) -> None:
        await user.press(*f"{service} pdie")
        await until_said(user, f"{service}")
        await user.press("enter")
        await until(user, lambda: on(user, SettingsScreen))
        field = user.app.screen.query_one("#field-pid", expect_type=None).query_one(Input)
        assert field.value == str(service)

    use(ProcessesScreen, work)


def test_processes_are_sorted_by_every_column() -> None:
    async def work(user: User) -> None:
        await until_said(user, "cpu ▾")
        for name in ("language", "command", "pid"):
            await user.press("tab")
            assert f"{name} ▾" in text(user)

    use(ProcessesScreen, work)


def test_a_path_is_completed_and_opened(elsewhere: Path) -> None:
    (elsewhere / "profiles").mkdir()
    (elsewhere / "profiles" / "service.folded").write_bytes(SERVICE.read_bytes())

    async def work(user: User) -> None:
        await user.press("p", "tab", "tab", "enter")
        await until(user, lambda: on(user, ResultScreen))
        await until_said(user, "499 samples from py-spy")

    use(FilesScreen, work)


def test_a_file_that_is_no_profile_says_so(elsewhere: Path) -> None:
    (elsewhere / "letter.txt").write_text("Dear all,\n")

    async def work(user: User) -> None:
        await user.press("l", "tab", "enter")
        await until_said(user, "expected a profile of a known format")
        assert on(user, FilesScreen)

    use(FilesScreen, work)


def test_nothing_to_view_is_an_error_of_the_program(elsewhere: Path) -> None:
    async def work(user: User) -> None:
        await until(user, lambda: not user.app.is_running)
        assert "no.svg" in str(user.app.failure)  # type: ignore[attr-defined]  # it is a FlameApp

    use(lambda: ReadingScreen(str(elsewhere / "no.svg")), work)


# Profiling.


def profiling(plan: Plan, **typed: str) -> ProfilingScreen:
    form = Form(plan)
    values = {name: form.initial(name) for name in form.fields} | typed
    assert not form.problems(values)
    return ProfilingScreen(plan, form.filled(values))


def test_a_profile_is_taken_drawn_kept_made_the_baseline_and_compared(elsewhere: Path) -> None:
    plan = Plan("shop", "The shop", "file", fixed=(str(SERVICE),))

    async def work(user: User) -> None:
        await until(user, lambda: on(user, ResultScreen))
        await until_said(user, "The shop  499 samples")
        assert (elsewhere / "shop.svg").exists()
        assert len(list(elsewhere.glob(".flame/shop/history/*.folded.gz"))) == 1
        await user.press("b")
        await until(user, (elsewhere / "baselines" / "shop.folded.gz").exists)
        await user.press("d")
        await until_said(user, "baseline of ")
        await user.press("enter")
        await until_said(user, "499 samples before, 499 samples after")

    use(lambda: profiling(plan), work)


def test_a_failure_says_why_and_leads_back(elsewhere: Path) -> None:
    async def work(user: User) -> None:
        await until_said(user, "Nothing recorded")
        assert "expected a connection" in text(user) or "refused" in text(user)
        assert not list(elsewhere.glob("*.svg"))
        assert "s3cret" not in text(user)
        assert text(user).count("refused") == 1
        assert "esc Back to the settings" in text(user)
        assert "Stop and keep" not in text(user)

    use(lambda: profiling(HCE, url=NOBODY, token="s3cret"), work)


def test_stopping_keeps_what_was_recorded(service: int) -> None:
    async def work(user: User) -> None:
        await until_said(user, "s left of 600 s")
        await until_said(user, "profiling pid")
        await user.pause(3)
        await user.press("escape")
        await until(user, lambda: on(user, ResultScreen), 60)
        await until_said(user, "hash_rows", 60)

    use(lambda: profiling(PDIE, pid=str(service), duration="10m"), work)


# Live.


def test_live_mode_shows_a_process_until_it_ends(elsewhere: Path) -> None:
    with running(sys.executable, str(SERVICES / "pdie" / "service.py"), "--seconds", "600") as process:

        async def work(user: User) -> None:
            await until_said(user, "hash_rows", 60)
            await user.press("space")
            assert "(paused)" in text(user)
            await user.press("f")
            await until(user, lambda: bool(list(elsewhere.glob("pid-*.svg"))))
            await user.press("escape", "space")
            assert "(live)" in text(user)
            process.kill()
            process.wait()
            await until_said(user, "(ended)", 60)

        use(lambda: LiveScreen(Live(process.pid, "python")), work, (160, 30))


def test_live_mode_says_what_fails_and_goes_on(service: int) -> None:
    async def work(user: User) -> None:
        await until_said(user, "expected a Node process, found python", 60)
        assert "(live)" in text(user)
        assert "laying out" not in text(user)

    use(lambda: LiveScreen(Live(service, "hce")), work, (160, 30))
