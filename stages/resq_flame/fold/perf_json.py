"""perf.data as JSON: ``perf data convert --to-json``.

By perf 6.1, tools/perf/util/data-convert-json.c; cut:

    {"linux-perf-json-version": 1,
     "headers": {"header-version": 1, "captured-on": "2026-11-23T03:36:29Z", "hostname": "vm", "os-release": "6.18.44"},
     "samples": [{"timestamp": 912201519369, "pid": 28829, "tid": 28829, "cpu": 0, "comm": "wcpp", "callchain": [
         {"ip": "0x55db9c4b1414", "symbol": "(anonymous namespace)::Anon::run", "dso": "wcpp"},
         {"ip": "0x55db9c4b15be", "symbol": "request", "dso": "wcpp"}, {"ip": "0x7f8178cd44a3"}]}]}

Frames are leaf first. perf writes neither events nor periods, so that the samples of all events count 1 each. The
comm is the root and frames are called as in ``perf script`` text, with the same options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import member
from resq_flame.fold.documents.json_tables import an_object, text
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.options import Options
from resq_flame.fold.perf.frames import Frames
from resq_flame.fold.perf.text import Location
from resq_flame.folded import Number


def sniff(head: bytes) -> bool:
    return "linux-perf-json-version" in json_document.paths(head)


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    document = an_object(json_document.load(stream), "the document")
    names = Frames(options)
    for found in member(document, "samples", list):
        sample = an_object(found, "a sample")
        chain = [an_object(frame, "a frame") for frame in _chain(sample)]
        # An inlined Java callee follows behind a ";" in the name of its caller.
        frames = [name for frame in reversed(chain) for name in _name(frame, names).split(";")]
        yield (_root(sample, options), *frames), 1
    ledger.note("perf's JSON does not tell events apart: if several were recorded, their samples are summed")


def _name(frame: dict[str, Any], names: Frames) -> str:
    address = text(frame.get("ip")).removeprefix("0x")
    where = Location(
        text(frame.get("symbol")).encode("utf-8", "replace"), text(frame.get("dso")).encode("utf-8", "replace")
    )
    return names.name(where, address.encode("utf-8", "replace"))


def _root(sample: dict[str, Any], options: Options) -> str:
    comm = text(sample.get("comm")).replace(" ", "_")
    if options.tid:
        return f"{comm}-{sample.get('pid')}/{sample.get('tid')}"
    return f"{comm}-{sample.get('pid')}" if options.pid or options.processes else comm


def _chain(sample: dict[str, Any]) -> list[Any]:
    """The frames of a sample; it may have none."""
    return member(sample, "callchain", list) if "callchain" in sample else []
