from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from captures import FIXTURES, content, folding, stacks
from resq_flame.fold.ledger import ProfileError

NODE = FIXTURES / "chrome-trace/node-20.20-cpu-profiler.json.gz"
PY_SPY = FIXTURES / "chrome-trace/py-spy-0.4-chrometrace.json.gz"
VIZTRACER = FIXTURES / "chrome-trace/viztracer-1.1-calls.json"


def event(phase: str, name: str | None, at: float, lasts: float | None = None, thread: int = 1) -> dict[str, Any]:
    given = {"ph": phase, "name": name, "ts": at, "dur": lasts, "pid": 7, "tid": thread}
    return {key: value for key, value in given.items() if value is not None}


def trace(*events: dict[str, Any]) -> bytes:
    return json.dumps(events).encode()


CALLS = {
    "a call": ([event("X", "a", 0, 10)], {"a": 10}),
    "a call in a call": ([event("X", "a", 0, 10), event("X", "b", 2, 3)], {"a": 7, "a;b": 3}),
    "the callee first in the file": ([event("X", "b", 2, 3), event("X", "a", 0, 10)], {"a": 7, "a;b": 3}),
    "both begin at once": ([event("X", "b", 0, 3), event("X", "a", 0, 10)], {"a": 7, "a;b": 3}),
    "both last as long": ([event("X", "a", 0, 10), event("X", "b", 0, 10)], {"a;b": 10}),
    "one after the other": ([event("X", "a", 0, 5), event("X", "b", 5, 5)], {"a": 5, "b": 5}),
    "nanoseconds": ([event("X", "a", 0.25, 1.125)], {"a": Decimal("1.125")}),
    "begin and end": (
        [event("B", "a", 0), event("B", "b", 2), event("E", "b", 5), event("E", "a", 10)],
        {"a": 7, "a;b": 3},
    ),
    "ends without names": (
        [event("B", "a", 0), event("B", "b", 2), event("E", None, 5), event("E", None, 9)],
        {"a": 6, "a;b": 3},
    ),
    "out of order": ([event("E", "a", 10), event("B", "a", 0)], {"a": 10}),
    "recursion": ([event("B", "a", 0), event("B", "a", 2), event("E", "a", 5), event("E", "a", 9)], {"a": 6, "a;a": 3}),
    "an end takes what began in it along": (
        [event("B", "a", 0), event("B", "b", 2), event("E", "a", 9)],
        {"a": 2, "a;b": 7},
    ),
    "both kinds": ([event("B", "a", 0), event("X", "b", 2, 3), event("E", "a", 10)], {"a": 7, "a;b": 3}),
    "two threads": ([event("X", "a", 0, 10), event("X", "b", 2, 3, thread=2)], {"a": 10, "b": 3}),
}


@pytest.mark.parametrize(("events", "expected"), CALLS.values(), ids=CALLS)
def test_calls_nest_by_time(events: list[dict[str, Any]], expected: dict[str, object]) -> None:
    assert stacks(trace(*events)) == expected
    assert stacks(json.dumps({"traceEvents": events}).encode()) == expected


def test_a_call_that_outlasts_its_caller_is_cut_and_that_is_counted() -> None:
    profile, ledger = folding(trace(event("X", "a", 0, 10), event("X", "b", 8, 5)))
    assert profile.stacks == {"a": 8, "a;b": 2}
    assert ledger.dropped == {"ends of events that outlast the one they began in": (1, 3)}


def test_an_end_without_a_beginning_is_counted() -> None:
    _, ledger = folding(trace(event("X", "a", 0, 10), event("E", "b", 3)))
    assert ledger.dropped == {"ends of events that had not begun": (1, 1)}


def test_a_call_without_an_end_lasts_to_the_last_event() -> None:
    profile, ledger = folding(trace(event("B", "a", 0), event("X", "b", 2, 3), event("B", "c", 9)))
    assert profile.stacks == {"a": 6, "a;b": 3}
    assert "2 events have no end" in ledger.notes[0]


def test_what_is_no_call_is_passed_over_and_said() -> None:
    _, ledger = folding(trace(event("X", "a", 0, 10), event("I", "mark", 3), event("C", "counter", 4)))
    assert ledger.notes == ["2 other events of the trace are passed over (instants, counters, …)"]


@pytest.mark.parametrize("end", [b"", b",", b",\n", b"\n"])
def test_a_list_may_lack_its_end(end: bytes) -> None:
    assert stacks(trace(event("X", "a", 0, 10)).removesuffix(b"]") + end) == {"a": 10}


