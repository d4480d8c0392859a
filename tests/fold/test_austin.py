"""austin's text, MOJO and snapshots."""

from __future__ import annotations

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame.fold.ledger import OptionError, ProfileError
from resq_flame.folded import total

FULL = FIXTURES / "austin/austin-3.7-full.txt"
MEMORY = FIXTURES / "austin/austin-3.7-memory.mojo"
WHERE = FIXTURES / "austin/austin-3.7-where.txt"

HEAD = b"# austin: 3.7.0\n# mode: wall\n\n"


def mojo(*events: bytes) -> bytes:
    return b"MOJ\x03" + b"".join(events)


STACK = b"\x02\x05\x00ff\x00"
FRAME = b"\x0b\x05/a/work.py\x00\x0b\x06hash\x00\x03\x07\x05\x06\x0c\x0c\x00\x00\x05\x07"


def test_a_wall_sample() -> None:
    profile, _ = folding(HEAD + b"P1;T0:2;/a/x.py:main:3;/a/x.py:f:5 100\nP1;T0:2;/a/x.py:main:3 50\n")
    assert profile.meta.unit == "microseconds"
    assert profile.stacks == {"main (x.py:3);f (x.py:5)": 100, "main (x.py:3)": 50}


@pytest.mark.parametrize(
    ("line", "stack"),
    [
        (b"P1;T0:2;C:\\app\\x.py:f:5 9\n", "f (x.py:5)"),
        (b"P1;T0:2;:INVALID:;<frozen site>:main:603 9\n", ":INVALID:;main (<frozen site>:603)"),
        (b"P1;T0:2;:GC: 9\n", ":GC:"),
        (b"P1;T7f00a1;a.py:f:5 9\n", "f (a.py:5)"),
        (b"P1;T0:2 9\n", "(no Python frame)"),
    ],
)
def test_frames(line: bytes, stack: str) -> None:
    assert stacks(HEAD + line) == stacks(line) == {stack: 9}


def test_roots_are_frames_on_request() -> None:
    line = b"P1;T0:2;a.py:f:5 9\n"
    assert stacks(line, processes=True, threads=True) == {"process 1;thread 0:2;f (a.py:5)": 9}
    assert stacks(mojo(STACK, FRAME, b"\x09\x09"), threads=True) == {"thread 0:255;hash (work.py:12)": 9}


def test_lines_can_be_left_out() -> None:
    assert stacks(b"P1;T0:2;a.py:f:5 9\nP1;T0:2;a.py:f:6 1\n", lines=False) == {"f (a.py)": 10}


def test_full_mode_has_three_numbers() -> None:
    lines = b"P1;T0:2;a.py:f:1 10,1,0\nP1;T0:2;a.py:g:1 20,0,4096\nP1;T0:2;a.py:g:1 5,0,-64\n"
    assert stacks(lines) == {"f (a.py:1)": 10, "g (a.py:1)": 25}
    assert stacks(lines, sample_type="cpu") == {"g (a.py:1)": 25}
    profile, ledger = folding(lines, sample_type="memory")
    assert (profile.meta.unit, profile.stacks) == ("bytes", {"g (a.py:1)": 4096})
    assert ledger.dropped == {"samples in which memory was released": (1, -64)}


def test_a_mode_it_was_not_recorded_in() -> None:
    assert folding(MEMORY)[0].meta.unit == "bytes"
    with pytest.raises(OptionError, match="memory"):
        folding(MEMORY, sample_type="wall")


def test_the_whole_time_is_kept() -> None:
    recorded = sum(
        int(line.rpartition(b" ")[2].split(b",")[0]) for line in FULL.read_bytes().splitlines() if line[:1] == b"P"
    )
    assert total(folding(FULL)[0].stacks.values()) == recorded


def test_a_snapshot_counts_each_thread_once() -> None:
    profile, _ = folding(WHERE)
    assert (profile.meta.unit, set(profile.stacks.values())) == ("samples", {1})


def test_mojo() -> None:
    assert stacks(mojo(STACK, FRAME, b"\x09\x8a\x01", STACK, b"\x05\x07\x04\x07\x06k\x00\x09\x01")) == {
        "hash (work.py:12)": 74,
        "hash (work.py:12);:INVALID:;:GC:;k": 1,
    }


@pytest.mark.parametrize(
    "damaged",
    [
        mojo(b"\x05\x07"),
        mojo(STACK, b"\x05\x07"),
        mojo(STACK, b"\x63"),
        mojo(b"\x01mode"),
        mojo(STACK + b"\x09\xff" + b"\xff" * 20),
    ],
)
def test_damaged_mojo(damaged: bytes) -> None:
    with pytest.raises(ProfileError, match=r"damaged|cut short"):
        folding(mojo(damaged))


def test_a_later_version_of_mojo() -> None:
    with pytest.raises(ProfileError, match="version 1 to 3, found 4"):
        folding(b"MOJ\x04")
