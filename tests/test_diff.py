from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from profiles import profiles
from programs import ROOT, STAGES, error_line, run, run_stage
from requirements import needs
from resq_flame import folded
from resq_flame.diff import IncomparableError, diff, rounds
from resq_flame.diff.comparison import _mapping
from resq_flame.diff.names import RULES, renaming
from resq_flame.diff.scaling import normalized
from resq_flame.folded import Differential, Folded, Meta, total


@given(profiles(unit="samples"))
def test_of_the_same_is_zero(profile: Folded) -> None:
    assert all(before == after for before, after in diff([profile], [profile]).stacks.values())


@given(profiles(unit="samples"), profiles(unit="samples"))
def test_swapping_the_sides_swaps_the_columns(a: Folded, b: Folded) -> None:
    there, back = diff([a], [b]).stacks, diff([b], [a]).stacks
    assert {entry: row[::-1] for entry, row in there.items()} == back


@given(profiles(unit="samples"), profiles(unit="samples"))
def test_loses_nothing_of_either_side(a: Folded, b: Folded) -> None:
    found = diff([a], [b]).stacks
    assert found.keys() == a.stacks.keys() | b.stacks.keys()
    assert total(row[0] for row in found.values()) == total(a.stacks.values())
    assert total(row[1] for row in found.values()) == total(b.stacks.values())


@given(profiles(unit="samples"), profiles(unit="samples"), profiles(unit="samples"))
def test_rounds_are_columns_and_sum_adds_them(a: Folded, b: Folded, c: Folded) -> None:
    found = diff([a, b], [c])
    assert found.meta.columns == ("before", "before", "after")
    for row, (before, after) in zip(found.stacks.values(), folded.summed(found).stacks.values(), strict=True):
        assert (row[0] + row[1], row[2]) == (before, after)


def test_refuses_different_units() -> None:
    with pytest.raises(IncomparableError, match="one unit on both sides, found samples before, bytes after"):
        diff([Folded(Meta(), {"a": 1})], [Folded(Meta("bytes"), {"a": 1})])


@settings(deadline=None)  # decimals of a hundred digits
@given(profiles(unit="samples", min_size=1), profiles(unit="samples", min_size=1), profiles(unit="samples"))
def test_normalized_columns_have_one_total_and_lose_no_stack(a: Folded, b: Folded, c: Folded) -> None:
    plain = diff([a, b], [c])
    found = normalized(plain)
    totals = {total(column) for column in zip(*found.stacks.values(), strict=True)}
    assert len(totals - {0}) <= 1
    for row, scaled in zip(plain.stacks.values(), found.stacks.values(), strict=True):
        assert [bool(weight) for weight in row] == [bool(weight) for weight in scaled]


def test_normalized_is_proportional() -> None:
    found = normalized(Differential(stacks={"a": (1, 30), "b": (2, 60), "c": (0, 9)}))
    assert {entry: [folded.text(weight) for weight in row] for entry, row in found.stacks.items()} == {
        "a": ["33", "30"], "b": ["66", "60"], "c": ["0", "9"],
    }  # fmt: skip


@given(profiles(unit="samples", min_size=1), profiles(unit="samples", min_size=1))
def test_rounds_are_kept_in_one_stream(a: Folded, b: Folded) -> None:
    kept = folded.parse(folded.dump(diff([a, b], [])))
    found = [{entry: weight for entry, weight in one.stacks.items() if weight} for one in rounds(kept)]
    assert found == [{entry: weight for entry, weight in one.stacks.items() if weight} for one in (a, b)]


