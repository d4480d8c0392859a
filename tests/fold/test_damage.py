"""Damaged profiles fold or are refused in one line; nothing else ever comes out."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import pytest

from captures import CAPTURES, content, folding, name_of
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError
from resq_flame.folded import total

CUT_BYTES = 8 << 20
"""What the cuts of one capture hold together: those below 12 kB are cut at every tenth byte, longer ones less often.

``pytest --thorough`` cuts all of them at every tenth byte.
"""

MUTATIONS = 200


def outcome(damaged: bytes, format_name: str) -> str:
    """Sniffs what is left, and folds it under its name; anything but a ProfileError escapes."""
    try:
        fold.recognise(damaged[: fold.HEAD])
    except ProfileError as error:
        assert "\n" not in str(error)
    try:
        folding(damaged, format_name)
    except ProfileError as error:
        assert "\n" not in str(error)
    return "no traceback"


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_cut_short(path: Path, request: pytest.FixtureRequest) -> None:
    whole = content(path)
    step = 10 if request.config.getoption("--thorough") else max(10, len(whole) ** 2 // (2 * CUT_BYTES))
    for end in range(0, len(whole), step):
        assert outcome(whole[:end], path.parent.name) == "no traceback"


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_bytes_changed(path: Path) -> None:
    whole, dice = content(path), random.Random(path.name)
    for _ in range(MUTATIONS):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 3, 20])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        assert outcome(bytes(damaged), path.parent.name) == "no traceback"


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_another_formats_profile(path: Path) -> None:
    for name in fold.FORMATS:
        assert outcome(content(path), name) == "no traceback"


ENDLESS = [
    b"a",
    b"1",
    b" ",
    b"\t",
    b";",
    b"a;",
    b"(",
    b"{",
    b"[",
    b"<",
    b"a ",
    b"1 ",
    b'": ',
    b"a:",
    b"0x1 ",
    b"a (b) ",
    b"\n",
    b"a 1\n",
    b'"',
    b"\\",
    b"->",
    b'{"a":',
    b"<a>",
    b"at ",
    b" at a(b)\n",
    b"#0 ",
    b"==>",
    b"a 1 [0] 1.5: ",
    b"\0",
    b"\xff",
]


@pytest.mark.parametrize("part", ENDLESS)
def test_no_text_takes_for_ever(part: bytes) -> None:
    """What takes the square of its length takes several seconds here, anything else a hundredth."""
    text = part * (50_000 // len(part))
    for damaged in (text, text + b" 1\n"):
        assert outcome(damaged, "folded") == "no traceback"
        for name in fold.FORMATS:
            start = time.process_time()
            with contextlib.suppress(ProfileError):
                folding(damaged, name)
            assert time.process_time() - start < 1, name


SAYS_ITS_LENGTH = ("perf-data", "gperftools")  # what stands behind such a file is no part of it


@pytest.mark.parametrize("path", [path for path in CAPTURES if path.parent.name not in SAYS_ITS_LENGTH], ids=name_of)
def test_two_profiles_in_one_file_are_summed_or_refused(path: Path) -> None:
    once = folding(path)[0]
    try:
        twice = folding(content(path) * 2)[0]
    except ProfileError as error:
        assert "\n" not in str(error)
    else:
        assert total(twice.stacks.values()) == 2 * total(once.stacks.values())
