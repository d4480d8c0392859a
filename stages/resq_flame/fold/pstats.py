"""Python's ``pstats``, as ``python -m cProfile -o FILE`` and ``pyinstrument -r pstats`` write it: a call graph.

By CPython 3.13, Lib/pstats.py and Lib/cProfile.py: a marshalled dict (``marshal_reader``) that is, in Python's terms,

    {("work.py", 3, "hash_rows"): (57, 57, 0.411, 0.411, {("work.py", 15, "handle"): (57, 57, 0.411, 0.411)}),
     ("~", 0, "<built-in method time.time>"): (58, 58, 0.0001, 0.0001, {…})}

Each function has its calls (without recursion, and all), its own and its cumulated seconds, and of each caller the
same numbers; the unit is seconds. A frame is ``hash_rows (work.py:3)``, the line that of the ``def``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents import marshal_reader, whole_file
from resq_flame.fold.documents.marshal_reader import Value
from resq_flame.fold.graphs import call_graph
from resq_flame.fold.graphs.call_graph import CallGraph
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number, exact

LIMIT = 1 << 30

_NANOSECONDS = 1_000_000_000
_LONGEST = 1e9  # seconds: thirty years

# A dict whose first key is a tuple of three that starts with a text; any of them may be flagged to be referred to.
_TUPLES = (b")\x03", b"\xa9\x03", b"(\x03\0\0\0", b"\xa8\x03\0\0\0")
_TEXTS = b"zZaAut\xfa\xda\xe1\xc1\xf5\xf4"


def sniff(head: bytes) -> bool:
    key = next((start for start in _TUPLES if head.startswith(start, 1)), b"")
    return head[:1] in (b"{", b"\xfb") and bool(key) and head[1 + len(key) : 2 + len(key)] in _TEXTS


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    found = marshal_reader.load(whole_file.read(stream, LIMIT, "statistics of cProfile"))
    if not isinstance(found, dict):
        raise ProfileError(f"expected a dict of functions, found {type(found).__name__}")
    ledger.unit = "seconds"
    for path, nanoseconds in call_graph.stacks(_graph(found, options), ledger):
        yield path, exact(nanoseconds / _NANOSECONDS)


def _graph(found: dict[Value, Value], options: Options) -> CallGraph:
    graph = CallGraph()
    for function, entry in found.items():
        if not (isinstance(entry, tuple) and len(entry) == 5 and isinstance(entry[4], dict)):
            raise ProfileError(f"expected calls, seconds and callers of a function, found {str(entry)[:60]!r}")
        name = _frame(function, options)
        graph.add_own(name, _nanoseconds(entry[2]))
        for caller, numbers in entry[4].items():
            # what the profile module (not cProfile) keeps of a caller is the number of its calls
            cost = _nanoseconds(numbers[3]) if isinstance(numbers, tuple) and len(numbers) == 4 else 1
            graph.add_call(_frame(caller, options), name, cost)
    return graph


def _frame(function: Value, options: Options) -> str:
    match function:
        case (str(file), int(line), str(name)):
            if file in ("~", ""):  # a built-in, which has no file
                return name
            return located(name, file, 0 if options.lines is False else line)
    raise ProfileError(f"expected a function (file, line, name), found {str(function)[:60]!r}")


def _nanoseconds(seconds: Value) -> int:
    if not isinstance(seconds, int | float) or not math.isfinite(seconds) or abs(seconds) > _LONGEST:
        raise ProfileError(f"expected seconds, found {str(seconds)[:60]!r}")
    return max(round(seconds * _NANOSECONDS), 0)  # the clock may have been set back
