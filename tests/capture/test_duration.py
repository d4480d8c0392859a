"""Lengths of time, as every source reads them."""

from __future__ import annotations

import argparse

import pytest

from resq_flame.capture import duration

BOTH = [
    ("30s", 30.0),
    ("5000ms", 5.0),
    ("2m", 120.0),
    ("1h", 3600.0),
    ("0.5s", 0.5),
    ("30", 30.0),
    (" 7 s ", 7.0),
    ("999", 999.0),
]
WRONG = ["", "s", "x", "-1", "0", "0s", "0.1ms", "25h", "nan", "inf", "1e3", "5 000", "30sec", "١٠s", "9" * 400]


@pytest.mark.parametrize(("text", "seconds"), [*BOTH, ("5000", 5000.0), ("1000ms", 1.0)])
def test_a_bare_number_is_seconds(text: str, seconds: float) -> None:
    assert duration.seconds(text) == seconds


@pytest.mark.parametrize(("text", "seconds"), [*BOTH, ("5000", 5.0), ("1000", 1.0), ("1500s", 1500.0)])
def test_hce_reads_a_bare_1000_or_more_as_milliseconds(text: str, seconds: float) -> None:
    assert duration.seconds_or_milliseconds(text) == seconds


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_duration_is_said(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a duration"):
        duration.seconds(text)


def test_it_is_spoken_without_needless_digits() -> None:
    assert [duration.spoken(length) for length in (30, 0.25, 86400.0)] == ["30 s", "0.25 s", "86400 s"]