NAMES = {
    "generics": [
        ("Vec<Row>::push", "Vec::push"),
        ("parse::<u32>", "parse"),
        ("<alloc::vec::Vec<T> as core::iter::Iter<U>>::next", "<alloc::vec::Vec as core::iter::Iter>::next"),
        ("std::function<void (int)>::operator()(int) const", "std::function::operator()(int) const"),
        ("std::operator<< <char, A<B> >", "std::operator<<"),
        ("Map[go.shape.int]", "Map"),
        ("<module>", "<module>"),
        ("operator<", "operator<"),
        ("Foo::operator->", "Foo::operator->"),
        ("fn(A) -> B<C>", "fn(A) -> B"),
        ("a<b", "a<b"),
        ("a>b", "a>b"),
    ],
    "hashes": [
        ("main::h0123456789abcdef", "main"),
        ("core[5f2d1c3a]::fmt", "core::fmt"),
        ("_ZN4main17h0123456789abcdefE", "_ZN4mainE"),
        ("copy.llvm.81439201", "copy"),
        ("w (main.3f2a1b9c.js:1:2)", "w (main.js:1:2)"),
        ("a (index-BnT4xY9a.js)", "a (index.js)"),
        ("jquery-3.6.0.min.js", "jquery-3.6.0.min.js"),
        ("app-profile.js", "app-profile.js"),
        ("a[12]", "a[12]"),
    ],
    "lambdas": [
        ("{lambda(int)#1}::operator()", "{lambda(int)}::operator()"),
        ("f()::'lambda0'(int)", "f()::'lambda'(int)"),
        ("$_12::operator()", "$_::operator()"),
        ("a::{closure#3}", "a::{closure}"),
        ("X$$Lambda$14/0x0000000800c03000.run", "X$$Lambda.run"),
        ("X$$Lambda/0x0000000800c03000.run", "X$$Lambda.run"),
        ("Main.lambda$run$12", "Main.lambda$run"),
        ("Foo$1.run", "Foo$.run"),
        ("Foo$Bar.run", "Foo$Bar.run"),
        ("main.(*T).M.func1.2", "main.(*T).M.func"),
    ],
    "lines": [
        ("handle (app.py:12)", "handle (app.py)"),
        ("render (view.js:10:4)", "render (view.js)"),
        ("<module> (<string>:3)", "<module> (<string>)"),
        ("a::b", "a::b"),
    ],
    "suffixes": [
        ("memcpy.isra.0.cold", "memcpy"),
        ("memcpy.constprop.2", "memcpy"),
        ("x.lto_priv.0", "x"),
        ("run [clone .part.1]", "run"),
        ("handle_[j]", "handle"),
        ("parse (inlined)", "parse"),
        ("file.part", "file"),
        ("a.coldstart", "a.coldstart"),
    ],
    "addresses": [("main+0x1f", "main"), ("0x7f3a52c0", "0x..."), ("x0x", "x0x")],
}


@pytest.mark.parametrize(("rule", "name", "expected"), [(rule, *case) for rule in NAMES for case in NAMES[rule]])
def test_names(rule: str, name: str, expected: str) -> None:
    assert renaming([rule], [])(name) == expected
    assert renaming([rule], [])(expected) == expected


def test_every_rule_has_its_cases() -> None:
    assert NAMES.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ("^v1::=v2::", "v1::a", "v2::a"),
        (r"(\w+)_v\d=\1", "parse_v2", "parse"),
        ("a==b", "a=", "b"),
        ("x=", "x", "(unnamed)"),
    ],
)
def test_map(given: str, name: str, expected: str) -> None:
    assert renaming([], [_mapping(given)])(name) == expected


@pytest.mark.parametrize("given", ["noequals", "=x", "(=x", r"a=\1", r"a=\g<no>"])
def test_a_bad_map_is_bad_usage(given: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected RE=NAME"):
        _mapping(given)
    assert "--map: expected RE=NAME" in error_line(run_stage("diff", "--map", given, "a", "b"), 2)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "before").write_bytes(b"a;b 3\na;gone 1\n")
    (tmp_path / "after").write_bytes(b"a;b 4\na;new 2.5\n")
    return [str(tmp_path / "before"), str(tmp_path / "after")]


EXPECTED = b"a;b 3 4\na;gone 1 0\na;new 0 2.5\n"


def test_two_files(files: list[str]) -> None:
    assert run_stage("diff", *files).stdout.split(b"\n", 1)[1] == EXPECTED


