"""The format ``folded``; the model's own reading and writing is in tests/test_folded.py."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from captures import CAPTURES, beside, folding, stacks
from profiles import profiles
from resq_flame import folded
from resq_flame.fold.ledger import ProfileError
from resq_flame.folded import Folded

CASES = {
    "a stack": (b"main;work 5\n", {"main;work": 5}),
    "without a line end": (b"main;work 5", {"main;work": 5}),
    "equal stacks": (b"a;b 5\na;b 7\n", {"a;b": 12}),
    "CRLF": (b"a;b 5\r\na 7\r\n", {"a;b": 5, "a": 7}),
    "UTF-16, little end first": ("\ufeffa;b 5\nµ 7\n".encode("utf-16-le"), {"a;b": 5, "µ": 7}),
    "UTF-16, big end first": ("\ufeffa;b 5\nµ 7\n".encode("utf-16-be"), {"a;b": 5, "µ": 7}),
    "UTF-8 with its mark": (b"\xef\xbb\xbfa;b 5\n", {"a;b": 5}),
    "decimals": (b"a;b 0.1\na;b 0.2\n", {"a;b": Decimal("0.3")}),
    "a number in a name": (b"main;worker 12 5\nmain 2\n", {"main;worker 12": 5, "main": 2}),
    "blanks in a name": (b"main;operator new(unsigned long) 5\n", {"main;operator new(unsigned long)": 5}),
    "comments": (b"# a: 5\n//b\na;b 5\n", {"a;b": 5}),
    "bytes that are no UTF-8": (b"a;\xff 5\n", {"a;\ufffd": 5}),
    "an empty last frame": (b"main (a.c);alloc() (a.c); 200\n", {"main (a.c);alloc() (a.c)": 200}),
    "an empty frame between": (b"a;;b 5\n", {"a;(unnamed);b": 5}),
}


@pytest.mark.parametrize(("stream", "expected"), CASES.values(), ids=CASES)
def test_stacks(stream: bytes, expected: dict[str, object]) -> None:
    assert stacks(stream) == expected


def test_our_header_keeps_its_unit_and_source() -> None:
    found, _ = folding(b'# resq-flame {"unit":"bytes","source":"pprof"}\na;b 5\n')
    assert (found.meta.unit, found.meta.source) == ("bytes", "pprof")


def test_without_a_header_these_are_samples() -> None:
    found, _ = folding(b"a;b 5\n")
    assert (found.meta.unit, found.meta.source) == ("samples", "folded")


def test_lines_that_are_no_stacks_are_counted_and_the_first_is_shown() -> None:
    _, ledger = folding(b"a;b 5\n" * 30 + b"lost 3 events\nwhat?\n")
    assert "left out 2 lines that are no stacks (the first: 31: expected" in ledger.lines()[0]


def test_a_differential_stream_is_refused() -> None:
    with pytest.raises(ProfileError, match=r"differential stream.*resq-render and resq-report read it"):
        folding(b'# resq-flame {"columns":["before","after"]}\na;b 5 6\n')


def test_what_may_be_a_differential_stream_is_said() -> None:
    found, ledger = folding(b"a;b 5 6\na 1 0\n")
    assert found.stacks == {"a;b 5": 6, "a 1": 0}
    assert "a differential stream goes to resq-render --differential" in ledger.notes[0]


def test_a_damaged_header_is_refused() -> None:
    with pytest.raises(ProfileError, match="1: expected"):
        folding(b"# resq-flame {unit}\na;b 5\n")


@given(profiles(min_size=1))
def test_folding_what_was_folded_gives_it_back(profile: Folded) -> None:
    found, ledger = folding(b"".join(folded.dump(profile)))
    assert found.stacks == profile.stacks
    assert (found.meta.unit, found.meta.source) == (profile.meta.unit, profile.meta.source or "folded")
    assert ledger.dropped == {}


@pytest.mark.parametrize("path", [beside(path) for path in CAPTURES], ids=lambda path: path.name)
def test_folding_a_folded_capture_gives_it_back(path: Path) -> None:
    assert b"".join(folded.dump(folding(path)[0])) == path.read_bytes()