def test_a_list_cut_inside_an_event_is_refused() -> None:
    with pytest.raises(ProfileError, match="cut short"):
        folding(trace(event("X", "a", 0, 10))[:-3])


def test_threads_and_processes_are_root_frames_if_asked_for() -> None:
    names = [
        {"ph": "M", "name": "process_name", "pid": 7, "tid": 1, "args": {"name": "app"}},
        {"ph": "M", "name": "thread_name", "pid": 7, "tid": 1, "args": {"name": "main; 1"}},
    ]
    given = trace(*names, event("X", "a", 0, 10))
    assert stacks(given, threads=True) == {"main: 1 1;a": 10}
    assert stacks(given, threads=True, processes=True) == {"app 7;main: 1 1;a": 10}


def test_each_call_of_a_real_trace_counts_once() -> None:
    calls = [entry for entry in json.loads(content(VIZTRACER))["traceEvents"] if entry["ph"] == "X"]
    outermost = max(calls, key=lambda entry: entry["dur"])
    assert sum(stacks(VIZTRACER).values()) == Decimal(str(outermost["dur"]))  # type: ignore[arg-type]


def test_file_and_line_of_py_spys_trace() -> None:
    assert any("hash_rows (work.py:5)" in stack for stack in stacks(PY_SPY, lines=True))


def test_of_two_profiles_of_one_thread_the_finer_one_is_taken() -> None:
    profile, ledger = folding(NODE)
    assert 1_900_000 < sum(profile.stacks.values()) < 2_100_000  # it ran for two seconds
    assert ledger.dropped["samples of a second profile of the same thread and time"][0] == 1857


def chunk(key: str, at: int, nodes: list[dict[str, Any]], samples: list[int], deltas: list[int]) -> dict[str, Any]:
    data = {"cpuProfile": {"nodes": nodes, "samples": samples}, "timeDeltas": deltas}
    return {"ph": "P", "name": "ProfileChunk", "id": key, "pid": 7, "tid": 9, "ts": at, "args": {"data": data}}


def opening(key: str, at: int, thread: int) -> dict[str, Any]:
    data = {"startTime": at}
    return {"ph": "P", "name": "Profile", "id": key, "pid": 7, "tid": thread, "ts": at, "args": {"data": data}}


ROOT = {"id": 1, "callFrame": {"functionName": "(root)"}}
WORK = {"id": 2, "parent": 1, "callFrame": {"functionName": "work"}}


def test_chunks_are_joined_in_the_order_of_time() -> None:
    late, early = chunk("0x1", 200, [WORK], [2, 2], [30, 40]), chunk("0x1", 100, [ROOT], [1], [10])
    assert stacks(trace(opening("0x1", 0, 1), late, early)) == {"work": 40}


def test_profiles_of_two_threads_are_summed() -> None:
    chunks = [chunk(key, 100, [ROOT, WORK], [2, 2], [10, 30]) for key in ("0x1", "0x2")]
    given = trace(opening("0x1", 0, 1), opening("0x2", 0, 2), *chunks)
    assert stacks(given) == {"work": 60}
    assert stacks(given, threads=True) == {"1;work": 30, "2;work": 30}


def test_calls_beside_samples_are_passed_over_and_said() -> None:
    samples = chunk("0x1", 100, [ROOT, WORK], [2, 2], [10, 30])
    profile, ledger = folding(trace(opening("0x1", 0, 1), samples, event("X", "RunTask", 0, 99)))
    assert profile.stacks == {"work": 30}
    assert ledger.notes == ["1 other events of the trace are passed over (it has samples, which are folded)"]


def test_samples_of_nodes_that_were_lost_are_kept() -> None:
    assert stacks(trace(opening("0x1", 0, 1), chunk("0x1", 100, [ROOT], [1, 5, 5], [1, 2, 3]))) == {"(unknown)": 3}


def test_the_samples_of_a_trace_are_taken_where_it_has_stack_frames() -> None:
    frames = {"1": {"name": "main"}, "2": {"name": "work", "parent": 1}}
    samples = [{"sf": 2, "tid": "1", "ts": "5", "weight": "1"}, {"sf": 1, "tid": "1", "ts": "9", "weight": "1"}]
    document = {"traceEvents": [event("X", "a", 0, 10)], "samples": samples, "stackFrames": frames}
    profile, _ = folding(json.dumps(document).encode())
    assert profile.stacks == {"main;work": 1, "main": 1}
    assert profile.meta.unit == "samples"
