"""The team's corpus of real captures, where it lies beside the checkout: each folds, and shows what is true of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from captures import folding, selves, totals
from programs import ROOT, error_line, run_stage
from resq_flame.fold.ledger import ProfileError

CORPUS = ROOT.parent / "shared" / "corpus"
FILES = sorted(path for path in CORPUS.glob("*/*") if path.is_file() and path.parent.name != "fixtures")

# What the corpus's manifest says is true: what is on top by itself or with all it calls, as a regular expression of
# its name. The frames of a diffpair are in its own test below.
SELF = {
    "bpf/profile-ustack-*": "Table<.*>::for_each",
    "bun/*": "tick",
    "diffpair/*": "hash_rows|render_template",
    "gdb/*": "Table<",
    "go/allocs*": "main.allocBig",
    "go/cpu*": "main.hashRows",
    "go/heap*": "main.allocBig",
    "heap/heaptrack-print.txt": "alloc_hot",
    "heap/heaptrack.small.zst": "alloc_hot",
    "java/async-alloc.collapsed": r"java.lang.Object\[\]",
    "java/async-cpu*": "Work.hashRows",
    "java/async-flame.html": "Work.hashRows",
    "java/async-traces.txt": "Work.hashRows",
    "java/async.otlp": "Work.hashRows",
    "node/http-5s*": "hashRows",
    "node/inspect-ws.cpuprofile": "hotLoop",
    "node/node-cpu-prof.cpuprofile": "hotLoop",
    "node/node.heapprofile": "allocHot",
    "node/prof-*": "hotLoop",
    "node/sigusr1-ws.cpuprofile.ws-response.json": "hotLoop",
    "node/trace-events-ProfileChunk.json": "hotLoop",
    "perf/cpp-fp.txt": "Table<.*>::for_each",
    "perf/mp-report-*": "Table<.*>::for_each",
    "perf/mp-syswide-*": "Table<.*>::for_each",
    "perf/multi-event.txt": "Table<.*>::for_each",
    "perf/perf-*.json": "Table<.*>::for_each",
    "perf/node-no-symbols.txt": r"\[perf-\d+.map\]",
    "perf/rust-fp.txt": "w::apply",
    "perf/system-idle.txt": "pv_native_safe_halt",
    "python/austin-attach.mojo": "hash_rows|idle_wait",
    "python/austin-cpu.txt": "hash_rows|idle_wait",
    "python/cprofile.pstats": "hash_rows",
    "python/faulthandler.txt": "hash_rows",
    "python/pyinstrument.*": "hash_rows",
    "python/pyspy-chrometrace.json": "hash_rows",
    "python/pyspy-raw.txt": "hash_rows",
    "python/pyspy-raw-[fgns]*": "hash_rows",
    "python/pyspy-speedscope.json": "hash_rows",
    "python/scalene.json.gz": "hash_rows",
    "rust-pprof/fixtureB*": "hash_rows",
    "valgrind/dhat.json": "alloc_hot",
    "valgrind/massif.out": "alloc_hot",
}
# By total, of these functions alone: the order is true, what else is on the stacks is not asked.
RANKED = {
    "rust-pprof/cpu-*": ["hash_rows", "render_template", "parse_body"],
    "python/pyspy-raw.txt": ["hash_rows", "render_template", "parse_body"],
    "python/austin-[ac]*": ["hash_rows", "render_template", "parse_body"],
    "java/async-cpu*": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "go/cpu-5s.pb": ["main.hashRows", "main.renderTemplate", "main.parseBody"],
    "node/http-5s*": ["hashRows", "renderTemplate", "parseBody"],
    "bun/*": ["tick", "hotLoop", "warmLoop"],
    "perf/cpp-fp.txt": ["for_each", "Anon::run"],
}
# No profiles, or none with stacks: the refusal says what to do.
REFUSED = {
    "go/trace-1s.out": "go tool trace",
    "node/*.json_list.json": "list of its targets",
    "node/*.json_version.json": "version",
    "python/memray-stats.json": "memray transform",
    "python/memray.bin": "memray transform",
}


def listed(path: Path, table: dict[str, object]) -> object | None:
    return next((value for pattern, value in table.items() if path.match(pattern)), None)


def of(table: dict[str, object]) -> list[object]:
    found = [pytest.param(path, listed(path, table), id=f"{path.parent.name}/{path.name}") for path in FILES]
    kept = [param for param in found if param.values[1] is not None]
    return kept or [pytest.param(None, None, marks=pytest.mark.skip("no ../shared/corpus beside this checkout"))]


@pytest.mark.parametrize(("path", "refusal"), of(REFUSED))
def test_is_refused_with_advice(path: Path, refusal: str) -> None:
    assert refusal in error_line(run_stage("fold", str(path)))


@pytest.mark.parametrize("path", [path for path in FILES if not listed(path, REFUSED)], ids=lambda path: path.name)
def test_folds(path: Path) -> None:
    assert folding(path)[0].stacks


@pytest.mark.parametrize(("path", "name"), of(SELF))
def test_what_is_hot_is_on_top(path: Path, name: str) -> None:
    top, _ = selves(folding(path)[0]).most_common(1)[0]
    assert re.search(name, top)


@pytest.mark.parametrize(("path", "names"), of(RANKED))
def test_the_order_is_true(path: Path, names: list[str]) -> None:
    cost: Counter[str] = Counter()
    for frame, weight in totals(folding(path)[0]).items():
        cost.update({name: float(weight) for name in names if re.search(rf"(^|\W){name}\b", frame)})  # type: ignore[misc]
    assert sorted(names, key=lambda name: -cost[name]) == names, cost


def test_damaged_ones_are_refused_or_fold() -> None:
    for path in FILES[:: max(1, len(FILES) // 12)]:
        content = path.read_bytes()
        try:
            folding(content[: len(content) // 2])
        except (ProfileError, OSError) as error:
            assert "\n" not in str(error)
