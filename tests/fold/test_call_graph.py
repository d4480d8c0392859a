"""Stacks out of call graphs: own costs are exact, whatever the graph."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resq_flame.fold.graphs import call_graph
from resq_flame.fold.graphs.call_graph import CallGraph
from resq_flame.fold.ledger import Ledger

functions = st.sampled_from("abcdefgh")
costs = st.integers(min_value=0, max_value=10**12)


def graph(own: dict[str, int], calls: dict[tuple[str, str], int]) -> CallGraph:
    made = CallGraph()
    for function, cost in own.items():
        made.add_own(function, cost)
    for (caller, callee), cost in calls.items():
        made.add_call(caller, callee, cost)
    return made


def folded(made: CallGraph) -> dict[str, int]:
    found: Counter[str] = Counter()
    for path, cost in call_graph.stacks(made, Ledger()):
        found[";".join(path)] += cost
    return dict(found)


@given(st.dictionaries(functions, costs), st.dictionaries(st.tuples(functions, functions), costs))
def test_what_a_function_costs_itself_is_exact(own: dict[str, int], calls: dict[tuple[str, str], int]) -> None:
    leaves: Counter[str] = Counter()
    for path, cost in folded(graph(own, calls)).items():
        leaves[path.rpartition(";")[2]] += cost
    assert leaves == Counter({function: cost for function, cost in own.items() if cost})


SHARED = [
    ("one caller", {"a": 1, "b": 9}, {("a", "b"): 9}, {"a": 1, "a;b": 9}),
    ("in proportion", {"a": 0, "b": 0, "c": 8}, {("a", "c"): 6, ("b", "c"): 2}, {"a;c": 6, "b;c": 2}),
    ("a call of no cost", {"a": 0, "b": 5}, {("a", "b"): 0}, {"a;b": 5}),
    ("recursion", {"a": 2, "b": 8}, {("a", "b"): 8, ("b", "b"): 6}, {"a": 2, "a;b": 8}),
    (
        "a circle",
        {"m": 1, "a": 2, "b": 4},
        {("m", "a"): 6, ("a", "b"): 6, ("b", "a"): 5},
        {"m": 1, "m;a": 2, "m;a;b": 4},
    ),
    ("a circle that nothing calls", {"a": 2, "b": 4}, {("a", "b"): 9, ("b", "a"): 1}, {"a": 2, "a;b": 4}),
    ("nothing shared evenly", {"a": 0, "b": 0, "c": 0, "d": 2}, {(x, "d"): 1 for x in "abc"}, None),
]


@pytest.mark.parametrize(("own", "calls", "expected"), [case[1:] for case in SHARED], ids=[case[0] for case in SHARED])
def test_callers_share(own: dict[str, int], calls: dict[tuple[str, str], int], expected: dict[str, int] | None) -> None:
    found = folded(graph(own, calls))
    assert sum(found.values()) == sum(own.values())
    assert expected is None or found == expected


def test_paths_without_number_are_summed_up() -> None:
    """40 layers of two functions that each call both of the next: 2**40 paths, all of them tiny."""
    made = CallGraph()
    made.add_call("root", "a0", 10**9)
    made.add_call("root", "b0", 10**9)
    for layer in range(40):
        for caller in "ab":
            made.add_own(f"{caller}{layer}", 10**6)
            for callee in "ab":
                made.add_call(f"{caller}{layer}", f"{callee}{layer + 1}", 10**9)
    found = folded(made)
    assert sum(found.values()) == 80 * 10**6
    assert any(path.endswith(call_graph.REST) for path in found)
    assert len(found) < 10**6


def test_it_says_what_is_estimated() -> None:
    ledger = Ledger()
    list(call_graph.stacks(graph({"a": 1}, {("a", "a"): 1}), ledger))
    assert any("estimate" in note for note in ledger.notes)
    assert any("recursion" in note for note in ledger.notes)
