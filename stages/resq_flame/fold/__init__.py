"""Reads profiles of any known format into folded stacks.

The FORMATS table names them all; each is one module with

    def sniff(head: bytes) -> bool: ...
    def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[Iterable[str], Number]]: ...

where a sample is its frames, root first, and its weight; names need no cleaning. A format that must be faster offers
``fold(stream, options, ledger) -> dict[Stack, Number]`` in place of ``samples``.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import BinaryIO

from resq_flame.fold import unknown
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Folded, Meta, Number, Stack, clean

HEAD = 1 << 16
"""Bytes a format may look at to recognise its own."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format as users name it, who writes it, the unit of its weights, and whether it is text, JSON or binary.

    Its module has the same name.
    """

    name: str
    writers: str
    unit: str
    kinds: str = "text"

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(f"resq_flame.fold.{self.name.replace('-', '_')}")


# Sniffed in this order, the cheapest first; no two may know the same file (tests/fold/test_sniffing.py).
FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("folded", "resq-fold, inferno-collapse-*, stackcollapse-*.pl, async-profiler", "as its header says"),
        Format("py-spy", "py-spy record --format raw", "samples"),
        Format("perf", "perf script", "nanoseconds, cycles, … of the event"),
        Format("offcpu", "perf script of sched:sched_switch", "microseconds off the CPU"),
        Format("pprof", "Go's net/http/pprof, Rust's pprof crate, gperftools", "of the sample type", "binary"),
        Format("cpuprofile", "Node, Bun and Chrome (V8 CPU profiles)", "microseconds", "JSON"),
        Format("heapprofile", "Node, Chrome (V8 sampling heap profiles)", "bytes", "JSON"),
        Format("chrome-trace", "Chrome, node --trace-events-enabled, Hermes, py-spy, Perfetto", "microseconds", "JSON"),
        Format("v8-prof", "node --prof-process --preprocess", "samples", "JSON"),
        Format("v8-prof-text", "node --prof-process (a summary: rare callers are missing)", "samples"),
        Format("speedscope", "py-spy, rbspy, memray, pyinstrument, dotnet-trace, Excimer", "of the profile", "JSON"),
        Format("firefox", "samply, Firefox, Vernier", "samples, or CPU time", "JSON"),
        Format("safari", "Safari's Web Inspector", "seconds", "JSON"),
        Format("py-spy-dump-json", "py-spy dump --json", "samples", "JSON"),
        Format("pyinstrument", "pyinstrument: text, -r json, html, session", "seconds", "JSON text"),
        Format(
            "scalene",
            "scalene run --json (lines have no callers without --stacks)",
            "samples, seconds or bytes",
            "JSON",
        ),
        Format("memray", "memray flamegraph; memray transform gprof2dot, csv", "bytes", "JSON text binary"),
        Format("stackprof", "stackprof --json (Ruby)", "samples", "JSON"),
        Format("perf-json", "perf data convert --to-json", "samples", "JSON"),
        Format("d3-flamegraph", "perf script flamegraph --format=json, d3-flame-graph", "samples", "JSON"),
        Format(
            "callgrind", "Valgrind's callgrind and cachegrind, Xdebug (a call graph: paths estimated)", "of the event"
        ),
        Format("pstats", "cProfile, pyinstrument -r pstats (a call graph: paths estimated)", "seconds", "binary"),
        Format("massif", "Valgrind's massif", "bytes"),
        Format("dhat", "Valgrind's dhat, Rust's dhat crate", "bytes", "JSON"),
        Format("heaptrack", "heaptrack", "bytes"),
        Format("heaptrack-print", "heaptrack_print", "bytes"),
        Format("jemalloc", "jemalloc (prof:true)", "bytes"),
        Format("gperftools", "gperftools' CPU profiler", "microseconds", "binary"),
        Format("otlp", "OpenTelemetry (OTLP profiles), async-profiler", "of the sample type", "binary JSON"),
        Format("jfr", "Java Flight Recorder, async-profiler, jfr print", "samples, bytes", "binary JSON text"),
        Format("austin", "austin: text, MOJO (-b), snapshots (-w)", "microseconds, bytes", "text binary"),
        Format("perf-data", "perf record (perf.data)", "nanoseconds, cycles, … of the event", "binary"),
        Format("bpftrace", "bpftrace's maps, as text or -f json", "count"),
        Format("bcc", "bcc's and libbpf-tools' profile and offcputime", "samples or microseconds"),
        Format("dtrace", "DTrace's stack() and ustack()", "count"),
        Format("stap", "SystemTap's print_backtrace()", "count"),
        Format("sample", "macOS' sample", "samples"),
        Format("instruments", "Instruments' Deep Copy", "milliseconds, cycles or bytes"),
        Format("xctrace", "xctrace export (XML)", "samples"),
        Format("vtune", "VTune's top-down report in CSV", "microseconds, bytes or count"),
        Format("vsprof", "Visual Studio's call tree in CSV", "samples or calls"),
        Format("ghcprof", "GHC's +RTS -p, -P, -pj", "microseconds, ticks or bytes", "text JSON"),
        Format("pmc", "FreeBSD's pmcstat -G", "samples"),
        Format("perf-report", "perf report --stdio -g", "percent or samples"),
        Format("go-trace-raw", "go tool pprof -raw", "of the sample type"),
        Format("pprof-traces", "go tool pprof -traces", "of the sample type"),
        Format("pprof-text", "Go's /debug/pprof/…?debug=1", "bytes, nanoseconds or count"),
        Format("goroutines", "Go's goroutine?debug=2, SIGQUIT, panics", "samples"),
        Format("gdb", "gdb's bt and thread apply all bt", "samples"),
        Format("jstack", "jstack, jcmd Thread.print, kill -QUIT, jhsdb jstack", "samples"),
        Format("java-exceptions", "Java's stack traces in logs", "samples"),
        Format("ibmjava", "javacores of IBM's and Eclipse's Java", "samples"),
        Format("ljp", "the Lightweight Java Profiler", "samples"),
        Format("async-traces", "async-profiler's traces=N", "of the event"),
        Format("async-html", "async-profiler's flame graph (HTML)", "samples"),
        Format("py-spy-dump", "py-spy dump", "samples"),
        Format("faulthandler", "Python's faulthandler", "samples"),
        Format("pystack", "pystack remote, pystack core", "samples"),
        Format("importtime", "python -X importtime", "microseconds"),
        Format("eu-stack", "elfutils' eu-stack", "samples"),
        Format("wcp", "wallClockProfiler", "samples"),
        Format("aix", "AIX' procstack", "samples"),
        Format("xdebug", "Xdebug's traces of PHP", "microseconds"),
        Format("svg", "flame graphs of flamegraph.pl and inferno", "as its titles say"),
    )
}


def fold(stream: BinaryIO, options: Options, ledger: Ledger, name: str | None = None) -> Folded:
    """Fold one profile, of the format ``name`` or the one that its first bytes show.

    Raises ProfileError where the format is unknown or the content is not what the format says.
    """
    whole, head = with_head(stream)
    chosen = FORMATS[name] if name else sniffed(head)
    if chosen is None:
        chosen = recognise(text := head.lstrip(b"\r\n"))
        whole.read(len(head) - len(text))
    module = chosen.module
    if hasattr(module, "fold"):
        stacks: dict[Stack, Number] = module.fold(whole, options, ledger)
    else:
        stacks = collect(module.samples(whole, options, ledger))
    return Folded(Meta(ledger.unit, ledger.source or chosen.name), stacks)


def recognise(head: bytes) -> Format:
    """The format of a profile that starts so. Raises ProfileError when there is none."""
    if not head.strip():
        raise ProfileError("expected a profile, found nothing")
    for start in (head, head.lstrip(b"\r\n")):  # a blank is a byte like any other in binary formats
        if found := sniffed(start):
            return found
    known = {entry.name: (entry.kinds, entry.module.__doc__ or "") for entry in FORMATS.values()}
    raise ProfileError(unknown.description(head, known))


def sniffed(head: bytes) -> Format | None:
    """The format that knows these first bytes as its own."""
    return next((entry for entry in FORMATS.values() if entry.module.sniff(head)), None)


def collect(samples: Iterator[tuple[tuple[str, ...], Number]]) -> dict[Stack, Number]:
    """Sum samples by stack."""
    names: dict[str, str] = {}
    stacks: dict[Stack, Number] = {}
    for frames, weight in samples:
        parts = []
        for frame in frames:
            name = names.get(frame)
            if name is None:
                name = names[frame] = clean(frame)
            parts.append(name)
        entry = ";".join(parts)
        stacks[entry] = stacks.get(entry, 0) + weight
    return stacks


def with_head(stream: BinaryIO) -> tuple[io.BufferedReader, bytes]:
    """The stream, still whole and as UTF-8 where it was UTF-16, and its first HEAD bytes; works on pipes."""
    head = stream.read(HEAD)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = (head + stream.read()).decode("utf-16", "replace").encode("utf-8", "replace")
        return io.BufferedReader(io.BytesIO(text)), text[:HEAD]
    whole = len(head) < HEAD
    head = head.removeprefix(b"\xef\xbb\xbf")
    if whole:  # all of it: on a terminal, reading on would ask for a second Ctrl-D
        return io.BufferedReader(io.BytesIO(head)), head
    if isinstance(stream, io.BufferedReader) and stream.seekable():  # a plain file: formats may read it in parts
        stream.seek(-len(head), io.SEEK_CUR)
        return stream, head
    return io.BufferedReader(_Rejoined(head, stream), 1 << 18), head


class _Rejoined(io.RawIOBase):
    """A stream of which the head was already read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes a memoryview
        if self._head:
            count = min(len(buffer), len(self._head))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
