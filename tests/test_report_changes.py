"""Two sides: what changed, whether it is real, and the gate."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import differentials, profiles
from programs import error_line, run, run_stage
from resq_flame import folded
from resq_flame.folded import Differential, Folded, Meta
from resq_flame.report.changes import changes
from resq_flame.report.samples import sample_weight
from simulation import Program

SLOWER = b"main;store;hash 600 760\nmain;render 300 300\nmain;parse 100 100\nmain;rare 2 4\n"
SAME = b"main;hash 600 610\nmain;render 300 295\n"


@given(differentials(min_size=1))
def test_changes_are_differences_of_shares(profile: Differential) -> None:
    for one in changes(profile).functions:
        assert abs(one.total.points) <= 100
        assert one.total.points == one.total.after - one.total.before


@given(profiles(min_size=1), st.integers(1, 4))
def test_a_profile_differs_in_nothing_from_itself(profile: Folded, rounds: int) -> None:
    meta = Meta(profile.meta.unit, columns=("before",) * rounds + ("after",) * rounds)
    same = Differential(meta, {entry: (weight,) * 2 * rounds for entry, weight in profile.stacks.items()})
    assert not any(one.significant or one.self.points or one.total.points for one in changes(same).functions)


@settings(deadline=None)  # the first call imports
@given(differentials(min_size=1))
def test_swapping_the_sides_negates(profile: Differential) -> None:
    other = {"before": "after", "after": "before"}
    swapped = Differential(
        Meta(profile.meta.unit, profile.meta.source, tuple(other[name] for name in profile.meta.columns)),
        profile.stacks,
    )
    for one, two in zip(changes(profile).functions, changes(swapped).functions, strict=True):
        assert (one.self.points, one.total.points) == (-two.self.points, -two.total.points)
        assert (one.self.significant, one.total.significant) == (two.self.significant, two.total.significant)
        if one.total.test is not None and two.total.test is not None:
            assert one.total.test.low == pytest.approx(-two.total.test.high, abs=1e-9)
            assert one.total.test.p == pytest.approx(two.total.test.p, rel=1e-6, abs=1e-12)


@given(differentials(min_size=1))
def test_selfs_add_up_to_the_whole_on_each_side(profile: Differential) -> None:
    found = changes(profile)
    for whole, shares in (
        (found.before, [one.self.before for one in found.functions]),
        (found.after, [one.self.after for one in found.functions]),
    ):
        assert sum(shares) == pytest.approx(100 if whole else 0)


def differential(stdin: bytes) -> Differential:
    profile = folded.parse(stdin.splitlines(), differential=True)
    assert isinstance(profile, Differential)
    return profile


def report(stdin: bytes, *arguments: str) -> Any:
    return run_stage("report", "--differential", *arguments, stdin=stdin)


def test_text() -> None:
    assert report(b"main;f 600 200\nmain;g 390 390\nmain;h 0 15\nmain;new 0 400\n").stdout.decode() == (
        "990 samples before, 1,005 samples after; shares in % of each side, changes in\n"
        "  points\n"
        "\n"
        "self %                                total %\n"
        "before  after      points  change      points     real  function\n"
        "  60.6   19.9  -40.7 ±7.2   -67 %  -40.7 ±7.2      yes  f\n"
        "   0.0   39.8  +39.8 ±5.7     new  +39.8 ±5.7      yes  new\n"
        "   0.0    1.5        +1.5     new        +1.5  unclear  h\n"
        "  39.4   38.8   -0.6 ±8.0    -1 %   -0.6 ±8.0        -  g\n"
        "   0.0    0.0         0.0     0 %         0.0        -  main\n"
        "\n"
        "one round a side, about 1,995 samples: from sampling alone, assuming clumps of 2\n"
        "  and 8 % between runs; several rounds a side would measure both\n"
        "2 of 5 functions really changed (false discovery rate 5 %)\n"
        "too few samples to tell whether h (+1.5 points) really changed: about 1 more\n"
        "  round a side (998 samples) would tell\n"
    )


@pytest.mark.parametrize("sort", ["self", "total"])
def test_eighty_columns_have_room_for_the_numbers_and_a_name(sort: str) -> None:
    table = report(SLOWER, "--sort", sort).stdout.decode()
    assert all(len(line) <= 80 for line in table.splitlines())


def test_vanished_functions_are_gone() -> None:
    assert "  gone  " in report(b"main;f 100 0\nmain;g 100 100\n").stdout.decode()


def test_json_says_how_sure_it_is() -> None:
    data = json.loads(report(SLOWER.replace(b" 760", b" 1760"), "--format", "json").stdout)
    first = data["functions"][0]
    assert data["samples"] == {"before": [1002], "after": [2164]}
    assert first["total"]["significant"]
    assert first["total"]["low"] < first["total"]["points"] < first["total"]["high"]


def test_too_few_samples_are_warned_of_with_how_many_more() -> None:
    warning = report(b"main;f 30 40\nmain;g 70 60\n").stderr.decode()
    assert warning.startswith("resq-report: too few samples to tell whether f (+10.0 points) and 1 more really changed")
    assert "more rounds a side (" in warning


@pytest.mark.parametrize("empty", [b"main;f 0 3\n", b"main;f 3 0\n"], ids=["before", "after"])
def test_an_empty_side_is_said(empty: bytes) -> None:
    assert "expected at least one sample, found none" in error_line(report(empty))
    assert report(empty, "--allow-empty").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "failing"),
    [
        (("--fail-above", "2"), ["store", "hash"]),
        (("--fail-above", "2", "--fail-on", "self"), ["hash"]),
        (("--fail-above", "5%", "--fail-on", "self"), ["hash"]),
        (("--fail-above", "2", "--by", "thread"), []),
        (("--fail-above", "40"), []),
        (("--fail-above", "150%"), []),
        ((), []),
    ],
    ids=" ".join,
)
def test_the_gate_names_what_really_grew(arguments: tuple[str, ...], failing: list[str]) -> None:
    stdin = b"main;store;hash 3000 9000\nmain;render 6000 3000\nmain;parse 1000 1000\n"
    done = report(stdin, *arguments)
    named = [line.split(": ")[2] for line in done.stderr.decode().splitlines() if "regression: " in line]
    assert sorted(named) == sorted(failing)
    assert done.returncode == (3 if failing else 0)


def test_what_may_be_chance_passes_the_gate() -> None:
    assert report(b"main;f 30 40\nmain;g 70 60\n", "--fail-above", "2").returncode == 0


def test_a_new_function_fails_a_relative_gate() -> None:
    done = report(b"main;old 1000 1000\nmain;new 0 400\n", "--fail-above", "5%")
    assert done.returncode == 3
    assert "regression: new: total 0.0 % before, 28.6 % after, +28.6 points (" in done.stderr.decode()


def test_the_report_is_written_also_when_the_gate_fails(tmp_path: Path) -> None:
    out = tmp_path / "diff.md"
    done = report(b"main;a 900 100\nmain;b 100 900\n", "--fail-above", "2", "--format", "markdown", "-o", str(out))
    assert done.returncode == 3
    lines = out.read_text().splitlines()
    assert lines[0] == "**Failed: 1 regression above 2 points (total)**"
    assert lines[4].startswith("- regression: b: total 10.0 % before, 90.0 % after")


OTHERS = 3000, 2000, 1000, 700, 300


def sides(target: tuple[int, int], others: int = 5) -> bytes:
    """A target that changes beside others that do not, each side of as many samples as that makes."""
    rows = [f"main;f{number} {weight} {weight}" for number, weight in enumerate(OTHERS[:others])]
    return "\n".join([*rows, "main;target {} {}".format(*target)]).encode()


def test_what_others_did_to_a_share_is_no_regression() -> None:
    faster = report(sides((9000, 3000)), "--fail-above", "2")
    assert faster.returncode == 0, faster.stderr
    assert faster.stdout.decode().count("  shifted  ") == len(OTHERS)
    assert "what did not change has 1.60 times the share it had" in " ".join(faster.stdout.decode().split())


def test_what_others_did_to_a_share_is_no_improvement() -> None:
    slower = json.loads(report(sides((3000, 9000)), "--format", "json", "--fail-above", "2").stdout)
    assert [one["name"] for one in slower["functions"] if one["self"]["significant"]] == ["target"]
    assert slower["verdict"] == "Failed: 1 regression above 2 points (total)"


def test_of_two_functions_either_may_have_changed() -> None:
    assert report(sides((3000, 1000), others=1), "--fail-above", "2").returncode == 3


def test_only_what_a_function_grew_by_itself_counts_against_the_limit() -> None:
    """f0 takes twice as long; some of what its share grew by is the doing of the target, which became faster."""
    both = sides((9000, 1000)).replace(b"f0 3000 3000", b"f0 3000 6000")
    grown = next(one for one in changes(differential(both)).functions if one.name == "f0").self
    assert grown.points > 35
    assert grown.grown == pytest.approx(27, abs=2)
    assert report(both, "--fail-above", "20", "--fail-on", "self").returncode == 3
    assert report(both, "--fail-above", "30", "--fail-on", "self").returncode == 0


@pytest.mark.parametrize("bad", ["-1", "x", "", "%", "nan", "inf"])
def test_a_limit_is_points_or_percent(bad: str) -> None:
    assert "expected points of share (2) or percent (5%)" in error_line(report(SAME, f"--fail-above={bad}"), 2)


def test_diff_draws_reports_and_judges_in_one(tmp_path: Path) -> None:
    for name, slow in (("before", 100), ("after", 900)):
        (tmp_path / name).write_text(f"main;slow {slow}\nmain;rest {1000 - slow}\n")
    command = [sys.executable, "-m", "resq_flame.cli", "diff", "before", "after"]
    done = run([*command, "-o", "diff.svg", "--report", "diff.md", "--fail-above", "2"], cwd=tmp_path)
    assert done.returncode == 3
    assert "resq-flame diff: regression: slow: total 10.0 % before, 90.0 % after" in done.stderr.decode()
    assert (tmp_path / "diff.svg").stat().st_size
    assert "| `slow` |" in (tmp_path / "diff.md").read_text()


def test_a_gate_that_passes_says_so() -> None:
    assert b"resq-report: passed: no regression above 2 points (total)\n" in report(SAME, "--fail-above", "2").stderr


def test_a_gate_without_a_limit_is_bad_usage() -> None:
    assert "--fail-on: expected --fail-above with it" in error_line(report(SAME, "--fail-on", "self"), 2)


def test_the_gate_needs_two_sides() -> None:
    assert "expected two sides" in error_line(run_stage("report", "--fail-above", "2", stdin=b"main 3\n"), 2)


def test_a_simulated_regression_is_named_first() -> None:
    found = changes(Program().compare(7, 5, 1.3))
    assert max(found.functions, key=lambda one: one.self.points).name == "target"
    assert next(one for one in found.functions if one.name == "target").significant


def test_microseconds_are_as_sure_as_the_samples_they_stand_for() -> None:
    counted = Program(samples=1000).compare(3, 5, 1.3)
    timed = Differential(
        Meta("microseconds", "pprof", counted.meta.columns),
        {stack: tuple(4321 * weight for weight in row) for stack, row in counted.stacks.items()},
    )
    assert sample_weight(timed.meta, (row[0] for row in timed.stacks.values())) == 4321
    for one, two in zip(changes(counted).functions, changes(timed).functions, strict=True):
        assert one.self.significant == two.self.significant


def test_ten_milliseconds_are_at_least_one_sample() -> None:
    assert sample_weight(Meta("microseconds", "austin"), [5_000_000, 4_000_000]) == 10_000
    assert sample_weight(Meta("microseconds", "offcpu"), [5_000_000, 4_000_000]) == 4_000_000


def test_scaling_makes_no_samples() -> None:
    assert sample_weight(Meta("samples"), [Decimal("3.5"), Decimal("3.5"), Decimal(700), 0]) == 3.5
    assert sample_weight(Meta("samples"), [20, 40, 700]) == 1


@pytest.mark.parametrize("unit", ["nanoseconds", "samples"])
def test_multiples_of_a_period_are_samples_of_that_period(unit: str) -> None:
    """Also where another tool, which knows no units, calls them samples."""
    assert sample_weight(Meta(unit), [10101010, 30303030, 20202020000]) == 10101010


def test_billions_of_samples_are_none() -> None:
    assert sample_weight(Meta(), [1_234_567, 7_654_321, 98_765_432]) == 1_234_567
    assert sample_weight(Meta(), [*range(1, 200), 98_765_432]) == 1


def test_a_round_without_samples_is_left_out() -> None:
    rounds = Differential(Meta(columns=("before", "before", "after")), {"f": (5, 0, 7), "g": (50, 0, 40)})
    comparison = changes(rounds).comparison
    assert comparison is not None
    assert comparison.rounds.samples == (55.0, 47.0)
