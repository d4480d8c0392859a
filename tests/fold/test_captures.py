"""Every recorded profile folds to the stream beside it, with the hot functions that its program really has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from captures import CAPTURES, FIXTURES, beside, folding, name_of, selves, totals
from resq_flame import fold, folded
from resq_flame.folded import total


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_folds_to_the_stream_beside_it(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(beside(path), b"".join(folded.dump(folding(path)[0])).decode())


def test_every_format_has_a_capture() -> None:
    assert {path.parent.name for path in CAPTURES} == set(fold.FORMATS)


# The functions with the most self time, in their order, of programs whose true shares are known.
HOT = {
    "cpuprofile/node-20.20-cpu-prof.cpuprofile": ["hotLoop", "warmLoop"],
    "cpuprofile/node-20.20-inspector-reply.json": ["hotLoop", "warmLoop"],
    "cpuprofile/node-20.20-http-service.cpuprofile.gz": ["hashRows", "renderTemplate", "parseBody"],
    "cpuprofile/bun-1.4-cpu-prof.cpuprofile": ["tick", "hotLoop", "warmLoop"],
    "pprof/go-1.26-cpu.pb": ["main.hashRows", "main.renderTemplate", "runtime.asyncPreempt", "main.parseBody"],
    "pprof/go-1.26-heap.pb.gz": ["main.allocBig"],
    "pprof/go-1.26-allocs.pb.gz": ["main.allocBig"],
    "pprof/go-1.26-block.pb.gz": ["sync.(*Mutex).Lock"],
    "pprof/pprof-rs-0.15-cpu.pb.gz": [
        "rust_fixture_b::hash_rows",
        "rust_fixture_b::render_template",
        "rust_fixture_b::parse_body",
    ],
    "py-spy/py-spy-0.4-raw.txt": ["hash_rows (work.py:5)", "render_template (work.py:9)"],
    "py-spy/py-spy-0.4-function.txt": ["hash_rows (work.py:3)", "render_template (work.py:7)"],
    "py-spy/py-spy-0.4-nolineno.txt": ["hash_rows (work.py)", "render_template (work.py)"],
    "py-spy/py-spy-0.4-subprocesses.txt": ["hash_rows (work.py:5)", "render_template (work.py:9)"],
    "heapprofile/node-20.20-heap-prof.heapprofile": ["allocHot"],
    "heapprofile/chrome-156-sampling.heapprofile": ["allocHot"],
    "chrome-trace/node-20.20-cpu-profiler.json.gz": ["hotLoop", "warmLoop"],
    "chrome-trace/chrome-156-cpu-profiler.json.gz": ["hashRows", "renderTemplate"],
    "chrome-trace/py-spy-0.4-chrometrace.json.gz": ["hash_rows", "idle_wait", "render_template", "parse_body"],
    "chrome-trace/viztracer-1.1-calls.json": ["hash_rows (/app/vz.py:1)", "render_template (/app/vz.py:3)"],
    "v8-prof/node-20.20-preprocess.json.gz": ["hotLoop", "warmLoop"],
    "v8-prof-text/node-20.20-prof-process.txt": ["hotLoop", "warmLoop"],
    "speedscope/py-spy-0.4-record.json": ["hash_rows", "render_template", "parse_body"],
    "speedscope/excimer-1.2-cpu.json": ["hash_rows", "render_template"],
    "speedscope/pyinstrument-5.1-evented.json": ["hash_rows"],
    "pyinstrument/pyinstrument-5.1-work.json": ["hash_rows", "render_template", "parse_body"],
    "pyinstrument/pyinstrument-5.1-session.json": ["hash_rows", "render_template", "parse_body"],
    "scalene/scalene-2.4-stacks.json.gz": ["hash_rows", "idle_wait", "render_template", "parse_body"],
    "stackprof/stackprof-0.2-object.json": ["Object#parse_body"],
    "folded/excimer-1.2-collapsed.txt": ["hash_rows", "render_template"],
    "folded/async-profiler-4.1-cpu.collapsed": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "folded/async-profiler-4.1-alloc.collapsed": ["java.lang.Object[]_[i]"],
    "async-traces/async-profiler-4.1-cpu.txt": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "async-html/async-profiler-3.0-reverse.html": ["Work.hashRows", "Work.renderTemplate"],
    "async-html/async-profiler-4.1-reverse-threads.html": ["__futex_abstimed_wait_common", "Work.hashRows"],
    "async-html/async-profiler-4.1-cpu.html": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "svg/flamegraph-41fee1f-java.svg": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "svg/inferno-0.12-python.svg": ["hash_rows (work.py)", "render_template (work.py)"],
    "go-trace-raw/go-1.26-cpu.txt": ["main.hashRows", "main.renderTemplate", "runtime.asyncPreempt", "main.parseBody"],
    "pprof-traces/go-1.26-cpu.txt": ["runtime.asyncPreempt", "main.(*Cart[go.shape.int]).Total", "main.render"],
    "pprof-text/go-1.26-heap.txt": ["main.allocBig"],
    "pprof-text/go-1.26-block.txt": ["sync.(*Mutex).Lock"],
    "xctrace/xctrace-14-time-profile.xml": ["rust_test2::bar", "rust_test2::foo"],
    "callgrind/callgrind-3.19-main.out": ["__memset_avx2_unaligned_erms", "hot(long)", "warm(long)"],
    "callgrind/callgrind-3.19-instr-cache.out": ["__memset_avx2_unaligned_erms", "hot(long)", "warm(long)"],
    "pstats/cprofile-3.11-threads.pstats": ["hash_rows (work.py:3)", "render_template (work.py:7)"],
    "pstats/pyinstrument-5.1-cpu.pstats": ["hash_rows (work.py:3)", "render_template (work.py:7)"],
    "massif/massif-3.19-growing.out": ["alloc_hot()"],
    "massif/massif-3.19-stacks-peak.out": ["alloc_hot()"],
    "dhat/dhat-3.19-cpp.json": ["alloc_hot()", "alloc_cold()"],
    "heaptrack/heaptrack-1.4-cpp.zst": ["alloc_hot()", "alloc_cold()"],
    "heaptrack-print/heaptrack-1.4-cpp.txt": ["alloc_hot()", "alloc_cold()"],
    "otlp/async-profiler-4.1-cpu.otlp": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "jfr/async-profiler-4.1-cpu.jfr": ["Work.hashRows", "Work.renderTemplate", "Work.parseBody"],
    "jfr/jdk-17-flight.jfr.gz": ["Work.hashRows"],
    "austin/austin-3.7-attach.mojo": ["hash_rows (work.py:5)", "idle_wait (work.py:23)", "render_template (work.py:9)"],
    "austin/austin-3.7-wall.txt": ["hash_rows (work.py:5)", "idle_wait (work.py:23)", "render_template (work.py:9)"],
    "austin/austin-3.7-full.txt": ["hash_rows (work.py:5)", "idle_wait (work.py:23)", "render_template (work.py:9)"],
}


@pytest.mark.parametrize(("name", "hot"), HOT.items(), ids=HOT)
def test_the_hot_functions_are_the_true_ones(name: str, hot: list[str]) -> None:
    ranking = [frame for frame, _ in selves(folding(FIXTURES / name)[0]).most_common(len(hot))]
    assert ranking == hot


# With inlining, self time goes to what was inlined: the order is in the totals.
HOT_BY_TOTAL = {
    "stackprof/stackprof-0.2-cpu.json": ["Object#hash_rows", "Object#render_template", "Object#parse_body"],
    "pprof/pprof-rs-0.15-inlined.pb": [
        "rust_fixture::hash_rows",
        "rust_fixture::render_template",
        "rust_fixture::parse_body",
    ],
}


@pytest.mark.parametrize(("name", "hot"), HOT_BY_TOTAL.items(), ids=HOT_BY_TOTAL)
def test_the_hot_functions_by_total_are_the_true_ones(name: str, hot: list[str]) -> None:
    found = totals(folding(FIXTURES / name)[0])
    assert sorted(hot, key=lambda frame: -found[frame]) == hot
    assert found[hot[-1]] > 0


SHARES = [
    ("cpuprofile/node-20.20-cpu-prof.cpuprofile", "hotLoop", 75),
    ("cpuprofile/node-20.20-inspector-reply.json", "hotLoop", 75),
    ("chrome-trace/node-20.20-cpu-profiler.json.gz", "hotLoop", 75),
    ("v8-prof/node-20.20-preprocess.json.gz", "hotLoop", 75),
    ("v8-prof-text/node-20.20-prof-process.txt", "hotLoop", 75),
    ("chrome-trace/chrome-156-cpu-profiler.json.gz", "hashRows", 65),
    ("perf-json/perf-6.1-processes.json.gz", "(anonymous namespace)::Anon::run", 31),
    ("d3-flamegraph/perf-6.1-processes.json", "(anonymous namespace)::Anon::run", 31),
    ("pprof/go-1.26-cpu.pb", "main.hashRows", 61),
    ("pprof/go-1.26-heap.pb.gz", "main.allocBig", 99),
    ("pprof/pprof-rs-0.15-cpu.pb.gz", "rust_fixture_b::hash_rows", 54),
]


@pytest.mark.parametrize(("name", "frame", "percent"), SHARES)
def test_shares_are_the_true_ones(name: str, frame: str, percent: int) -> None:
    profile = folding(FIXTURES / name)[0]
    assert 100 * selves(profile)[frame] / total(profile.stacks.values()) == pytest.approx(percent, abs=10)
