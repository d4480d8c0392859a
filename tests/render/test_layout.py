"""Where boxes stand: laws over any profile, and the cases that other tools get wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import differentials, profiles
from resq_flame.folded import Differential, Folded, Meta, total
from resq_flame.render.layout import Layout, Spans, layout, wide
from resq_flame.render.timeline import Timeline
from resq_flame.trie import GAP, turned

either = profiles() | differentials()


def boxes(laid: Layout) -> list[tuple[str, int, object, object]]:
    """Name, depth, start and width of each box."""
    trie, side = laid.trie, laid.shown
    names = [trie.names[index] for index in trie.frame]
    return list(zip(names, trie.depth, side.start, side.total, strict=True))


def parents(laid: Layout) -> list[int | None]:
    open_frames: list[int] = []
    found: list[int | None] = []
    for index, depth in enumerate(laid.trie.depth):
        del open_frames[depth - 1 :]
        found.append(open_frames[-1] if open_frames else None)
        open_frames.append(index)
    return found


def columns(laid: Layout) -> list[Spans]:
    return [laid.after, laid.before] if laid.before else [laid.after]


@given(either, st.booleans())
def test_siblings_never_overlap_and_children_never_outgrow_their_parent(
    profile: Folded | Differential, reverse: bool
) -> None:
    laid = layout(profile, reverse=reverse)
    for side in columns(laid):
        ends: dict[int | None, object] = {None: 0}
        for index, parent in enumerate(parents(laid)):
            start, end = side.start[index], side.start[index] + side.total[index]
            limit = side.whole if parent is None else side.start[parent] + side.total[parent]
            assert ends.get(parent, 0 if parent is None else side.start[parent]) <= start <= end <= limit
            ends[parent] = end


@given(profiles())
def test_the_whole_is_the_sum_of_the_stacks(profile: Folded) -> None:
    assert layout(profile).after.whole == total(profile.stacks.values())


@given(differentials())
def test_each_side_is_the_sum_of_its_rounds(profile: Differential) -> None:
    laid = layout(profile)
    for name, side in (("before", laid.before), ("after", laid.after)):
        places = [at for at, column in enumerate(profile.meta.columns) if column == name]
        assert side is not None
        assert side.whole == total(row[at] for row in profile.stacks.values() for at in places)


@given(either)
def test_every_path_has_exactly_one_box(profile: Folded | Differential) -> None:
    laid = layout(profile)
    path: list[str] = []
    found = []
    for name, depth, *_ in boxes(laid):
        path = [*path[: depth - 1], name]
        found.append(tuple(path))
    stacks = [tuple(entry.split(";")) for entry in profile.stacks]
    assert sorted(found) == sorted({stack[:depth] for stack in stacks for depth in range(1, len(stack) + 1)})


@given(profiles(), st.integers(0, 10**9))
def test_wide_frames_are_those_and_only_those(profile: Folded, least: int) -> None:
    laid = layout(profile)
    totals = laid.after.total
    assert list(wide(laid.trie, totals, least)) == [at for at, weight in enumerate(totals) if weight >= least]


@given(profiles())
def test_turning_twice_is_no_change(profile: Folded) -> None:
    assert turned(turned(profile.stacks)) == profile.stacks


TRICKY = [
    pytest.param(
        {"foo;bar": 1, "foo;bar-baz": 2, "foo;bar;x": 4}, ["foo", "bar", "x", "bar-baz"], id="sort-splits-bar"
    ),
    pytest.param({"a": 1, "ab": 2, "a;b": 3}, ["a", "b", "ab"], id="a-name-begins-another"),
    pytest.param({"f;f;f": 1, "f;f": 1}, ["f", "f", "f"], id="recursion"),
    pytest.param({"b": 1, "a": 1}, ["a", "b"], id="by-name"),
    pytest.param({"main;worker 12": 5}, ["main", "worker 12"], id="a-number-in-a-name"),
    pytest.param({"a;b": 0}, ["a", "b"], id="nothing-weighs-anything"),
    pytest.param({}, [], id="nothing"),
]


@pytest.mark.parametrize(("stacks", "names"), TRICKY)
def test_names_in_preorder(stacks: dict[str, int], names: list[str]) -> None:
    assert [name for name, *_ in boxes(layout(Folded(stacks=stacks)))] == names


def test_own_weight_stands_left_of_the_callees() -> None:
    laid = layout(Folded(stacks={"a": 2, "a;b": 3, "a;c": Decimal("0.5")}))
    assert boxes(laid) == [("a", 1, 0, Decimal("5.5")), ("b", 2, 2, 3), ("c", 2, 5, Decimal("0.5"))]


def test_reversed_stacks_meet_at_their_leaves() -> None:
    laid = layout(Folded(stacks={"main;a;hash": 2, "main;b;hash": 3}), reverse=True)
    assert boxes(laid)[0] == ("hash", 1, 0, 5)


def test_a_profile_that_vanished_is_drawn_as_it_was() -> None:
    laid = layout(Differential(stacks={"main;gone": (4, 0)}))
    assert boxes(laid) == [("main", 1, 0, 4), ("gone", 2, 0, 4)]


def test_siblings_can_stand_as_they_came() -> None:
    laid = layout(Folded(stacks={"b;y": 1, "a": 1, "b;x": 1, "b": 1}), as_given=True)
    assert [name for name, *_ in boxes(laid)] == ["b", "y", "x", "a"]


@given(either)
def test_the_order_of_siblings_changes_no_box(profile: Folded | Differential) -> None:
    def sizes(laid: Layout) -> list[tuple[str, int, float]]:
        return sorted((name, depth, float(width)) for name, depth, _, width in boxes(laid))

    assert sizes(layout(profile, as_given=True)) == sizes(layout(profile))


IN_TIME = [
    pytest.param(["a;b 1", "a;b 2", "a;c 3"], [("a", 1, 0, 6), ("b", 2, 0, 3), ("c", 2, 3, 3)], id="neighbours-merge"),
    pytest.param(["b 1", "a 2", "b 3"], [("b", 1, 0, 1), ("a", 1, 1, 2), ("b", 1, 3, 3)], id="no-sorting-no-merging"),
    pytest.param(
        ["a;b 1", "a 2", "a 1", "a;b 4"],
        [("a", 1, 0, 8), ("b", 2, 0, 1), (GAP, 2, 1, 3), ("b", 2, 4, 4)],
        id="own-time-between-calls",
    ),
    pytest.param(["a 2", "a;b 1"], [("a", 1, 0, 3), ("b", 2, 2, 1)], id="own-time-before-calls"),
]


@pytest.mark.parametrize(("lines", "wanted"), IN_TIME)
def test_a_timeline_stands_as_recorded(lines: list[str], wanted: list[tuple[str, int, int, int]]) -> None:
    entries = [(line.split()[0], int(line.split()[1])) for line in lines]
    assert boxes(layout(Timeline(Meta(), entries))) == wanted
