"""What is listed, how it is counted, and the ways it is written."""

from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given

from profiles import profiles
from programs import error_line, run_stage
from resq_flame.folded import Folded, total
from resq_flame.report.costs import Cost, costs
from resq_flame.report.grouping import BY

PROFILE = b'# resq-flame {"unit":"microseconds"}\nmain;f;f;g 600000\nmain;f 300000\nmain;h|x 99999.5\n'


def cost(profile: Folded, by: str = "function") -> list[Cost]:
    return list(costs(((entry, (weight,)) for entry, weight in profile.stacks.items()), 1, by).values())


@pytest.mark.parametrize("by", BY)
@given(profile=profiles())
def test_selfs_add_up_to_the_whole_and_no_total_exceeds_it(by: str, profile: Folded) -> None:
    whole = total(profile.stacks.values())
    assert total(one.self[0] for one in cost(profile, by)) == whole
    assert all(one.self[0] <= one.total[0] <= whole for one in cost(profile, by))


def test_recursion_counts_once() -> None:
    assert costs([("f;f;f", (2,)), ("f;g", (1,))], 1)["f"].total == [3]


def test_text() -> None:
    assert run_stage("report", "--top", "2", stdin=PROFILE).stdout.decode() == (
        "1 s in 3 stacks of 4 functions\n"
        "\n"
        "  self  self %   total  total %  function\n"
        "600 ms    60.0  600 ms     60.0  g\n"
        "300 ms    30.0  900 ms     90.0  f\n"
        "\n"
        "and 2 more (--top 0 lists all)\n"
    )


def test_markdown_escapes_names() -> None:
    lines = run_stage("report", "--format", "markdown", stdin=PROFILE).stdout.decode().splitlines()
    assert lines[3] == "| ---: | ---: | ---: | ---: | :--- |"
    assert lines[6] == "| 100 ms | 10.0 | 100 ms | 10.0 | `h\\|x` |"


def test_json_keeps_the_numbers() -> None:
    data = json.loads(run_stage("report", "--format", "json", "--sort", "total", stdin=PROFILE).stdout)
    assert data["unit"] == "microseconds"
    assert data["functions"][0] == {"name": "main", "self": 0, "total": 999999.5}


def test_csv_is_a_row_a_function() -> None:
    text = run_stage("report", "--format", "csv", stdin=b'main;a,"b 3\nmain 1\n').stdout.decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert rows[0] == {"name": 'a,"b', "self": "3", "total": "3"}
    assert rows[1] == {"name": "main", "self": "1", "total": "4"}


@pytest.mark.parametrize(
    ("sort", "first"), [("self", "g"), ("total", "main"), ("name", "f")], ids=["self", "total", "name"]
)
def test_sorts(sort: str, first: str) -> None:
    done = run_stage("report", "--sort", sort, stdin=PROFILE)
    assert done.stdout.decode().splitlines()[3].split()[-1] == first


@pytest.mark.parametrize(
    ("by", "first"),
    [
        ("function", "4 100.0 4 100.0 work (app.py)"),
        ("line", "3 75.0 3 75.0 work (app.py:7)"),
        ("file", "4 100.0 4 100.0 app.py"),
        ("module", "4 100.0 4 100.0 app"),
        ("thread", "4 100.0 4 100.0 thread (0x1): io"),
    ],
)
def test_lists_by(by: str, first: str) -> None:
    stdin = b"process 1:python;thread (0x1): io;main (app.py:3);work (app.py:7) 3\n"
    stdin += b"process 1:python;thread (0x1): io;main (app.py:4);work (app.py:8) 1\n"
    lines = run_stage("report", "--by", by, stdin=stdin).stdout.decode().splitlines()
    assert lines[3].split() == first.split()


def test_peek_lists_callers_and_callees() -> None:
    done = run_stage("report", "--peek", "^f$", stdin=b"main;f;g 6\nmain;f;f 2\nstart;f;h 1\nother 1\n")
    assert done.stdout.decode() == (
        "callers and callees of 1 function matching '^f$'; shares in % of the profile\n"
        "\n"
        "total  relation  function\n"
        " 80.0    caller  main\n"
        " 10.0    caller  start\n"
        " 90.0  function  f\n"
        " 20.0      self  f\n"
        " 60.0    callee  g\n"
        " 10.0    callee  h\n"
    )


def test_peek_at_nothing_is_an_error() -> None:
    assert "found none" in error_line(run_stage("report", "--peek", "nope", stdin=PROFILE))
    assert "regular expression" in error_line(run_stage("report", "--peek", "(", stdin=PROFILE), 2)
