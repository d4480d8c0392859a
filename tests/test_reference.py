"""The factor on which most functions agree."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resq_flame.statistics.reference import Ratio, Reference, reference


def ratios(*values: float, error: float = 0.02) -> list[Ratio]:
    return [Ratio(value, error) for value in values]


def test_most_functions_tell() -> None:
    found = reference(ratios(-0.11, -0.1, -0.09, -0.1, 0.5, -2))
    assert math.log(found.factor) == pytest.approx(-0.1, abs=0.001)
    assert found.error == pytest.approx(0.01, rel=0.1)


def test_the_precise_ones_tell_more() -> None:
    found = reference([*ratios(-0.1, -0.1, error=0.01), *ratios(0.3, 0.5, 0.4, error=0.5)])
    assert math.log(found.factor) == pytest.approx(-0.1, abs=0.01)


@pytest.mark.parametrize(
    "values", [(), (0.3,), (0.3, -0.3), (0.3, 0.3, -0.3, -0.3), (0.1, 0.3, 0.5)], ids=lambda values: f"{values}"
)
def test_without_a_majority_nothing_is_known(values: tuple[float, ...]) -> None:
    assert reference(ratios(*values)) == Reference()


def test_functions_seen_too_seldom_to_tell_decide_nothing() -> None:
    one_against_two = ratios(0.09, -0.35, -0.05, error=0.02)
    assert reference([*one_against_two, *ratios(0.1, 0.1, 0.1, error=0.5)]) == Reference()


@given(st.lists(st.floats(-1, 1), max_size=8))
def test_swapping_the_sides_turns_it_over(values: list[float]) -> None:
    there, back = reference(ratios(*values)), reference(ratios(*[-value for value in values]))
    assert there.factor == pytest.approx(1 / back.factor)
    assert there.error == pytest.approx(back.error)
