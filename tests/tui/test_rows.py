"""Frames in rows of columns."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resq_flame.folded import Folded
from resq_flame.tui.flame.graph import ROOT, Graph, graph
from resq_flame.tui.flame.rows import Run, at, rows

NAMES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(";".join)
PROFILES = st.dictionaries(NAMES, st.integers(1, 50), min_size=1, max_size=20)


def small() -> Graph:
    return graph(Folded(stacks={"a;b": 3, "a;c": 1, "d": 4}))


def test_the_root_is_as_wide_as_all() -> None:
    assert rows(small(), ROOT, 8) == [
        [Run(0, 8, ROOT)],
        [Run(0, 4, 0), Run(4, 8, 3)],
        [Run(0, 3, 1), Run(3, 4, 2)],
    ]


def test_callers_of_a_zoomed_frame_are_as_wide_as_all() -> None:
    assert rows(small(), 1, 8) == [[Run(0, 8, ROOT)], [Run(0, 8, 0)], [Run(0, 8, 1)]]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(PROFILES, st.integers(1, 60))
def test_every_column_is_a_whole_stack(stacks: dict[str, int], columns: int) -> None:
    """A frame stands above its caller, no two overlap, and where no frame stands, none is above."""
    found = graph(Folded(stacks=stacks))
    drawn = rows(found, ROOT, columns)
    for column in range(columns):
        below = ROOT
        for row in drawn[1:]:
            run = at(row, column)
            if run is None:
                below = -2
                continue
            assert found.parent(run.frame) == below
            below = run.frame


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(PROFILES, st.integers(1, 60))
def test_a_frame_is_as_wide_as_its_share_to_a_column(stacks: dict[str, int], columns: int) -> None:
    found = graph(Folded(stacks=stacks))
    for row in rows(found, ROOT, columns):
        for run in row:
            exact = columns * float(found.total(run.frame)) / float(found.whole)
            assert abs(run.end - run.start - exact) <= 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(PROFILES)
def test_a_frame_is_found_by_its_path(stacks: dict[str, int]) -> None:
    found = graph(Folded(stacks=stacks))
    for frame in found.below(ROOT):
        assert found.find(found.path(frame)) == frame


def test_what_a_path_no_longer_has_is_left_off() -> None:
    assert small().path(small().find(("a", "b", "gone"))) == ("a", "b")


def test_what_is_narrower_than_a_column_is_not_looked_at() -> None:
    found = graph(Folded(stacks={f"main;f{number % 300};g{number}": 1 for number in range(50_000)}))
    assert sum(map(len, rows(found, ROOT, 200))) <= 1 + 1 + 200 + 200
