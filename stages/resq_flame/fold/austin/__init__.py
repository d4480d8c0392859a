"""Austin, the frame stack sampler of CPython: its text, its binary MOJO (``mojo``) and its snapshots (``-w``).

By austin 3.7.0, src/events.h and docs; times are microseconds, memory is bytes, and ``# mode`` says which:

    # austin: 3.7.0
    # mode: wall

    P27653;T0:27653;/srv/demoapp/py/work.py:<module>:34;/srv/demoapp/py/work.py:hash_rows:5 10075
    P26368;T0:26368;:INVALID: 3472,0,0

In the mode ``full`` there are three numbers: time, whether the thread idled, memory; --sample-type takes wall (without
an option), cpu (what did not idle) or memory. Frames are as py-spy has them, ``hash_rows (work.py:5)``, and process and
thread are frames with --processes and --threads only. ``:INVALID:`` is a frame that could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from resq_flame.fold.austin import mojo as austin_mojo
from resq_flame.fold.austin.sample import Frame, Sample
from resq_flame.fold.documents import folded_shape, whole_file
from resq_flame.fold.ledger import Ledger, OptionError
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_META = re.compile(rb"# (\w+): (.*)")
_STACK = r"P(?P<pid>\d+);T(?P<thread>[0-9A-Fa-f:]+)(?P<frames>(?:;.*)?)"
_SAMPLE = re.compile(_STACK + r" (?P<metrics>-?\d{1,18}(?:,-?\d{1,18}){0,2})")
_HEADER = re.compile(rb"(?:# austin: |P\d+;T[0-9a-f:]+(?:;.*)? -?\d+(?:,-?\d+,-?\d+)?\r?\n)")

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WHERE = re.compile(r".{0,4}Process (?P<pid>\d+).{0,6}Thread (?P<thread>\S+)\s*")
_WHERE_FRAME = re.compile(r"\s+(?P<name>.+) \((?P<file>.*):(?P<line>\d{1,9})\)")
_SNAPSHOT = re.compile(rb"\s*.{0,8}Process (?:\x1b\[[0-9;]*m)?\d+(?:\x1b\[[0-9;]*m)? .{0,8}Thread ")

_TYPES = {"wall": "microseconds", "cpu": "microseconds", "memory": "bytes", "samples": "samples"}

LIMIT = 4 << 30

_NO_FRAME = "(no Python frame)"


def sniff(head: bytes) -> bool:
    if head.startswith(austin_mojo.MAGIC):
        return head[len(austin_mojo.MAGIC) :][:1] < b"\x09"  # a version, no folded stack of MOJITO
    dialect = folded_shape.dialect(head)
    return dialect == "austin" or (not dialect and bool(_HEADER.match(head.lstrip()) or _SNAPSHOT.match(head)))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    metadata: dict[str, str] = {}
    found = _read(stream, metadata, ledger)
    kind = ""
    for sample in found:
        kind = kind or _kind(sample, metadata, options, ledger)
        weight = _weight(sample, kind)
        names = [_name(frame, options) for frame in sample.frames] or [_NO_FRAME]
        frames = [*_roots(sample, options), *names]
        if weight < 0:
            ledger.drop("samples in which memory was released", weight)
        elif weight:
            yield frames, weight


def _read(stream: BinaryIO, metadata: dict[str, str], ledger: Ledger) -> Iterator[Sample]:
    first = next(iter(stream), b"")
    if first.startswith(austin_mojo.MAGIC):
        return austin_mojo.samples(first + whole_file.read(stream, LIMIT, "MOJO"), metadata)
    return _text(chain([first], stream), metadata, ledger)


def _text(stream: Iterator[bytes], metadata: dict[str, str], ledger: Ledger) -> Iterator[Sample]:
    """The samples of a text, or the threads of a snapshot, which weigh 1."""
    where: Sample | None = None
    for line in stream:
        text = _COLOUR.sub("", line.decode("utf-8", "replace")).rstrip()
        if found := _SAMPLE.fullmatch(text):
            yield _sample(found, metadata.get("mode", "wall"))
        elif meta := _META.fullmatch(line.rstrip()):
            metadata[meta[1].decode()] = meta[2].decode("utf-8", "replace")
        elif found := _WHERE.fullmatch(text):
            if where:
                yield where
            where = Sample(found["pid"], found["thread"], [])
        elif where and (found := _WHERE_FRAME.fullmatch(text)):
            where.frames.append(Frame(found["name"], found["file"], int(found["line"])))
        elif text:
            ledger.drop("lines that are none of austin's")
    if where:
        yield where


def _sample(found: re.Match[str], mode: str) -> Sample:
    frames = [_frame(text) for text in found["frames"].split(";") if text]
    first, *more = (int(number) for number in found["metrics"].split(","))
    if len(more) == 2:
        return Sample(found["pid"], found["thread"], frames, first, more[0] != 0, more[1])
    if mode == "memory":
        return Sample(found["pid"], found["thread"], frames, memory=first)
    return Sample(found["pid"], found["thread"], frames, first)


def _frame(text: str) -> Frame:
    """``file:function:line``; a file on Windows has a colon, too."""
    file, name, line = ["", "", *text.rsplit(":", 2)][-3:]
    return Frame(name, file, int(line)) if file and name and line.isdecimal() and len(line) < 10 else Frame(text)


def _kind(sample: Sample, metadata: dict[str, str], options: Options, ledger: Ledger) -> str:
    """What is the weight, by what the first sample has. The ledger learns its unit."""
    times = ["cpu" if metadata.get("mode") == "cpu" else "wall"] if sample.time is not None else []
    has = [*times, *(["memory"] if sample.memory is not None else [])] or ["samples"]
    if len(has) > 1:
        has.insert(1, "cpu")
        ledger.note(
            f"has the sample types {', '.join(has)}: these are {options.sample_type or has[0]} (--sample-type …)"
        )
    kind = options.sample_type or has[0]
    if kind not in has:
        raise OptionError(f"expected a sample type it has ({', '.join(has)}), found {kind!r}")
    ledger.unit = _TYPES[kind]
    return kind


def _weight(sample: Sample, kind: str) -> int:
    if kind == "samples":
        return 1
    if kind == "memory":
        return sample.memory or 0
    return 0 if kind == "cpu" and sample.idle else sample.time or 0


def _roots(sample: Sample, options: Options) -> list[str]:
    roots = [f"process {sample.pid}"] if options.processes else []
    return [*roots, f"thread {sample.thread}"] if options.threads else roots


def _name(frame: Frame, options: Options) -> str:
    return located(frame.name, frame.file, 0 if options.lines is False else frame.line)
