"""One program, profiled by py-spy in each of its formats: what is read of them agrees."""

from __future__ import annotations

import re

import pytest

from captures import FIXTURES, folding, selves

RAW = FIXTURES / "py-spy" / "py-spy-0.4-raw.txt"
OTHERS = sorted([*FIXTURES.glob("speedscope/py-spy-*.json*"), *FIXTURES.glob("chrome-trace/py-spy-*.json*")])
FUNCTIONS = ("hash_rows", "render_template", "parse_body")


def shares(path: object) -> dict[str, float]:
    """The self weight of each function of the program among them, whatever the unit."""
    own = selves(folding(path)[0])  # type: ignore[arg-type]
    cost = {name: float(sum(own[frame] for frame in own if re.match(rf"{name}\b", frame))) for name in FUNCTIONS}
    return {name: weight / sum(cost.values()) for name, weight in cost.items()}


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_agrees_with_raw(path: object) -> None:
    raw, other = shares(RAW), shares(path)
    assert sorted(FUNCTIONS, key=lambda name: -raw[name]) == sorted(FUNCTIONS, key=lambda name: -other[name])
    assert all(abs(raw[name] - other[name]) < 0.1 for name in FUNCTIONS), (raw, other)


def test_there_are_pairs() -> None:
    assert len(OTHERS) >= 2
