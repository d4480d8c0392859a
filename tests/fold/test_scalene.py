from __future__ import annotations

import json
from typing import Any

import pytest

from captures import FIXTURES, folding, selves, stacks
from resq_flame.fold.ledger import OptionError

STACKS = FIXTURES / "scalene/scalene-2.4-stacks.json.gz"
LINES = FIXTURES / "scalene/scalene-2.4-lines.json.gz"


def frame(name: str, kind: str = "py") -> dict[str, Any]:
    return {"display_name": name, "filename_or_module": "/app/a.py", "kind": kind, "line": 4}


def scalene(**parts: object) -> bytes:
    return json.dumps({"alloc_samples": 0, "args": [], "elapsed_time_sec": 2.0, "files": {}, **parts}).encode()


FILE = {
    "functions": [{"line": "work", "lineno": 3}],
    "lines": [
        {"lineno": 1, "start_function_line": 0, "n_cpu_percent_python": 10.0, "n_malloc_mb": 0},
        {"lineno": 4, "start_function_line": 3, "n_cpu_percent_python": 50.0, "n_sys_percent": 5.0, "n_malloc_mb": 1.5},
        {"lineno": 5, "start_function_line": 3, "n_cpu_percent_python": 0.0},
    ],
}


@pytest.mark.parametrize("weight", [3, [3]])
def test_stacks_are_folded_where_there_are_any(weight: object) -> None:
    profile, ledger = folding(
        scalene(combined_stacks=[[[frame("main"), frame("work"), frame("malloc", "native")], weight]])
    )
    assert (profile.stacks, profile.meta.unit) == ({"main;work": 3}, "samples")
    assert ledger.notes == ["1 native frames below Python's are the interpreter's own: left out"]


def test_a_stack_of_native_frames_alone_is_kept() -> None:
    assert stacks(scalene(combined_stacks=[[[frame("start_thread", "native"), frame("", "native")], 2]])) == {
        "start_thread;[a.py]": 2
    }


def test_memory_is_taken_if_asked_for() -> None:
    profile, _ = folding(scalene(memory_stacks=[[[frame("main")], 1.5]]), sample_type="memory")
    assert (profile.stacks, profile.meta.unit) == ({"main": 3 << 19}, "bytes")


def test_without_stacks_a_line_has_its_share_of_the_seconds() -> None:
    profile, ledger = folding(scalene(files={"/app/a.py": FILE}))
    assert {stack: float(weight) for stack, weight in profile.stacks.items()} == {
        "a.py;<module> (a.py:1)": 0.2,
        "a.py;work (a.py:4)": 1.1,
    }
    assert profile.meta.unit == "seconds"
    assert "no callers" in ledger.notes[0]


def test_lines_may_be_taken_out() -> None:
    assert set(stacks(scalene(files={"/app/a.py": FILE}), lines=False)) == {"a.py;<module>", "a.py;work"}


def test_memory_of_lines() -> None:
    profile, _ = folding(scalene(files={"/app/a.py": FILE}), sample_type="memory")
    assert (profile.stacks, profile.meta.unit) == ({"a.py;work (a.py:4)": 3 << 19}, "bytes")


def test_another_weight_is_bad_usage() -> None:
    with pytest.raises(OptionError, match="cpu or memory, found 'gpu'"):
        folding(STACKS, sample_type="gpu")


def test_lines_and_stacks_of_one_run_agree_in_ranking() -> None:
    def ranking(name: str) -> list[str]:
        found = selves(folding(FIXTURES / name, lines=False)[0])
        return [frame for frame, _ in found.most_common() if frame in ("hash_rows", "render_template", "parse_body")]

    assert ranking("scalene/scalene-2.4-stacks.json.gz") == ranking("scalene/scalene-2.4-lines.json.gz")
    assert ranking("scalene/scalene-2.4-lines.json.gz")[0] == "hash_rows"
