"""Call trees printed as indented rows: what is a row's own, and whose child it is."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from captures import FIXTURES, folding, stacks
from requirements import needs
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.ledger import Ledger, OptionError

ROWS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.integers(0, 99)), max_size=30)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw is slow on a busy machine
@given(ROWS)
def test_rows_of_their_own_weight_keep_all_of_it(rows: list[call_tree.Row]) -> None:
    assert sum(weight for _, weight in call_tree.of_self(rows)) == sum(weight for _, _, weight in rows)


@given(st.recursive(st.integers(1, 9), lambda below: st.lists(below, max_size=4), max_leaves=20))
def test_rows_of_total_weight_come_apart_into_their_own(tree: object) -> None:
    rows = list(_rows(tree, 0))
    ledger = Ledger()
    assert sum(weight for _, weight in call_tree.of_total(rows, ledger)) == rows[0][2]
    assert not ledger.notes


def _rows(tree: object, depth: int) -> list[call_tree.Row]:
    """A tree of lists as rows; a number is a leaf of that weight, a list has one of its own."""
    if not isinstance(tree, list):
        return [(depth, "leaf", tree)]  # type: ignore[list-item]
    below = [row for child in tree for row in _rows(child, depth + 1)]
    total = 1 + sum(weight for level, _, weight in below if level == depth + 1)
    return [(depth, "node", total), *below]


def test_a_skipped_level_does_no_harm() -> None:
    rows: list[call_tree.Row] = [(0, "main", 5), (4, "work", 3), (2, "rest", 2)]
    assert list(call_tree.of_total(rows, Ledger())) == [(["main", "work"], 3), (["main", "rest"], 2)]


def test_more_in_the_callees_than_in_the_caller_is_said() -> None:
    ledger = Ledger()
    assert list(call_tree.of_total([(0, "main", 5), (1, "work", 6)], ledger)) == [(["main", "work"], 6)]
    assert ledger.notes == ["main has less weight than its callees, by 1: rounded when it was printed?"]


TOTALS = {
    "instruments/instruments-7.3-time.txt": ("milliseconds", 4273),
    "instruments/instruments-16.0-time.txt": ("milliseconds", 4930),
    "vtune/vtune-2019-hotspots.csv": ("microseconds", 168572),
    "ghcprof/ghc-9-ticks.prof": ("microseconds", 23000),
    "ghcprof/ghc-9-percent.prof": ("microseconds", 20000),
    "ghcprof/ghc-8.6-json.prof": ("microseconds", 798000),
    "pmc/pmcstat-callgraph.txt": ("samples", 7447 + 5156),
}


@pytest.mark.parametrize(("name", "unit", "total"), [(name, *said) for name, said in TOTALS.items()], ids=TOTALS)
def test_the_total_is_the_one_that_the_profile_says(name: str, unit: str, total: int) -> None:
    profile = folding(FIXTURES / name)[0]
    assert (profile.meta.unit, sum(profile.stacks.values())) == (unit, total)


OTHER_WEIGHTS = {
    ("ghcprof/ghc-9-ticks.prof", "ticks"): ("ticks", 23),
    ("ghcprof/ghc-9-ticks.prof", "bytes"): ("bytes", 59542424),
    ("vsprof/visual-studio-2015-calls.csv", "Elapsed Exclusive Time %"): ("percent", pytest.approx(100, abs=1)),
    ("pprof-text/go-1.26-heap.txt", "alloc_objects"): ("count", 7150),
    ("pprof-text/go-1.26-block.txt", "contentions"): ("count", 1546),
    ("go-trace-raw/go-1.26-cpu.txt", "samples"): ("samples", 428),
    ("async-traces/async-profiler-4.1-cpu.txt", "samples"): ("samples", 732),
}


@pytest.mark.parametrize(("given", "expected"), OTHER_WEIGHTS.items(), ids=str)
def test_another_weight_by_its_name(given: tuple[str, str], expected: tuple[str, float]) -> None:
    name, sample_type = given
    profile = folding(FIXTURES / name, sample_type=sample_type)[0]
    assert (profile.meta.unit, float(sum(profile.stacks.values()))) == expected


@pytest.mark.parametrize("name", sorted({name for name, _ in OTHER_WEIGHTS} | {"vtune/vtune-2019-hotspots.csv"}))
def test_a_weight_that_is_not_there(name: str) -> None:
    with pytest.raises(OptionError, match=r"found 'nonsense'"):
        stacks(FIXTURES / name, sample_type="nonsense")


MODULES = {
    "sample/sample-macos-10.14-rg.txt": "rg`ignore::walk::Worker::run",
    "vtune/vtune-2019-hotspots.csv": "ntdll.dll`RtlUserThreadStart",
    "dtrace/dtrace-illumos-kernel.txt": "genunix`as_fault",
}


@pytest.mark.parametrize(("name", "frame"), MODULES.items(), ids=MODULES)
def test_modules_can_be_left_out(name: str, frame: str) -> None:
    assert frame in ";".join(stacks(FIXTURES / name))
    without = ";".join(stacks(FIXTURES / name, modules=False))
    assert frame not in without
    assert frame.rpartition("`")[2] in without


PPROF = {
    "heap": ("inuse_space", "alloc_space", "inuse_objects", "alloc_objects"),
    "block": ("delay", "contentions"),
    "mutex": ("delay", "contentions"),
}


_PPROF_UNITS = {"inuse_space": "B", "alloc_space": "B", "delay": "ns"}


@pytest.mark.parametrize(("profile", "sample_type"), [(name, kind) for name, kinds in PPROF.items() for kind in kinds])
def test_gos_text_has_the_total_that_pprof_finds(profile: str, sample_type: str) -> None:
    path = FIXTURES / f"pprof-text/go-1.26-{profile}.txt"
    command = [
        needs("go"),
        "tool",
        "pprof",
        "-top",
        f"-unit={_PPROF_UNITS.get(sample_type, 'count')}",
        f"-sample_index={sample_type}",
        str(path),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    ours = sum(folding(path, sample_type=sample_type)[0].stacks.values())
    assert re.search(rf"\b{ours}[A-Za-z]* total$", said, re.MULTILINE)
