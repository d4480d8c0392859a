from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from captures import FIXTURES, folding, stacks

WORK = FIXTURES / "pyinstrument/pyinstrument-5.1-work.json"


def frame(name: str, time: float, *children: dict[str, Any], **others: str) -> dict[str, Any]:
    place = {"file_path_short": "a.py", "line_no": 3}
    return {"function": name, **place, "time": time, "children": list(children), **others}


def session(root: dict[str, Any]) -> bytes:
    return json.dumps({"start_time": 1.5, "sample_count": 3, "root_frame": root}).encode()


def test_own_time_is_what_the_children_do_not_account_for() -> None:
    profile, _ = folding(session(frame("main", 2.5, frame("a", 1.25), frame("b", 0.75))))
    assert profile.stacks == {"main": Decimal("0.5"), "main;a": Decimal("1.25"), "main;b": Decimal("0.75")}
    assert profile.meta.unit == "seconds"


def test_pyinstruments_frame_for_own_time_is_its_parent() -> None:
    assert stacks(session(frame("main", 2, frame("[self]", 0.5), frame("a", 1.5)))) == {
        "main": Decimal("0.5"),
        "main;a": Decimal("1.5"),
    }


def test_a_method_has_its_class() -> None:
    assert stacks(session(frame("handle", 1, class_name="OrderService"))) == {"OrderService.handle": 1}


def test_lines_are_added_if_asked_for() -> None:
    assert stacks(session(frame("main", 1)), lines=True) == {"main (a.py:3)": 1}


def test_a_session_has_the_samples() -> None:
    records = [
        [
            [
                "MainThread\0<thread>\x0042",
                "main\0/app/a.py\x001\x01l9",
                "handle\0/app/a.py\x003\x01cOrderService\x01l5",
            ],
            0.25,
        ],
        [["MainThread\0<thread>\x0042", "main\0/app/a.py\x001\x01l9"], 0.5],
    ]
    given = json.dumps({"sample_count": 2, "start_call_stack": [], "frame_records": records}).encode()
    assert stacks(given) == {"main;OrderService.handle": Decimal("0.25"), "main": Decimal("0.5")}
    assert "MainThread 42;main (a.py:1);OrderService.handle (a.py:3)" in stacks(given, lines=True, threads=True)


def test_children_that_take_longer_are_counted() -> None:
    assert folding(session(frame("main", 1, frame("a", 1.5))))[1].dropped == {
        "frames whose children take longer than they do": (1, Decimal("-0.5"))
    }


def test_the_whole_is_the_time_of_the_root() -> None:
    root = json.loads(WORK.read_bytes())["root_frame"]
    assert sum(stacks(WORK).values()) == Decimal(str(root["time"]))  # type: ignore[arg-type]


def test_what_is_printed_in_colours() -> None:
    printed = """
  _     ._   __/__   _ _  _  _ _/_   Recorded: 22:49:00  Samples:  586
 /_//_/// /_\\ / //_// / //_'/ //     Duration: 1.009     CPU time: 1.002

\x1b[31m1.006\x1b[0m <module>  work.py:1
└─ \x1b[31m1.000\x1b[0m Shop.render  \x1b[2mwork.py:8\x1b[0m
   │     [2 frames hidden]  <built-in>
   ├─ 0.300 [self]  work.py
   └─ 0.700 parse  work.py:10
"""
    root = "<module> (work.py)"
    assert stacks(printed.encode()) == {
        root: Decimal("0.006"),
        f"{root};Shop.render": Decimal("0.300"),
        f"{root};Shop.render;parse": Decimal("0.700"),
    }
    assert f"{root};Shop.render (work.py:8);parse (work.py:10)".replace(".py)", ".py:1)") in stacks(
        printed.encode(), lines=True
    )
