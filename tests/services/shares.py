"""What a profile says, read without the program under test: the share of each function's self time, in percent."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from captures import folding


def of_pyspy(profile: Path) -> dict[str, float]:
    selves: Counter[str] = Counter()
    for line in profile.read_text().splitlines():
        stack, _, samples = line.rpartition(" ")
        selves[stack.rpartition(";")[2].partition(" (")[0]] += int(samples)
    return _percent(selves)


def of_cpuprofile(profile: Path) -> dict[str, float]:
    """Each sample lasts until the next; idle time is nobody's."""
    document = json.loads(profile.read_bytes())
    names = {node["id"]: node["callFrame"]["functionName"] for node in document["nodes"]}
    selves: Counter[str] = Counter()
    for node, delta in zip(document["samples"], document["timeDeltas"][1:], strict=False):
        selves[names[node]] += max(delta, 0)
    del selves["(idle)"]
    return _percent(selves)


def of_folded(profile: Path, *, skip: str = "") -> dict[str, float]:
    """Of a profile that the program folds; frames that start with ``skip`` are part of what called them.

    Rust's paths are left out: resq_api_fixture::hash_rows is hash_rows.
    """
    selves: Counter[str] = Counter()
    for stack, weight in folding(profile)[0].stacks.items():
        frames = [frame for frame in stack.split(";") if not (skip and frame.startswith(skip))]
        if frames:
            selves[frames[-1].rpartition("::")[2]] += int(weight)
    return _percent(selves)


def stacks_of(profile: Path) -> list[str]:
    return list(folding(profile)[0].stacks)


def check(found: dict[str, float], expected: dict[str, float]) -> None:
    """The functions are the top ones, in this order, each within 10 points of what it really takes."""
    assert sorted(found, key=lambda name: -found[name])[: len(expected)] == list(expected), found
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=10)


def _percent(selves: Counter[str]) -> dict[str, float]:
    total = sum(selves.values())
    return {name: 100 * value / total for name, value in selves.items()}
