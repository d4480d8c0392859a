"""Scalene's JSON: ``scalene run --json --outfile FILE app.py``.

By Scalene 2.4.0, scalene/scalene_json.py; cut:

    {"alloc_samples": 0, "args": ["work.py", "5"], "elapsed_time_sec": 5.007,
     "combined_stacks": [[[{"display_name": "handle", "filename_or_module": "/srv/work.py", "kind": "py", "line": 16},
        {"display_name": "PyNumber_And", "filename_or_module": "libpython3.11.so.1.0", "kind": "native"}], [3]]],
     "files": {"/srv/work.py": {"functions": [{"line": "hash_rows", "lineno": 3}], "lines": [{"lineno": 5,
        "start_function_line": 3, "n_cpu_percent_python": 16.08, "n_cpu_percent_c": 3.03, "n_sys_percent": 0.26}]}},
     "memory_stacks": []}

With ``--stacks`` it has the stacks of its samples (since 2.2), and these are folded: samples, or with --sample-type
memory the bytes of ``memory_stacks``. Below a Python frame the native ones are the interpreter's own, and left out.
Without, Scalene knows lines but not their callers: a line's share of the elapsed seconds stands below its file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import a_list, an_object, called, text
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options
from resq_flame.folded import Number, total

Sample = tuple[tuple[str, ...], Number]

_MEGABYTE = 1 << 20
_STACKS = {"cpu": "combined_stacks", "memory": "memory_stacks"}
_OF_A_LINE = {"cpu": ("n_cpu_percent_python", "n_cpu_percent_c", "n_sys_percent"), "memory": ("n_malloc_mb",)}


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return "alloc_samples" in paths and not {"args", "elapsed_time_sec", "files"}.isdisjoint(paths)


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    profile = an_object(json_document.load(stream), "the document")
    kind = options.sample_type or "cpu"
    if kind not in _STACKS:
        raise OptionError(f"expected cpu or memory, found {kind!r}")
    if profile.get(_STACKS[kind]):
        ledger.unit = "bytes" if kind == "memory" else "samples"
        yield from _stacks(member(profile, _STACKS[kind], list), kind, options.lines, ledger)
    else:
        ledger.note("Scalene's lines have no callers: each stands below its file alone (scalene run --stacks)")
        yield from _lines(profile, kind, options.lines, ledger)


def _stacks(entries: list[Any], kind: str, lines: bool | None, ledger: Ledger) -> Iterator[Sample]:
    scale = _MEGABYTE if kind == "memory" else 1
    native = 0
    for found in entries:
        entry = a_list(found, "a stack")
        if len(entry) != 2:
            raise ProfileError(f"expected a stack and its weight, found {len(entry)} things")
        frames = [an_object(frame, "a frame") for frame in a_list(entry[0], "the frames of a stack")]
        python = [frame for frame in frames if frame.get("kind") == "py"]
        native += len(frames) - len(python) if python else 0
        weight = _weight(entry[1]) * scale
        if not frames or weight < 0:
            ledger.drop("stacks without a frame", weight)
        else:
            yield tuple([_name(frame, lines) for frame in python or frames]), weight
    if native:
        ledger.note(f"{native} native frames below Python's are the interpreter's own: left out")


def _weight(found: object) -> Number:
    """A number of samples, alone or in a list (2.4.0 writes ``[3]``)."""
    return number(found[0] if isinstance(found, list) and len(found) == 1 else found, "a weight")


def _name(frame: dict[str, Any], lines: bool | None) -> str:
    file = frame.get("filename_or_module")
    if not frame.get("display_name"):
        return f"[{base_name(text(file)) or 'unknown'}]"
    return called(frame["display_name"], file, frame.get("line"), lines)


def _lines(profile: dict[str, Any], kind: str, keep_lines: bool | None, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each line, below its file. Scalene gives shares of the run in percent, and sizes in megabytes."""
    ledger.unit = "bytes" if kind == "memory" else "seconds"
    scale: Number = _MEGABYTE
    if kind == "cpu":
        scale = _scaled(number(profile.get("elapsed_time_sec"), "elapsed_time_sec"), 0.01)
    for file, found in member(profile, "files", dict).items():
        details = an_object(found, "a file")
        functions = {
            function.get("lineno"): text(function.get("line"))
            for entry in member(details, "functions", list)
            if isinstance(function := entry, dict) and isinstance(function.get("lineno"), int)
        }
        for entry in member(details, "lines", list):
            line = an_object(entry, "a line")
            weight = _scaled(total(number(line.get(column, 0), column) for column in _OF_A_LINE[kind]), scale)
            if weight > 0:
                first = line.get("start_function_line")
                function_name = functions.get(first if isinstance(first, int) else None) or "<module>"
                leaf = called(function_name, file, line.get("lineno"), keep_lines is not False)
                yield (base_name(file) or file, leaf), weight


def _scaled(value: Number, scale: Number | float) -> Number:
    """``value`` times ``scale``, to a billionth. Raises ProfileError where that is no number that can be."""
    try:
        return number(float(value) * float(scale), "a weight")
    except OverflowError:
        raise ProfileError("expected a weight, found a number that is too large") from None
