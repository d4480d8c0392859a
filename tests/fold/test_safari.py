from __future__ import annotations

import json
from decimal import Decimal

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame.fold.ledger import ProfileError

TIMELINE = FIXTURES / "safari/safari-13.1-timeline.json"


def recording(durations: list[float], stacks_of: list[list[str]]) -> bytes:
    traces = [{"timestamp": 1, "stackFrames": [{"name": name} for name in names]} for names in stacks_of]
    return json.dumps({"recording": {"sampleStackTraces": traces, "sampleDurations": durations}}).encode()


def test_frames_are_leaf_first_and_weights_seconds() -> None:
    profile, _ = folding(recording([0.001, 0.002], [["b", "a"], ["a"]]))
    assert profile.stacks == {"a;b": Decimal("0.001"), "a": Decimal("0.002")}
    assert profile.meta.unit == "seconds"


def test_a_nameless_function_has_its_place() -> None:
    assert all("(anonymous) (plain.js:1)" in stack for stack in stacks(TIMELINE))


def test_samples_without_a_frame_are_counted() -> None:
    assert folding(recording([0.5, 1], [[], ["a"]]))[1].dropped == {"samples without a frame": (1, Decimal("0.5"))}


def test_a_sample_without_its_duration_is_refused() -> None:
    with pytest.raises(ProfileError, match="as many durations"):
        folding(recording([0.5], [["a"], ["b"]]))
