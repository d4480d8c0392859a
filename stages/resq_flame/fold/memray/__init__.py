"""What ``memray transform`` writes, ``gprof2dot`` (JSON) and ``csv``, and the page of ``memray flamegraph``.

By memray 1.20, memray/reporters/transform.py, and gprof2dot's JSON; cut:

    {"version": 0, "costs": [{"description": "Memory", "unit": "bytes"}],
     "events": [{"callchain": [1, 0], "cost": [710]}], "functions": [{"name": "run", "module": "/srv/run.py"}, …]}

    allocator,num_allocations,size,tid,thread_name,stack_trace
    MALLOC,1,710,1,0x1,_parse_args;/usr/lib/pathlib.py;502|_run_tracker;/srv/memray/commands/run.py;80

Both are leaf first; weights are bytes (csv and page: --sample-type num_allocations counts instead). What it calls
``speedscope`` is speedscope's own format. memray's own file can only be read by memray, of the same version or later,
and its statistics have no stacks: both are refused by name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold import HEAD
from resq_flame.fold.documents import json_document, whole_file
from resq_flame.fold.documents.json_document import member, number
from resq_flame.fold.documents.json_tables import a_list, an_object, called, row, text
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.memray import html
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

Sample = tuple[tuple[str, ...], Number]

_CSV = b"allocator,num_allocations,size,tid,thread_name,stack_trace"
_OWN = re.compile(rb"(?:\x04\x22\x4d\x18.{0,24}?)?memray\0", re.DOTALL)  # alone, or in the first block of an LZ4 frame
_TRANSFORM = "memray transform gprof2dot FILE.bin writes what can be folded"
_UNITS = {"size": "bytes", "num_allocations": "count"}
_LONGEST = 30  # digits of a weight


def sniff(head: bytes) -> bool:
    paths = json_document.paths(head)
    return (
        head.startswith(_CSV)
        or _OWN.match(head) is not None
        or html.sniff(head)
        or {"events[].callchain", "events[].cost"} <= paths
        or _are_statistics(paths)
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    content = whole_file.read(stream, json_document.LIMIT, "a profile of memray")
    if _OWN.match(content):
        raise ProfileError(f"expected what memray transform writes, found memray's own recording: {_TRANSFORM}")
    if content.startswith(_CSV):
        return _rows(content, _column(options, ledger), options, ledger)
    if html.sniff(content[:HEAD]):
        return html.samples(content, _column(options, ledger), options, ledger)
    return _events(an_object(json_document.load(io.BytesIO(content)), "the document"), options, ledger)


def _are_statistics(keys: object) -> bool:
    return isinstance(keys, frozenset | dict) and "total_bytes_allocated" in keys and "total_num_allocations" in keys


def _events(document: dict[str, Any], options: Options, ledger: Ledger) -> Iterator[Sample]:
    if _are_statistics(document):
        raise ProfileError(f"expected stacks, found memray's statistics, which have none: {_TRANSFORM}")
    functions = [an_object(found, "a function") for found in member(document, "functions", list)]
    names = [called(entry.get("name"), entry.get("module"), 0, options.lines) for entry in functions]
    chosen = _cost(document, options.sample_type, ledger)
    for found in member(document, "events", list):
        event = an_object(found, "an event")
        frames = tuple([row(names, index, "functions") for index in reversed(member(event, "callchain", list))])
        weight = number(row(a_list(event.get("cost"), "cost"), chosen, "costs"), "a cost")
        if frames and weight > 0:
            yield frames, weight
        elif weight:
            ledger.drop("events without a frame" if weight > 0 else "negative costs", weight)


def _cost(document: dict[str, Any], wanted: str | None, ledger: Ledger) -> int:
    """Which of the costs of an event is the weight. The ledger learns its unit."""
    costs = [an_object(found, "a cost") for found in member(document, "costs", list)]
    names = [text(cost.get("description")) for cost in costs]
    if not costs or (wanted and wanted not in names):
        raise OptionError(f"expected a cost that it has ({', '.join(names)}), found {wanted!r}")
    chosen = names.index(wanted) if wanted else 0
    ledger.unit = text(costs[chosen].get("unit")) or "count"
    return chosen


def _column(options: Options, ledger: Ledger) -> str:
    """Which weight is asked for. The ledger learns its unit."""
    column = options.sample_type or "size"
    if column not in _UNITS:
        raise OptionError(f"expected {' or '.join(_UNITS)}, found {column!r}")
    ledger.unit = _UNITS[column]
    return column


def _rows(content: bytes, column: str, options: Options, ledger: Ledger) -> Iterator[Sample]:
    lines = content.decode("utf-8", "replace").replace("\0", "").splitlines()
    csv.field_size_limit(json_document.LIMIT)  # a stack of any depth is one field
    for number_of_row, entry in enumerate(csv.DictReader(lines, strict=False), 2):
        weight, trace = entry.get(column) or "", entry.get("stack_trace")
        if not (weight.isascii() and weight.isdigit() and len(weight) <= _LONGEST) or trace is None:
            line = quoted(lines[min(number_of_row, len(lines)) - 1].encode())
            raise ProfileError(f"{number_of_row}: expected a row of memray's csv, found {line}: cut short?")
        thread = (entry["thread_name"],) if options.threads else ()
        frames = tuple([_frame(part, options.lines) for part in reversed(trace.split("|")) if part])
        if frames:
            yield thread + frames, int(weight)
        else:
            ledger.drop("allocations without a frame", int(weight))


def _frame(part: str, lines: bool | None) -> str:
    """The name of ``function;file;line``."""
    name, file, line = [*part.rsplit(";", 2), "", ""][:3]
    return called(name, file, int(line[:9]) if line.isascii() and line.isdigit() else 0, lines)