def test_process_substitution(files: list[str]) -> None:
    command = f"{STAGES}/diff --before <(cat {files[0]}) --after <(cat {files[1]}) --no-header"
    assert run(["bash", "-c", command]).stdout == EXPECTED


def test_names_that_become_the_same_are_added_up(tmp_path: Path) -> None:
    (tmp_path / "before").write_bytes(b"m;f::h0123456789abcdef 3\nm;f::hfedcba9876543210 4\n")
    (tmp_path / "after").write_bytes(b"m;f<int> 5\n")
    done = run_stage("diff", "--comparable", "--no-header", "before", "after", cwd=tmp_path)
    assert done.stdout == b"m;f 7 5\n"


def test_a_baseline_keeps_rounds_for_a_later_before(files: list[str], tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    assert run_stage("diff", "--baseline", *files, "-o", kept).returncode == 0
    done = run_stage("diff", "--before", kept, "--after", files[1], "--no-header")
    assert done.stdout == b"a;b 3 4 4\na;gone 1 0 0\na;new 0 2.5 2.5\n"
    assert run_stage("diff", "--baseline", files[0], "--no-header").stdout == b"a;b 3\na;gone 1\n"


@pytest.mark.parametrize(
    "given", [[], ["a"], ["a", "b", "c"], ["--before", "a"], ["-", "-"], ["a", "b", "--baseline", "c"]]
)
def test_needs_two_sides(given: list[str]) -> None:
    error_line(run_stage("diff", *given), 2)


@pytest.mark.parametrize("flags", [[], ["--normalize"]])
def test_an_empty_side_is_named(files: list[str], flags: list[str]) -> None:
    assert "<stdin>: expected at least one stack" in error_line(run_stage("diff", "-", files[1], *flags))
    line = error_line(run_stage("diff", files[0], "-", *flags, stdin=b"a 0\n"))
    assert "<stdin>: expected stacks that weigh something" in line
    allowed = run_stage("diff", "-", files[1], *flags, "--allow-empty", "--no-header")
    assert allowed.stdout == b"a;b 0 4\na;new 0 2.5\n"


def test_a_differential_stream_is_no_side(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "both").write_bytes(run_stage("diff", *files).stdout)
    assert "both: expected one side, found a differential stream" in error_line(
        run_stage("diff", "both", files[1], cwd=tmp_path)
    )


def drawn(stacks: bytes, tool: list[str], path: Path) -> None:
    path.write_bytes(run(tool, stacks).stdout)


@pytest.mark.parametrize("drawer", ["resq-render", "inferno-flamegraph"])
def test_the_workflow_of_the_readme(drawer: str, tmp_path: Path) -> None:
    tool = [str(STAGES / "render")] if drawer == "resq-render" else [needs(drawer)]
    drawn(b"main;work 30\nmain;rest 70\n", tool, tmp_path / "before.svg")
    drawn(b"main;work 60\nmain;new 40\n", tool, tmp_path / "after.svg")
    sides = "--before <(cat before.svg) --after <(cat after.svg)"
    stream = run(["bash", "-c", f"{STAGES}/diff {sides} --no-header"], cwd=tmp_path)
    assert stream.stdout == b"main;new 0 40\nmain;rest 70 0\nmain;work 30 60\n", stream.stderr
    command = f"python3 -m resq_flame.cli diff {sides} --output diff.svg"
    done = run(["bash", "-c", command], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"<title>work \(", (tmp_path / "diff.svg").read_text())


@pytest.mark.parametrize("picture", sorted((ROOT / "fixtures" / "svg").glob("*.svg")), ids=lambda path: path.stem)
def test_pictures_of_other_tools_differ_in_nothing_from_themselves(picture: Path) -> None:
    sides = f"--before <(cat {picture}) --after <(cat {picture})"
    stream = run(["bash", "-c", f"{STAGES}/diff {sides} --no-header"]).stdout.splitlines()
    expected = folded.parse(picture.with_suffix(".folded").read_bytes().splitlines())
    assert len(stream) == len(expected.stacks)
    assert all(before == after for _, before, after in (line.rsplit(b" ", 2) for line in stream))
