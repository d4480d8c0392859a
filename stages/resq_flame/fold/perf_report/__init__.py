"""``perf report --stdio`` with call chains, in any style: ``-g graph``, ``fractal``, ``flat`` or ``folded``, ``caller``
or ``callee``, in percent, samples or periods.

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
which stand under their row's function then. With ``-g folded,count`` it is a number of samples. With ``--children``,
perf's default, a row's chains are also those of the functions that it calls: those that end in the row's function are
its own, and the others stand below the rows of their own. perf script has it all, exactly.
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
from resq_flame.fold.perf_report.chains import Chains, Event

_SNIFF = re.compile(rb"^# (?:Overhead|Children +Self) .*\bSymbol\b[^\n]*\n#[ .]+\.\.", re.MULTILINE)
_EVENT = re.compile(r"# Samples: (?P<samples>\d+)(?P<unit>[KMGTPE]?) +of events? '(?P<name>.+)'.*")
_UNITS = re.compile(r"# Event count \(approx\.\): (\d+)")
_TITLES = re.compile(r"# ((?:Overhead|Children).*)")
_RULER = re.compile(r"# (\.{2,}[ .]*)")
_ROW = re.compile(r" *(?P<percent>\d{1,3}\.\d+)%(?: +(?P<self>\d{1,3}\.\d+)%)? .*")
_SYMBOL = re.compile(r"\[[.kgHu]\] (.+?)(?:  .*)?$")
_ADDRESS = re.compile(r"0x[0-9a-f]+|[0-9a-f]{16}|0")
_SOURCE = re.compile(r"(.+) (\S+:\d+)")
_ALIKE = 60  # characters that tell two functions apart: perf cuts names in chains at 1023 bytes


class Columns(NamedTuple):
    """Where the comm, the module and the symbol of a row are; None where there is none."""

    comm: slice | None
    module: slice | None
    symbol: slice | None
    children: bool


@dataclass(slots=True)
class Entry:
    """A row: its comm, module and function, its own percent, that with what it calls, and its chains."""

    comm: str
    module: str
    symbol: str
    own: Decimal
    all: Decimal
    chains: Chains = field(default_factory=Chains)


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The percentage, or number of samples, of each stack, root first. Raises ProfileError for text without titles."""
    ledger.unit = "percent"
    ledger.note("percentages in two decimals, without the branches that perf report drops: perf script has it all")
    columns, titles = Columns(None, None, None, False), ""
    name = first = ""
    event = Event()
    entry: Entry | None = None
    for line in lines(stream):
        if line.startswith("#"):
            if found := _EVENT.match(line):
                yield from _stacks(entry, event, options, ledger)
                entry, name = None, found["name"]
                first = first or name
                event = Event(Decimal(found["samples"]) * 1000 ** " KMGTPE".index(found["unit"] or " "))
            elif found := _UNITS.match(line):
                event.units = Decimal(found[1])
            titles = found[1] if (found := _TITLES.match(line)) else titles
            columns = _columns(titles, line) if _RULER.match(line) else columns
        elif row := _row(line, columns):
            yield from _stacks(entry, event, options, ledger)
            entry = _entry(row, line, columns)
            if (options.event or first) != name:
                ledger.drop(f"percent of {name} (--event takes another)", entry.own)
                entry = None
        elif entry:
            entry.chains.read(line)
    yield from _stacks(entry, event, options, ledger)
    if not titles:
        raise ProfileError('expected the titles "# Overhead  Command  …  Symbol", found none')


def _columns(titles: str, ruler: str) -> Columns:
    """The dots below the titles are as long as the columns are wide."""
    spans = [slice(dots.start(), dots.end()) for dots in re.finditer(r"\.+", ruler)]
    named = {f"# {titles}"[span].strip().split(" ")[0]: span for span in spans}
    return Columns(named.get("Command"), named.get("Shared"), named.get("Symbol"), titles.startswith("Children"))


def _row(line: str, columns: Columns) -> re.Match[str] | None:
    return _ROW.fullmatch(line) if _symbol(line, columns) else None


def _symbol(line: str, columns: Columns) -> str:
    """The function of a row; with -v its address stands before it."""
    found = _SYMBOL.search(line, columns.symbol.start) if columns.symbol else None
    return found[1].strip() if found else ""


def _entry(row: re.Match[str], line: str, columns: Columns) -> Entry:
    everything = Decimal(row["percent"])
    return Entry(
        line[columns.comm].strip() if columns.comm else "",
        line[columns.module].strip().rpartition("/")[2] if columns.module else "",
        _symbol(line, columns),
        Decimal(row["self"] or everything) if columns.children else everything,
        everything,
    )


def _stacks(entry: Entry | None, event: Event, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The stacks of a row, root first; what of its own share no chain has is the function's alone."""
    if entry is None:
        return
    root = [entry.comm] if entry.comm else []
    chains, left = entry.chains, entry.own
    if chains.folded and chains.samples(entry.all, event):
        ledger.unit = "samples"
    weighed = chains.counts() if ledger.unit == "samples" else chains.weighed(entry.all, event)
    function = f"[{entry.module}]" if entry.module and _ADDRESS.fullmatch(entry.symbol) else entry.symbol
    for chain, weight in weighed:
        if (callers := _callers(chain, entry)) is not None:
            yield [*root, *(frame for name in [*callers, function] for frame in _frames(name, options))], weight
            left -= weight
    if ledger.unit != "percent":
        if 0 < left == entry.own:
            ledger.drop("rows without a chain, which have only a percentage")
    elif left > 0:
        yield [*root, *_frames(function, options)], left


def _callers(chain: list[str], entry: Entry) -> list[str] | None:
    """Who called the row's function, root first; None where the chain is that of a function it calls."""
    first, last = _alike(chain[0], entry.symbol), _alike(chain[-1], entry.symbol)
    if entry.own < entry.all:
        return chain[:-1] if last and not first else None
    return chain[:-1] if last else chain[:0:-1] if first else chain


def _alike(name: str, symbol: str) -> bool:
    if _ADDRESS.fullmatch(name) and _ADDRESS.fullmatch(symbol):
        return int(name, 16) == int(symbol, 16)
    return name[:_ALIKE] == symbol[:_ALIKE] or name.startswith(f"{symbol} ")


def _frames(name: str, options: Options) -> list[str]:
    """The frames of a name as printed; with -g address the line of source stands behind it."""
    if _ADDRESS.fullmatch(name):
        return [name if options.addrs else "[unknown]"]
    located = _SOURCE.fullmatch(name)
    *frames, last = symbols.tidy(located[1] if located else name)
    return [*frames, f"{last} ({located[2]})" if located and options.lines else last]
