"""Intel VTune's top-down report in CSV: ``vtune -R top-down -call-stack-mode all -column="CPU Time:Self","Module"``.

By VTune 2013 to 2019, as FlameGraph's stackcollapse-vtune.pl and -vtune-mc.pl ask for it, and inferno's test data:

    Function Stack,CPU Time:Self,Module
    Total,0.0,[Unknown]
     RtlUserThreadStart,0.0,ntdll.dll
      "std::rt::lang_start<core::result::Result<(), std::io::error::Error>>",0.050,app.exe

Depth is the indentation, the weight the row's own: microseconds of CPU time, or the allocations of a memory report
(--sample-type names its column, such as "Allocation Size:Self" in bytes). Frames carry their module in front
(``ntdll.dll`RtlUserThreadStart``) without --no-modules; the row ``Total`` above all is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents import table
from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.graphs import call_tree
from resq_flame.fold.graphs.call_tree import Row, Sample
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"(?:war:[^\n]*\n)*\"?Function Stack\"?,[^\n]*:Self")
_STACK = "Function Stack"


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[Sample]:
    """The weight of each stack, root first. Raises ProfileError where there is no column of self weights."""
    text = lines(stream)
    titles = next((found for line in text if _STACK in (found := table.cells(line))), [])
    weights = [title for title in titles if title.endswith(":Self")]
    if not weights:
        raise ProfileError('expected the columns "Function Stack" and "CPU Time:Self", found none such')
    chosen = options.sample_type or next((title for title in weights if "Deallocation" not in title), weights[0])
    if chosen not in weights:
        raise OptionError(f"expected a weight it has ({', '.join(weights)}), found {chosen!r}")
    ledger.unit = "microseconds" if "Time" in chosen else "bytes" if "Size" in chosen else "count"
    return call_tree.of_self(_rows(text, titles, chosen, options.modules is not False, ledger))


def _rows(text: Iterator[str], titles: list[str], chosen: str, modules: bool, ledger: Ledger) -> Iterator[Row]:
    for indent, row in table.rows(text, titles, ledger):
        name, module = row[_STACK].strip(), row.get("Module", "")
        weight = table.number(row[chosen]) if row[chosen] else 0
        if weight is None:
            ledger.drop(f'rows whose "{chosen}" is no number')
            weight = 0
        if indent or name != "Total":
            function = symbols.tidy(name or "(unnamed)")[0]
            yield indent, f"{module}`{function}" if modules and module else function, _scaled(weight, ledger.unit)
        elif weight:
            yield indent, name, _scaled(weight, ledger.unit)


def _scaled(weight: Number, unit: str) -> Number:
    """Seconds as microseconds."""
    if unit != "microseconds":
        return weight
    weight = weight * 1_000_000
    return int(weight) if weight == int(weight) else weight
