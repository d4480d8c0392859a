from __future__ import annotations

import json

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame.fold.ledger import ProfileError

FRAMES = {
    "1": {"name": "<main>", "file": "/app/a.rb"},
    "2": {"name": "Object#work", "file": "/app/a.rb", "line": 4},
    "3": {"name": "(garbage collection)", "file": "", "line": None},
}


def stackprof(raw: list[object] | None, **others: object) -> bytes:
    head = {"version": 1.2, "mode": "cpu", "interval": 1000, "samples": 3, "gc_samples": 1, "missed_samples": 0}
    return json.dumps({**head, **others, "frames": FRAMES, **({} if raw is None else {"raw": raw})}).encode()


RAW: list[object] = [2, 1, 2, 5, 1, 1, 2, 1, 3, 1]


def test_raw_has_height_frames_and_count() -> None:
    assert stacks(stackprof(RAW)) == {"<main> (a.rb);Object#work": 5, "<main> (a.rb)": 2, "(garbage collection)": 1}


def test_of_allocations_only_each_nth_was_sampled() -> None:
    profile, _ = folding(stackprof([1, 2, 5], mode="object", interval=10))
    assert (profile.stacks, profile.meta.unit) == ({"Object#work": 50}, "count")


def test_missed_samples_are_said() -> None:
    assert folding(stackprof(RAW, missed_samples=4))[1].notes == ["stackprof missed 4 samples"]


def test_lines_are_added_if_asked_for() -> None:
    assert "<main> (a.rb);Object#work (a.rb:4)" in stacks(stackprof(RAW), lines=True)


@pytest.mark.parametrize("mode", ["cpu", "wall", "object"])
def test_all_samples_are_there(mode: str) -> None:
    path = FIXTURES / f"stackprof/stackprof-0.2-{mode}.json"
    recorded = json.loads(path.read_bytes())
    scale = recorded["interval"] if mode == "object" else 1
    assert sum(stacks(path).values()) == recorded["samples"] * scale  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", [[2, 1, 2], [2, 1], [-1, 1], ["a"], [1, 9, 1], [1, 2, -5], [10**30]])
def test_damaged_stacks_are_refused(raw: list[object]) -> None:
    with pytest.raises(ProfileError, match="damaged"):
        folding(stackprof(raw))


def test_without_stacks_it_says_how_to_get_them() -> None:
    with pytest.raises(ProfileError, match=r"raw: true"):
        folding(stackprof(None))


def test_rubys_marshal_is_refused_with_the_command_that_reads_it() -> None:
    with pytest.raises(ProfileError, match="stackprof --json"):
        folding(b"\x04\x08{\x0d:\x0cversionf\x081.2:\x09mode:\x08cpu")
