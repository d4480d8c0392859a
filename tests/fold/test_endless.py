"""Text that goes on and on is read or refused in the time of its length."""

from __future__ import annotations

import contextlib
import time

import pytest

from captures import folding
from fold.damage import outcome
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError

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
