"""``perf report --stdio`` with call chains: ``-g caller``, ``-g callee`` or ``-g folded``.

By tools/perf/ui/stdio/hist.c and util/sort.c of Linux 6.1 (seen with perf 6.1.192):

    # Overhead  Command  Shared Object  Symbol
    # ........  .......  .............  ......
        75.29%  wcpp     wcpp           [.] Anon::run
                |
                ---main
                   |
                   |--49.24%--request
                   |          Anon::run
                   |
                    --26.05%--Anon::run

    49.24% Anon::run;request;main

A row has the comm, the function and, in percent, its share; the chains below it say how it was reached, from whichever
end. The weight is percent of the event, in the two decimals that are printed: perf report drops branches under 0.5 %,
which stand under their row's function then. With ``-g folded,count`` it is a number of samples. With ``--children`` the
chains are of other functions than the rows, so only the rows' own shares are read. perf script has it all, exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs.call_tree import Sample
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^# (?:Overhead|Children +Self) .*\bSymbol\b[^\n]*\n#[ .]+\.\.", re.MULTILINE)
_EVENT = re.compile(r"# Samples: \S+ +of event '(.+)'")
_TITLES = re.compile(r"# ((?:Overhead|Children).*)")
_RULER = re.compile(r"# (\.{2,}[ .]*)")
_ROW = re.compile(r" *(?P<percent>\d{1,3}\.\d+)%(?: +(?P<self>\d{1,3}\.\d+)%)? .*")
_FOLDED = re.compile(r"(?P<weight>\d{1,20}(?:\.\d+)?)(?P<percent>%)? (?P<chain>\S.*)")
_NODE = re.compile(r"(?P<stem>[ |]*)(?:---|--(?P<percent>\d{1,3}\.\d+)%--)?(?P<name>[^ |-].*|-[^-].*)")
_ALIKE = 60  # characters that tell two functions apart
_SYMBOL = re.compile(r"\[[.kgHu]\] (.*)")


class Columns(NamedTuple):
    """Where the comm and the symbol of a row are; None where there is none."""

    comm: slice | None
    symbol: slice | None
    children: bool


@dataclass(slots=True)
class Branch:
    """A part of a chain: the column of its names, its share, and its callees or callers."""

    column: int
    weight: Number
    names: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """A row with the chains read so far, each with its weight, and what of its own weight they leave."""

    comm: str
    symbol: str
    left: Number
    branches: list[Branch] = field(default_factory=list)
    chains: list[tuple[list[str], Number]] = field(default_factory=list)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The percentage, or number of samples, of each stack, root first. Raises ProfileError for text without titles."""
    ledger.unit = "percent"
    ledger.note("percentages in two decimals, without the branches that perf report drops: perf script has it all")
    columns, titles = Columns(None, None, False), ""
    event = first = ""
    entry: Entry | None = None
    for line in lines(stream):
        if line.startswith("#"):
            if found := _EVENT.match(line):
                event = found[1]
                first = first or event
            titles = found[1] if (found := _TITLES.match(line)) else titles
            columns = _columns(titles, line) if _RULER.match(line) else columns
        elif row := _row(line, columns):
            yield from _stacks(entry, ledger)
            entry = _entry(row, line, columns)
            if (options.event or first) != event:
                ledger.drop(f"percent of {event} (--event takes another)", entry.left)
                entry = None
        elif entry and not columns.children:
            _read(entry, line, ledger)
    yield from _stacks(entry, ledger)
    if not titles:
        raise ProfileError('expected the titles "# Overhead  Command  …  Symbol", found none')


def _columns(titles: str, ruler: str) -> Columns:
    """The dots below the titles are as long as the columns are wide."""
    spans = [slice(dots.start(), dots.end()) for dots in re.finditer(r"\.+", ruler)]
    named = {f"# {titles}"[span].strip().split(" ")[0]: span for span in spans}
    last = named.get("Symbol")
    return Columns(named.get("Command"), slice(last.start, None) if last else None, titles.startswith("Children"))


def _row(line: str, columns: Columns) -> re.Match[str] | None:
    if columns.symbol is None or len(line) <= columns.symbol.start:
        return None
    return _ROW.fullmatch(line) if line[columns.symbol].startswith("[") else None


def _entry(row: re.Match[str], line: str, columns: Columns) -> Entry:
    weight = Decimal(row["self"] or row["percent"] if columns.children else row["percent"])
    symbol = _SYMBOL.match(line[columns.symbol].strip()) if columns.symbol else None
    return Entry(
        line[columns.comm].strip() if columns.comm else "", symbol[1].strip() if symbol else "[unknown]", weight
    )


def _read(entry: Entry, line: str, ledger: Ledger) -> None:
    if found := _FOLDED.fullmatch(line):
        if not found["percent"]:
            ledger.unit = "samples"
        weight = Decimal(found["weight"]) if found["percent"] else int(Decimal(found["weight"]))
        entry.chains.append((found["chain"].split(";"), weight))
    elif (node := _NODE.fullmatch(line)) and node["stem"][:1] == " ":
        _grow(entry, node)


def _grow(entry: Entry, node: re.Match[str]) -> None:
    """Names go on in the column of their branch; a new branch hangs in the column before its dashes."""
    start, branches = node.start("name"), entry.branches
    starts = node["percent"] is not None
    column = node.end("stem") - 1 if starts else start
    while branches and branches[-1].column > column:
        _close(entry)
    if starts or not branches:
        weight = Decimal(node["percent"]) if starts else entry.left
        if branches:
            branches[-1].weight -= weight
        branches.append(Branch(start, weight, path=[*branches[-1].path, *branches[-1].names] if branches else []))
    branches[-1].names.append(node["name"].strip())


def _close(entry: Entry) -> None:
    branch = entry.branches.pop()
    # what is left of a branch by its callees is rounding, or under perf's threshold
    if branch.weight > 0:
        entry.chains.append(([*branch.path, *branch.names], branch.weight))


def _stacks(entry: Entry | None, ledger: Ledger) -> Iterator[Sample]:
    if entry is None:
        return
    while entry.branches:
        _close(entry)
    root = [entry.comm] if entry.comm else []
    for chain, weight in entry.chains:
        path = _root_first(chain, entry.symbol)
        yield [*root, *(frame for name in path for frame in symbols.tidy(name))], weight
        entry.left -= weight
    if ledger.unit != "percent":
        if not entry.chains:
            ledger.drop("rows without a chain, which have only a percentage")
    elif entry.left > 0:
        yield [*root, *symbols.tidy(entry.symbol)], entry.left


def _root_first(chain: list[str], symbol: str) -> list[str]:
    """The chain with the row's function as its leaf, whichever end that is; perf cuts names in chains at 1023 bytes."""
    if chain[-1].startswith(symbol[:_ALIKE]):
        return [*chain[:-1], symbol]
    return [*chain[:0:-1], symbol] if chain[0].startswith(symbol[:_ALIKE]) else [*chain, symbol]
