"""perf report's trees and chains."""

from __future__ import annotations

import io

import pytest

from captures import FIXTURES, folding, stacks
from resq_flame import folded

HEAD = """\
# Samples: 100  of event 'cycles'
#
# Overhead  Command  Shared Object  Symbol
# ........  .......  .............  .......
#
"""

ROW = "    90.00%  my app   app            [.] leaf\n"

BODIES = {
    "caller first": (
        """            |
            ---main
               |
               |--60.00%--a
               |          leaf
               |
                --30.00%--b
                          |
                          |--20.00%--leaf
                          |
                           --10.00%--c
                                     leaf
""",
        {"my app;main;a;leaf": 60, "my app;main;b;leaf": 20, "my app;main;b;c;leaf": 10},
    ),
    "callee first": (
        """            |
            ---leaf
               |
               |--60.00%--a
               |          main
               |
                --30.00%--b
                          main
""",
        {"my app;main;a;leaf": 60, "my app;main;b;leaf": 30},
    ),
    "a branch below the threshold": (
        """            |
            ---main
               |
                --89.00%--a
                          leaf
""",
        {"my app;main;a;leaf": 89, "my app;main;leaf": 1},
    ),
    "percent of the branch above": (
        """            |
            ---leaf
               |
               |--50.00%--a
               |          |
               |          |--75.00%--main
               |          |
               |           --25.00%--start
               |
                --50.00%--b
""",
        {"my app;main;a;leaf": 33.75, "my app;start;a;leaf": 11.25, "my app;b;leaf": 45},
    ),
    "samples, in wide labels": (
        """            |
            |--60--main
            |          a
            |          leaf
            |
             --30--main
                       b
                       leaf
""",
        {"my app;main;a;leaf": 60, "my app;main;b;leaf": 30},
    ),
    "flat": (
        """           60.00%
                leaf
                a
                main

           30.00%
                leaf
                b

""",
        {"my app;main;a;leaf": 60, "my app;b;leaf": 30},
    ),
    "source lines": (
        """            |
            ---main app.c:9
               leaf app.c:3
""",
        {"my app;main;leaf": 90},
    ),
    "no symbol": (
        """            |
            ---0x7f8178cd44a3
               leaf
""",
        {"my app;[unknown];leaf": 90},
    ),
    "a caller whose name goes on": (
        """            |
            ---main
               leaf_all
""",
        {"my app;main;leaf_all;leaf": 90},
    ),
    "folded, callee first": (
        "60.00% leaf;a;main\n30.00% leaf;main\n",
        {"my app;main;a;leaf": 60, "my app;main;leaf": 30},
    ),
    "folded, caller first": ("90.00% main;a;leaf\n", {"my app;main;a;leaf": 90}),
    "folded counts": ("60 leaf;a;main\n30 leaf;main\n", {"my app;main;a;leaf": 60, "my app;main;leaf": 30}),
    "no chain": ("", {"my app;leaf": 90}),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_chains(body: str, expected: dict[str, int]) -> None:
    assert stacks((HEAD + ROW + body).encode()) == expected


def test_a_row_with_children_has_the_chains_that_end_in_it() -> None:
    text = """\
# Samples: 100  of event 'cycles'
#
# Children      Self  Command  Shared Object  Symbol
# ........  ........  .......  .............  .......
#
   100.00%     0.00%  app      app            [.] main
            |
            ---main
               work
               |
                --30.00%--leaf

   100.00%    70.00%  app      app            [.] work
            |
            |--70.00%--main
            |          work
            |
             --30.00%--work
                       leaf

    30.00%    30.00%  app      app            [.] leaf
            |
            ---main
               work
               leaf
"""
    assert stacks(text.encode()) == {"app;main;work": 70, "app;main;work;leaf": 30}


ROWS = {
    "verbose": "    90.00%  app      /usr/bin/app   0x55e6f93c338a     B [.] leaf(int)\n",
    "more columns": "    90.00%  app      app            [.] leaf  app.c:3\n",
    "shifted": "    90.00%  app      app             [.] leaf\n",
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_rows(row: str) -> None:
    assert stacks((HEAD + row).encode()) == {"app;leaf": 90}


def test_folded_periods_are_no_samples() -> None:
    head = HEAD.replace("#\n", "# Event count (approx.): 5000\n#\n", 1)
    profile, _ = folding((head + ROW + "3000 leaf;a\n1500 leaf;b\n").encode())
    assert (profile.meta.unit, dict(profile.stacks)) == ("percent", {"my app;a;leaf": 60, "my app;b;leaf": 30})


def test_both_forms_of_one_recording_are_the_same() -> None:
    caller, chain = (FIXTURES / f"perf-report/perf-6.1-{form}.txt" for form in ("caller", "folded"))
    assert stacks(caller) == stacks(chain)


def test_shares_are_those_of_perf_script() -> None:
    profile, ledger = folding(FIXTURES / "perf-report/perf-6.1-caller.txt")
    assert profile.meta.unit == "percent"
    assert folded.total(profile.stacks.values()) == pytest.approx(100, abs=0.1)  # type: ignore[comparison-overlap]
    assert "perf script has it all" in ledger.notes[0]


def test_of_several_events_the_first() -> None:
    text = (HEAD + ROW + HEAD.replace("cycles", "faults") + ROW).encode()
    assert stacks(text) == {"my app;leaf": 90}
    assert stacks(text, event="faults") == {"my app;leaf": 90}
    assert folding(io.BytesIO(text).read())[1].dropped["percent of faults (--event takes another)"][0] == 1
