"""The real program in a real terminal (tmux): from the start to a finished graph, and a terminal as it was before."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import STAGES, environment
from requirements import needs
from services.processes import SERVICES, running
from tui.pilots import SERVICE

CRASH = """
from resq_flame.tui import running
from resq_flame.tui.app import FlameApp
from resq_flame.tui.screens.targets import TargetsScreen

class Crashing(TargetsScreen):
    def action_process(self):
        secret = "s3cret"
        raise RuntimeError("on purpose")

raise SystemExit(running.run(FlameApp(Crashing)))
"""


class Terminal:
    """A terminal of 100 by 30 cells with a shell in it, in a tmux server of its own."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")
        inside = environment(TERM="xterm-256color", PS1="$ ", PYTHONPATH=str(STAGES))
        variables = [
            f"{name}={inside[name]}" for name in ("TERM", "PS1", "PATH", "PYTHONPATH", "HOME") if name in inside
        ]
        shell = shlex.join(["env", "-i", *variables, "sh"])
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "-c", str(folder), shell)

    def run(self, *arguments: str) -> str:
        command = [needs("tmux"), "-S", self._socket, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    def type(self, line: str) -> None:
        self.run("send-keys", "-l", line)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    @property
    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    @property
    def modes(self) -> str:
        """Whether the alternate screen is shown, the mouse reported, the cursor hidden."""
        return self.run("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}").strip()

    def until(self, words: str, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while words not in (shown := self.screen):
            assert time.monotonic() < end, f"{words!r} did not appear:\n{shown}"
            time.sleep(0.1)
        return shown


def appear(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} did not appear"
        time.sleep(0.05)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    needs("tmux")
    found = Terminal(tmp_path)
    try:
        yield found
    finally:
        found.run("kill-server")


def program(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "resq_flame.cli", *arguments])


def test_from_the_start_to_a_finished_graph_of_a_real_service(terminal: Terminal, tmp_path: Path) -> None:
    with running(sys.executable, str(SERVICES / "pdie" / "service.py"), "--seconds", "600") as service:
        terminal.type(f"{program()}; touch over")
        terminal.until("? Help")  # the last thing that is drawn: from then on, keys arrive
        terminal.press("Down", "Down", "Enter")
        terminal.until("Duration")
        terminal.run("send-keys", "-l", str(service.pid))
        terminal.until(f"pid {service.pid} runs (python)")
        terminal.press("Tab", "Tab", "C-u")
        terminal.run("send-keys", "-l", "2s")
        terminal.press("Enter")
        terminal.until("Recording")
        shown = terminal.until("hash_rows")
        assert "samples from py-spy" in shown
        assert "handle_request" in shown
        assert (tmp_path / "pdie.svg").read_bytes().startswith(b"<?xml")
        terminal.press("q")
        appear(tmp_path / "over")
        assert terminal.modes == "0 0 1"


@pytest.mark.parametrize(
    ("ends", "code"), [("C-c", 0), ("q", 0), ("-TERM", 143), ("-INT", 130), ("-HUP", 129), ("crash", 1)]
)
def test_the_terminal_is_as_it_was_however_it_ends(ends: str, code: int, terminal: Terminal, tmp_path: Path) -> None:
    command, shown, key = program("view", str(SERVICE)), "hash_rows", ends
    if ends == "crash":
        (tmp_path / "crash.py").write_text(CRASH)
        command, shown, key = shlex.join([sys.executable, "crash.py"]), "Linux Perf", "p"
    terminal.type("stty -a > before")
    terminal.type(f"sh -c 'echo $$ > pid; exec {command}'; echo $? > code; stty -a > after; touch over")
    terminal.until(shown)
    assert terminal.modes == "1 1 0"
    if key.startswith("-"):
        subprocess.run(["kill", key, (tmp_path / "pid").read_text().strip()], check=True)
    else:
        terminal.press(key)
    appear(tmp_path / "over")
    assert (tmp_path / "code").read_text() == f"{code}\n"
    assert terminal.modes == "0 0 1"
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()
    assert "Traceback" not in terminal.screen
    assert "s3cret" not in terminal.screen


def test_keys_come_from_the_terminal_when_the_profile_comes_from_a_pipe(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type(f"cat {shlex.quote(str(SERVICE))} | {program('view')}; touch over")
    terminal.until("hash_rows")
    terminal.press("q")
    appear(tmp_path / "over")


@pytest.mark.parametrize("arguments", [(), ("view", str(SERVICE)), ("top", "--pid", "1")])
def test_without_a_terminal_it_says_so(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "resq_flame.cli", *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=environment(), check=False
    )
    if arguments:
        assert done.returncode == 1
        assert "expected a terminal to draw in, found none" in done.stderr
    assert "Traceback" not in done.stderr
