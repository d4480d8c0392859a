"""The time profile of an Xcode trace, as ``xctrace export --xpath …time-profile…`` writes it in XML.

By the output of xctrace 14 (inferno's tests/data/collapse-xctrace has whole ones), cut:

    <trace-query-result><node xpath='//trace-toc[1]/run[1]/data[1]/table[11]'>
    <row><thread id="3" fmt="Main Thread 0x1"/><backtrace id="20">
      <frame id="21" name="rust_test2::foo::ha31fba0d06a8a3eb" addr="0x102af5d99"/><frame ref="11"/></backtrace></row>
    <row><thread ref="3"/><backtrace ref="20"/></row>

A row is one sample; its leaf comes first. What was written once with an ``id`` stands later as a ``ref`` to it.
defusedxml reads it, so that entities that swell or that name files are refused. --threads makes the thread a root
frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<trace-query-result\b", re.DOTALL)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each row, root first. Raises ProfileError for text that is no XML, or no harmless XML."""
    named: dict[str, str] = {}
    stacks: dict[str, list[str]] = {}
    for row in _rows(stream):
        backtrace = next(row.iter("backtrace"), None)
        for element in _named(row):
            named[element.get("id", "")] = (
                element.get("name") or element.get("fmt") or element.get("addr") or "(unnamed)"
            )
        if backtrace is None:
            ledger.drop("samples without a stack")
            continue
        if "ref" not in backtrace.attrib:
            stacks[backtrace.get("id", "")] = _frames(backtrace, named)
        frames = stacks.get(backtrace.get("ref") or backtrace.get("id", ""))
        if not frames:
            ledger.drop("samples whose stack is nowhere in the file, or empty")
            continue
        thread = next(row.iter("thread"), None) if options.threads else None
        root = [_name(thread, named)] if thread is not None else []
        yield root + frames, 1


def _rows(stream: BinaryIO) -> Iterator[Any]:
    """The elements of the table's rows, each emptied when the next one is asked for."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    table = None
    try:
        for event, element in iterparse(stream, ("start", "end")):
            if event == "start":
                table = element if element.tag == "node" else table
            elif element.tag == "row":
                yield element
                element.clear()
                if table is not None:
                    table.clear()
    except DefusedXmlException as error:
        raise ProfileError(f"expected the XML of xctrace, found what no profile needs: {error}") from None
    except (ParseError, ValueError, LookupError) as error:
        raise ProfileError(f"expected a whole XML document, found {error}: cut short?") from None


def _named(row: Any) -> Iterator[Any]:
    return (element for element in row.iter() if element.tag in ("frame", "thread") and "id" in element.attrib)


def _name(element: Any, named: dict[str, str]) -> str:
    return named.get(element.get("ref") or element.get("id", ""), "(unnamed)")


def _frames(backtrace: Any, named: dict[str, str]) -> list[str]:
    return [symbols.tidy(_name(frame, named))[0] for frame in backtrace.iter("frame")][::-1]
