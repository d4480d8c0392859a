"""Progress is for a person who looks on, and only about what lasts."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from programs import environment
from resq_flame import progress

COLOUR = "\x1b[38;"
SHOWN = """
import time
from resq_flame import progress
with progress.recording("resq-capture", 30):
    time.sleep({})
"""


def on_terminal(seconds: float, **variables: str) -> str:
    """What stderr shows of a recording that ends after so long, of 30 seconds."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", SHOWN.format(seconds)]
    inside = environment(CI="", TERM="xterm-256color", COLUMNS="80") | variables
    inside.pop("" if "NO_COLOR" in variables else "NO_COLOR", None)
    subprocess.run(command, stderr=follower, env=inside, check=True, timeout=60)
    os.close(follower)
    shown = b""
    try:
        while chunk := os.read(leader, 1 << 16):
            shown += chunk
    except OSError:  # Linux says so that the other end is closed
        pass
    os.close(leader)
    return shown.decode()


def test_what_lasts_longer_than_a_second_is_shown_and_taken_away() -> None:
    shown = on_terminal(4)
    assert "resq-capture" in shown
    assert "s left (Ctrl-C ends it and keeps what was recorded)" in shown
    assert COLOUR in shown
    assert shown.endswith("\x1b[2K")


def test_no_colour_where_none_is_wanted() -> None:
    shown = on_terminal(4, NO_COLOR="1")
    assert "s left" in shown
    assert COLOUR not in shown


@pytest.mark.parametrize(("seconds", "variables"), [(0.5, {}), (1.6, {"CI": "true"}), (1.6, {"TERM": "dumb"})], ids=str)
def test_nothing_at_all(seconds: float, variables: dict[str, str]) -> None:
    assert on_terminal(seconds, **variables) == ""


def test_no_thread_and_no_rich_where_nobody_looks_on() -> None:
    script = (
        SHOWN.format(0) + "import sys, threading; assert threading.active_count() == 1 and 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, env=environment(), check=True)


def test_words() -> None:
    assert progress.recorded(12.2, 30, "Ctrl-C ends it") == (12.2 / 30, "18 s left (Ctrl-C ends it)")
    assert progress.recorded(30.1, 30, "Ctrl-C ends it") == (1.0, "writing the profile")
    assert progress.recorded(4.4, None, "Ctrl-C ends it") == (None, "4 s so far (Ctrl-C ends it)")
    assert progress.read(250_000_000, 1_000_000_000) == (0.25, "read 250 of 1,000 MB")
