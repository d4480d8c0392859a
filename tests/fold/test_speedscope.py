from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

MEMRAY = FIXTURES / "speedscope/memray-1.20-two-units.json"
PY_SPY = FIXTURES / "speedscope/py-spy-0.4-record.json"

FRAMES = [{"name": "main", "file": "/app/a.py", "line": 3}, {"name": "work"}, {"name": "<module>", "file": "a.py"}]


def document(*profiles: dict[str, Any], **others: object) -> bytes:
    schema = "https://www.speedscope.app/file-format-schema.json"
    return json.dumps({"$schema": schema, "shared": {"frames": FRAMES}, "profiles": profiles, **others}).encode()


def sampled(samples: list[list[int]], weights: list[float], unit: str = "seconds", name: str = "p") -> dict[str, Any]:
    return {"type": "sampled", "name": name, "unit": unit, "samples": samples, "weights": weights}


def evented(*events: tuple[str, int, float], end: float) -> dict[str, Any]:
    entries = [{"type": kind, "frame": frame, "at": at} for kind, frame, at in events]
    return {"type": "evented", "name": "p", "unit": "none", "startValue": 0, "endValue": end, "events": entries}


def test_samples_are_root_first_and_weights_exact() -> None:
    given = document(sampled([[2, 0, 1], [2], [2, 0, 1]], [0.1, 0.5, 0.2]))
    assert stacks(given) == {"<module> (a.py);main;work": Decimal("0.3"), "<module> (a.py)": Decimal("0.5")}


def test_events_last_from_one_to_the_next() -> None:
    given = document(evented(("O", 0, 0), ("O", 1, 2), ("C", 1, 5), ("C", 0, 9), end=9))
    assert stacks(given) == {"main": 6, "main;work": 3}


def test_frames_that_are_never_closed_last_to_the_end() -> None:
    assert stacks(document(evented(("O", 0, 0), ("O", 1, 2), end=9))) == {"main": 2, "main;work": 7}


def test_a_frame_closed_out_of_turn_is_refused() -> None:
    with pytest.raises(ProfileError, match=r"opened last \(work\) to be closed at 5, found main"):
        folding(document(evented(("O", 0, 0), ("O", 1, 2), ("C", 0, 5), end=9)))


@pytest.mark.parametrize(
    ("unit", "ours"), [("none", "count"), ("seconds", "seconds"), ("bytes", "bytes"), ("milliseconds", "milliseconds")]
)
def test_the_unit_is_the_profiles_own(unit: str, ours: str) -> None:
    assert folding(document(sampled([[0]], [1], unit)))[0].meta.unit == ours


def test_profiles_of_one_unit_are_summed_and_apart_with_threads() -> None:
    given = document(sampled([[0]], [1], name="one; 1"), sampled([[0]], [2], name="two"))
    assert stacks(given) == {"main": 3}
    assert stacks(given, threads=True) == {"one: 1;main": 1, "two;main": 2}


def test_of_several_units_the_one_shown_first_is_taken() -> None:
    profiles = sampled([[0]], [1], "bytes", "size"), sampled([[0]], [2], "none", "calls")
    profile, ledger = folding(document(*profiles, activeProfileIndex=1))
    assert (profile.meta.unit, profile.stacks) == ("count", {"main": 2})
    assert "'size' (bytes)" in ledger.notes[0]
    assert stacks(document(*profiles), sample_type="size") == {"main": 1}
    assert stacks(document(*profiles), sample_type="count") == {"main": 2}


def test_memrays_allocations_are_counted_if_asked_for() -> None:
    assert folding(MEMRAY)[0].meta.unit == "bytes"
    counted, _ = folding(MEMRAY, sample_type="Allocations")
    assert (counted.meta.unit, sum(counted.stacks.values())) == ("count", 74)


def test_a_profile_that_is_not_there_is_bad_usage() -> None:
    with pytest.raises(OptionError, match=r"'Memory' \(bytes\), 'Allocations' \(count\); found 'time'"):
        folding(MEMRAY, sample_type="time")


def test_what_is_no_sample_is_counted() -> None:
    _, ledger = folding(document(sampled([[], [0], [0]], [5, -2, 1])))
    assert ledger.dropped == {"samples without a frame": (1, 5), "samples of negative weight": (1, -2)}


def test_lines_are_added_if_asked_for() -> None:
    assert stacks(document(sampled([[0]], [1])), lines=True) == {"main (a.py:3)": 1}
    assert stacks(document(sampled([[2]], [1])), lines=False) == {"<module>": 1}


def test_it_ranks_as_py_spys_folded_stacks_of_the_same_program() -> None:
    names = {"hash_rows (work.py)": "hash_rows", "render_template (work.py)": "render_template"}
    raw = selves(folding(FIXTURES / "py-spy/py-spy-0.4-nolineno.txt")[0])
    assert [names[name] for name, _ in raw.most_common(2)] == [
        name for name, _ in selves(folding(PY_SPY)[0]).most_common(2)
    ]


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (document(), "at least one profile"),
        (document(sampled([[7]], [1])), "one of 3 frames, found b'7'"),
        (document(sampled([[0]], [1, 2])), "as many weights"),
        (document({"type": "other", "name": "p", "unit": "none"}), "sampled"),
    ],
)
def test_damage_is_named(damaged: bytes, reason: str) -> None:
    with pytest.raises(ProfileError, match=reason):
        folding(damaged)
