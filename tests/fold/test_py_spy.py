from __future__ import annotations

from decimal import Decimal

import pytest

from captures import FIXTURES, content, folding, stacks
from resq_flame.folded import total

SUBPROCESSES = FIXTURES / "py-spy/py-spy-0.4-subprocesses.txt"


def numbers(capture: bytes) -> int:
    """All samples of a capture, by the last word of each line."""
    return sum(int(line.split()[-1]) for line in capture.splitlines())


@pytest.mark.parametrize("case", ["raw", "function", "nolineno", "subprocesses", "compileall"])
@pytest.mark.parametrize("lines", [None, True, False])
def test_no_sample_is_lost(case: str, lines: bool | None) -> None:
    path = FIXTURES / f"py-spy/py-spy-0.4-{case}.txt"
    found, ledger = folding(path, lines=lines)
    dropped = total(weight for _, weight in ledger.dropped.values())
    assert total(found.stacks.values()) + dropped == numbers(content(path))


def test_samples_without_a_frame_are_counted() -> None:
    _, ledger = folding(FIXTURES / "py-spy/py-spy-0.4-compileall.txt")
    assert ledger.lines() == ["<stdin>: left out 3 samples without a frame"]


@pytest.mark.parametrize("profile", [b" 1\n<module> (app.py:3) 70\n", b"<module> (app.py:3) 70\n 1\n"])
def test_a_short_profile_half_without_a_frame_is_known(profile: bytes) -> None:
    found, ledger = folding(profile)
    assert found.meta.source == "py-spy"
    assert found.stacks == {"<module> (app.py:3)": 70}
    assert ledger.dropped == {"samples without a frame": (1, 1)}


def test_lines_are_kept_as_recorded() -> None:
    assert stacks(b"main (a.py:1);work (a.py:2) 3\n") == {"main (a.py:1);work (a.py:2)": 3}


def test_without_lines_a_function_is_one_frame() -> None:
    capture = b"main (a.py:1);work (a.py:2) 3\nmain (a.py:7);work (<frozen x>:2) 4\nmain (a.py:9);work (a.py:3) 5\n"
    assert stacks(capture, lines=False) == {"main (a.py);work (a.py)": 8, "main (a.py);work (<frozen x>)": 4}


SPLIT_ROOTS = {
    "a thread": ("thread (25035): worker; 1;run (a.py:1) 3", ["thread (25035): worker: 1", "run (a.py:1)"]),
    "a thread in two places": (
        "thread (5): a;b;c;run (a.py:1);f (a.py) 3",
        ["thread (5): a:b:c", "run (a.py:1)", "f (a.py)"],
    ),
    "a thread with a bracket": ("thread (5): a; b (c);run (a.py:1) 3", ["thread (5): a: b (c)", "run (a.py:1)"]),
    "a thread that ends in one": ("thread (5): a;;run (a.py:1) 3", ["thread (5): a:", "run (a.py:1)"]),
    "a thread without a name": ("thread (0x7F01);run (a.py:1) 3", ["thread (0x7F01)", "run (a.py:1)"]),
    "a command": (
        'process 7:"python -c import time; run()";<module> (<string>:1) 3',
        ['process 7:"python -c import time: run()"', "<module> (<string>:1)"],
    ),
    "both": (
        'process 7:"sh -c a;b";process 8:"python w.py";thread (9): x;y;run (a.py:1) 3',
        ['process 7:"sh -c a:b"', 'process 8:"python w.py"', "thread (9): x:y", "run (a.py:1)"],
    ),
    "neither": ("thread (9): x;run (a.py:1);g (lib.so) 3", ["thread (9): x", "run (a.py:1)", "g (lib.so)"]),
    "nothing below": ('process 7:"python w.py" 3', ['process 7:"python w.py"']),
}


@pytest.mark.parametrize(("line", "frames"), SPLIT_ROOTS.values(), ids=SPLIT_ROOTS)
def test_split_root_frames_are_whole_again(line: str, frames: list[str]) -> None:
    assert list(stacks(line.encode() + b"\n", "py-spy")) == [";".join(frames)]


def test_the_real_thread_with_a_semicolon() -> None:
    found, _ = folding(SUBPROCESSES)
    roots = {frame for stack in found.stacks for frame in stack.split(";") if frame.startswith("thread (25035)")}
    assert roots == {"thread (25035): worker: 1"}


def test_scaled_samples_without_a_frame_are_counted() -> None:
    profile, ledger = folding(b" 1.5\nf (a.py:1) 3\ng (a.py:2) 4.5\n")
    assert sorted(profile.stacks) == ["f (a.py:1)", "g (a.py:2)"]
    assert ledger.dropped == {"samples without a frame": (1, Decimal("1.5"))}
