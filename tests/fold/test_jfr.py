"""Flight recordings: which events are folded, and how the binary form and jfr's JSON agree."""

from __future__ import annotations

import json

import pytest

from captures import FIXTURES, beside, content, folding, selves, stacks
from resq_flame.fold.ledger import OptionError, ProfileError

ASYNC = FIXTURES / "jfr/async-profiler-4.1-cpu.jfr"
FLIGHT = FIXTURES / "jfr/jdk-17-flight.jfr.gz"
PRINTED = FIXTURES / "jfr/jdk-17-print.json.gz"


@pytest.mark.parametrize("event", [None, "tlab", "jdk.ThreadSleep", "JavaMonitorEnter"])
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("threads", [False, True])
def test_jfr_print_shows_the_same(event: str | None, lines: bool, threads: bool) -> None:
    options = {"event": event, "lines": lines, "threads": threads}
    assert stacks(FLIGHT, **options) == stacks(PRINTED, **options)


def test_execution_samples_are_counted_and_the_rest_is_said() -> None:
    profile, ledger = folding(FLIGHT)
    assert profile.meta.unit == "samples"
    assert sum(profile.stacks.values()) == 27
    assert set(ledger.dropped) == {
        f"jdk.{name} events (--event folds them)"
        for name in ("JavaMonitorEnter", "ObjectAllocationInNewTLAB", "ThreadSleep")
    }


def test_events_without_a_stack_are_counted() -> None:
    assert folding(FLIGHT, event="tlab")[1].dropped["events without a stack"] == (1, 1)


@pytest.mark.parametrize(
    ("event", "unit", "leaf"),
    [
        ("tlab", "bytes", "Work.lambda$main$0"),
        ("ThreadSleep", "nanoseconds", "java/lang/Thread.sleep"),
        ("lock", "nanoseconds", "Work.blocked"),
    ],
)
def test_other_events(event: str, unit: str, leaf: str) -> None:
    profile, _ = folding(FLIGHT, event=event)
    assert profile.meta.unit == unit
    assert leaf in selves(profile)


def test_an_event_that_is_not_there() -> None:
    with pytest.raises(OptionError, match=r"jdk\.ExecutionSample"):
        folding(ASYNC, event="alloc")


def test_async_profilers_own_stacks_are_the_same() -> None:
    """Its collapsed stacks are of another run: the same functions, in the same order."""
    ranking = [name for name, _ in selves(folding(ASYNC)[0]).most_common(3)]
    assert ranking == ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"]
    assert "CompileBroker::invoke_compiler_on_method" in selves(folding(ASYNC)[0])


def test_chunks_add_up_and_a_cut_one_is_said() -> None:
    whole = content(ASYNC)
    once = folding(whole)[0].stacks
    assert folding(whole * 2)[0].stacks == {stack: 2 * int(weight) for stack, weight in once.items()}
    profile, ledger = folding(whole + whole[:-100])
    assert profile.stacks == once
    assert "cut short" in next(iter(ledger.dropped))


def test_java_8s_commercial_recordings_are_refused() -> None:
    with pytest.raises(ProfileError, match="version 2"):
        folding(b"FLR\0\0\0\0\x09" + bytes(60))


def test_five_frames_are_jfrs_own_limit() -> None:
    frame = {"method": {"type": {"name": "A"}, "name": "f"}, "lineNumber": 1}
    trace = {"truncated": True, "frames": [frame] * 5}
    event = {"type": "jdk.ExecutionSample", "values": {"stackTrace": trace}}
    _, ledger = folding(json.dumps({"recording": {"events": [event]}}).encode())
    assert any("--stack-depth" in note for note in ledger.notes)
    assert any("stackdepth" in note for note in ledger.notes)


def test_the_goldens_agree() -> None:
    assert beside(FLIGHT).read_bytes() == beside(PRINTED).read_bytes()


TEXT = """\
jdk.ObjectAllocationSample {
  startTime = 22:44:44.032
  objectClass = byte[] (classLoader = bootstrap)
  weight = 1.5 kB
  eventThread = "main" (javaThreadId = 1)
  stackTrace = [
    java.util.Arrays.copyOf(byte[], int) line: 3537
    Work.main(String[]) line: 9
    ...
  ]
}

jdk.ThreadPark {
  startTime = 22:44:45.100
  duration = 1 m 12 s
  stackTrace = [
    Work.<init>()
  ]
}
"""


def test_the_text_of_jfr_print() -> None:
    assert stacks(TEXT.encode()) == {"Work.main;java/util/Arrays.copyOf": 1536}
    assert stacks(TEXT.encode(), lines=True, threads=True) == {
        "thread main;Work.main:9;java/util/Arrays.copyOf:3537": 1536
    }
    profile, _ = folding(TEXT.encode(), event="lock")
    assert (profile.meta.unit, profile.stacks) == ("nanoseconds", {"Work.<init>": 72_000_000_000})
