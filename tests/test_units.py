from __future__ import annotations

import pytest

from resq_flame.units import quantity, share


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0, "samples", "0 samples"),
        (1, "samples", "1 sample"),
        (1, "cycles", "1 cycles"),
        (1234567, "samples", "1,234,567 samples"),
        (2_410_000, "microseconds", "2.41 s"),
        (999_999, "microseconds", "1 s"),
        (999_600, "nanoseconds", "1 ms"),
        (12, "nanoseconds", "12 ns"),
        (0, "seconds", "0 s"),
        (7200, "seconds", "7,200 s"),
        (512, "bytes", "512 B"),
        (20_000_000, "bytes", "19.07 MiB"),
    ],
)
def test_quantity(value: int, unit: str, expected: str) -> None:
    assert quantity(value, unit) == expected


def test_share_of_nothing() -> None:
    assert share(0, 0) == 0
