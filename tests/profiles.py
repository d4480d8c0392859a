"""Profiles for laws: Hypothesis strategies over the model."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from resq_flame import folded
from resq_flame.folded import Differential, Folded, Meta

# Few short names, so that stacks meet; and any text at all, so that nothing is taken for granted.
names = st.sampled_from(["main", "work", "work-2", "a b", "12", "#x", "λ"]) | st.text(max_size=6)
stacks = st.lists(names, min_size=1, max_size=5).map(folded.stack)
whole_numbers = st.integers(min_value=0, max_value=10**12)
decimals = st.decimals(min_value=Decimal(0), max_value=Decimal(10**9), places=6)
weights = whole_numbers | decimals
units = st.sampled_from(["samples", "microseconds", "bytes", "cpu/nanoseconds"])


@st.composite
def profiles(draw: st.DrawFn, unit: str | None = None, min_size: int = 0) -> Folded:
    meta = Meta(unit or draw(units), draw(st.sampled_from(["", "perf"])))
    return Folded(meta, draw(st.dictionaries(stacks, weights, min_size=min_size, max_size=8)))


@st.composite
def differentials(draw: st.DrawFn, min_size: int = 0) -> Differential:
    columns = draw(st.sampled_from([("before", "after"), ("before", "before", "after"), ("after", "before")]))
    row = st.tuples(*[weights] * len(columns))
    meta = Meta(draw(units), draw(st.sampled_from(["", "perf"])), columns)
    return Differential(meta, draw(st.dictionaries(stacks, row, min_size=min_size, max_size=8)))
