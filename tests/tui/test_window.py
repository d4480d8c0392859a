"""Live mode's memory: the captures of the last seconds."""

from __future__ import annotations

import argparse
import os

import pytest

from resq_flame import tui
from resq_flame.folded import Folded
from resq_flame.stage import StageError
from resq_flame.tui import live
from resq_flame.tui.live import Window


def test_the_sum_of_the_last_seconds() -> None:
    window = Window(10)
    for now, stacks in ((0, {"a": 1}), (4, {"a": 2, "b": 1}), (11, {"b": 5})):
        window.add(now, Folded(stacks=stacks))
    assert window.sum().stacks == {"a": 2, "b": 6}


def test_what_is_old_goes_although_nothing_comes() -> None:
    window = Window(10)
    window.add(0, Folded(stacks={"a": 1}))
    window.add(5, Folded(stacks={"b": 1}))
    assert window.forget(12)
    assert window.sum().stacks == {"b": 1}
    assert not window.forget(100)  # the last one stays to be looked at


def options(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    tui.add_top_arguments(parser)
    return parser.parse_args(flags)


def test_the_source_is_that_of_the_language() -> None:
    plan = live.from_arguments(options("--pid", str(os.getpid())))
    assert (plan.source, plan.interval, plan.window) == ("python", 1.0, 15.0)


def test_flags_say_otherwise() -> None:
    flags = ("--pid", str(os.getpid()), "--source", "perf", "--interval", "500ms", "--window", "1m")
    plan = live.from_arguments(options(*flags))
    assert (plan.source, plan.interval, plan.window) == ("perf", 0.5, 60.0)


def test_no_such_process() -> None:
    with pytest.raises(StageError, match="pid 999999999: no such process"):
        live.from_arguments(options("--pid", "999999999"))
