from __future__ import annotations

import json
from typing import Any

import pytest

from captures import folding, stacks


def short(name: str, value: float, *children: dict[str, Any]) -> dict[str, Any]:
    return {"n": name, "l": "", "v": value, "c": list(children)}


def long(name: str, value: float, *children: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "value": value, "children": list(children)}


@pytest.mark.parametrize("node", [short, long])
def test_values_of_a_whole_subtree(node: Any) -> None:
    tree = node("all", 10, node("main", 9, node("work", 6)))
    profile, ledger = folding(json.dumps(tree).encode())
    assert profile.stacks == {"main": 3, "main;work": 6}
    assert ledger.dropped == {"values of the whole, in no frame": (1, 1)}


@pytest.mark.parametrize("node", [short, long])
def test_own_values(node: Any) -> None:
    tree = node("all", 0, node("main", 2, node("work", 6)), node("other", 1))
    assert stacks(json.dumps(tree).encode()) == {"main": 2, "main;work": 6, "other": 1}


def test_the_tree_inside_perfs_page() -> None:
    assert stacks(json.dumps({"metadata": {}, "stack": short("all", 0, short("main", 2))}).encode()) == {"main": 2}
