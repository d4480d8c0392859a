"""Off-CPU time: what sched_switch records add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures import FIXTURES, folding, stacks
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError
from resq_flame.folded import total

FRAMES = b"\tff __schedule+0x1 ([kernel.kallsyms])\n\t4 main+0x2 (/bin/app)\n"


def keys(time: str, going: str, state: str, coming: str) -> bytes:
    """A switch as the kernel prints it. A task is ``comm:pid``."""
    (prev, pid), (following, next_pid) = going.rsplit(":", 1), coming.rsplit(":", 1)
    return (
        f"{prev} {pid} [000] {time}: sched:sched_switch: prev_comm={prev} prev_pid={pid} prev_prio=120 "
        f"prev_state={state} ==> next_comm={following} next_pid={next_pid} next_prio=120\n"
    ).encode()


def short(time: str, going: str, state: str, coming: str) -> bytes:
    """The same as libtraceevent's plugin prints it."""
    prev, pid = going.rsplit(":", 1)
    return f"{prev} {pid} [000] {time}: sched:sched_switch: {going} [120] {state} ==> {coming} [120]\n".encode()


STYLES = pytest.mark.parametrize("switch", [keys, short])


@STYLES
def test_a_wait_is_from_leave_to_return(switch: Callable[..., bytes]) -> None:
    text = switch("1.000000", "app:7", "S", "b:8") + FRAMES + b"\n" + switch("1.000250", "b:8", "S", "app:7") + FRAMES
    profile, _ = folding(text)
    assert (profile.stacks, profile.meta.unit) == ({"app;main;__schedule": 250}, "microseconds")


@STYLES
@pytest.mark.parametrize("state", ["R", "R+"])
def test_preempted_time_is_dropped_and_counted(switch: Callable[..., bytes], state: str) -> None:
    text = switch("1.0", "app:7", state, "b:8") + FRAMES + b"\n" + switch("1.5", "b:8", "D", "app:7") + FRAMES
    profile, ledger = folding(text)
    assert profile.stacks == {}
    assert ledger.dropped["waits of preempted tasks (state R; --preempted keeps them)"] == (1, 500000)
    assert stacks(text, preempted=True) == {"app;main;__schedule": 500000}


@STYLES
def test_comms_may_hold_anything(switch: Callable[..., bytes]) -> None:
    odd = "a [1] S ==> b:3"
    text = switch("1.0", f"{odd}:7", "S", f"{odd}:8") + FRAMES + b"\n" + switch("1.5", f"{odd}:8", "S", f"{odd}:7")
    assert list(stacks(text, "offcpu").values()) == [500000]


def test_without_frames_a_wait_is_its_task() -> None:
    assert stacks(keys("1.0", "app:7", "S", "b:8") + keys("1.5", "b:8", "S", "app:7")) == {"app": 500000}


def test_a_time_in_nanoseconds_is_exact() -> None:
    text = keys("1.000000001", "app:7", "S", "b:8") + FRAMES + b"\n" + keys("1.000001002", "b:8", "S", "app:7")
    assert stacks(text) == {"app;main;__schedule": Decimal("1.001")}


def test_the_idle_task_waits_for_nothing() -> None:
    text = keys("1.0", "swapper/0:0", "R", "app:7") + keys("1.5", "app:7", "S", "swapper/0:0")
    profile, ledger = folding(text)
    assert profile.stacks == {}
    assert ledger.dropped["switches from the idle task"] == (1, 1)


def test_what_is_unpaired_is_counted() -> None:
    _, ledger = folding(
        keys("1.0", "app:7", "S", "b:8") + keys("1.2", "app:7", "S", "b:8") + keys("1.3", "b:8", "S", "c:9"), "offcpu"
    )
    assert {what: count for what, (count, _) in ledger.dropped.items()} == {
        "switches from tasks whose return was not recorded": 1,
        "switches to tasks whose leave was not recorded": 3,
        "switches from tasks that had not returned at the end": 2,
    }


def test_one_ended_records_say_how_to_record_both() -> None:
    _, ledger = folding(keys("1.0", "app:7", "S", "b:8"))
    assert "perf record -a -e sched:sched_switch -g" in ledger.notes[0]


def test_other_events_of_the_scheduler_are_counted() -> None:
    wakeup = b"app 7 [000] 0.5: sched:sched_wakeup: comm=b pid=8 prio=120 target_cpu=000\n"
    _, ledger = folding(wakeup + keys("1.0", "app:7", "S", "b:8") + keys("1.5", "b:8", "S", "app:7"))
    assert ledger.dropped["samples of sched:sched_wakeup"] == (1, 1)


def test_options_of_perf_hold() -> None:
    text = keys("1.0", "app:7", "S", "b:8") + FRAMES + b"\n" + keys("1.5", "b:8", "S", "app:7")
    assert stacks(text, kernel=True, tid=True) == {"app-?/7;main;__schedule_[k]": 500000}
    assert stacks(text, skip_after=("__schedule",)) == {"__schedule": 500000}


def test_perf_text_without_switches_is_an_error() -> None:
    with pytest.raises(ProfileError, match="expected records of sched:sched_switch"):
        folding(b"app 7 1.5: 3 cycles: \n\t4 main (/a)\n", "offcpu")


def test_a_file_of_switches_and_samples_is_perf() -> None:
    text = keys("1.0", "app:7", "S", "b:8") + FRAMES + b"\napp 7 1.5: 3 cycles: \n" + FRAMES
    assert fold.recognise(text).name == "perf"


def test_the_true_waits_of_a_recording_of_three_seconds() -> None:
    profile, ledger = folding(FIXTURES / "offcpu" / "perf-6.1-sched-switch.txt.gz")
    waits = Counter[str]()
    for stack, weight in profile.stacks.items():
        waits[stack.split(";")[0]] += int(weight)
    assert waits["sleep"] == pytest.approx(3_000_000, rel=0.01)  # perf record … sleep 3
    preempted, time = ledger.dropped["waits of preempted tasks (state R; --preempted keeps them)"]
    assert preempted > 500 and time > 2_000_000  # three busy loops on two CPUs


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("SDRI"), st.integers(0, 9)), min_size=1, max_size=30))
def test_away_and_dropped_time_is_all_time_between_leave_and_return(steps: list[tuple[int, str, int]]) -> None:
    now, running, expected, text = 0, 1, 0, b""
    left: dict[int, int] = {}
    for following, state, wait in steps:
        if following == running:
            continue
        now += wait
        text += keys(f"1.{now:06}", f"t:{running}", state, f"t:{following}")
        expected += now - left.pop(following, now)
        left[running], running = now, following
    if text:
        profile, ledger = folding(text, "offcpu", preempted=True)
        assert total(profile.stacks.values()) == expected
        assert "switches from tasks whose return was not recorded" not in ledger.dropped


@pytest.mark.parametrize("others", [150, 2000], ids="{} switches of others come first".format)
def test_a_busy_system(others: int) -> None:
    switch = b"python3  9679/9679  [000]  0.760836340: PERF_RECORD_SWITCH_CPU_WIDE OUT preempt  next pid/tid: 8/8\n"
    wait = keys("1.000000", "app:7", "S", "b:8") + FRAMES + b"\n" + keys("1.000250", "b:8", "S", "app:7") + FRAMES
    profile, _ = folding(others * switch + wait)
    assert profile.stacks == {"app;main;__schedule": 250}
