"""Callgrind's profile data, which Xdebug, KCachegrind's converters and cachegrind write as well: a call graph.

By the "Callgrind Format Specification" of Valgrind's manual (version 1), and Valgrind 3.19, callgrind/dump.c:

    events: Ir
    fn=(416) _dl_find_object_init
    582 3
    cfn=(420) _dlfo_process_initial
    calls=1 -95
    * 91

The line below ``calls=`` holds what the calls cost in all; any other cost line, what the function costs itself. A
name is given once, behind its number in parentheses. The unit is the event's: instructions (Ir), cache misses, time.
A function is known by its object and name; functions of one name in two files of an object become one. With
``--separate-callers`` and ``--separate-recs`` callgrind puts the callers or the depth behind the name (``hot'main``,
``rec'2``): these tell paths apart, and are no part of a frame. yappi writes ``name /srv/app/work.py:15``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from resq_flame.fold.graphs import call_graph
from resq_flame.fold.graphs.call_graph import CallGraph
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names.frame_name import PLACED, base_name, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_COSTS = re.compile(rb"[\d+*-]\S*(?: +[\d+*-]\S*)*")
_NAME = re.compile(r"\((\d+)\)(?: (.*))?", re.DOTALL)
_ADDRESS = re.compile(r"0x0*([0-9a-f]+)")

_OF = "\0"  # between a function's name and its object, which make it one

# The file matters to no function's name; KCachegrind's own writers also say jfi and jfn of jumps.
_ASIDE = ("fl", "fi", "fe", "cfi", "cfl", "jfi", "jfn", "jump", "jcnd")

# The events that are named by more than their unit, and how many of the unit they count in.
_UNITS = {
    "Ir": ("instructions", 1),
    "Time_(10ns)": ("nanoseconds", 10),  # Xdebug 3
    "Time": ("microseconds", 1),  # Xdebug 2
    "Memory_(bytes)": ("bytes", 1),
    "Memory": ("bytes", 1),
}


def sniff(head: bytes) -> bool:
    if head.startswith(b"# callgrind format"):
        return True
    return bool(re.search(rb"^events: *\S", head, re.MULTILINE) and re.search(rb"^(?:fn|fl)=", head, re.MULTILINE))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    reader = _Reader(options.sample_type or options.event, ledger)
    for number, line in enumerate(stream, 1):
        reader.take(number, line.strip())
    if not reader.events:
        raise ProfileError('expected a line "events: Ir …", found none: cut short?')
    if len(reader.events) > 1:
        ledger.note(f"has the events {', '.join(reader.events)}: these are {reader.event} (--event takes another)")
    ledger.unit, size = _UNITS.get(reader.event, (reader.event, 1))
    for path, cost in call_graph.stacks(reader.graph, ledger):
        yield [_frame(function, reader.creator, options.lines) for function in path], cost * size


@dataclass(slots=True)
class _Reader:
    """What the lines so far say of the next one: the events, the names by their numbers, whose costs come."""

    wanted: str | None
    ledger: Ledger
    graph: CallGraph = field(default_factory=CallGraph)
    events: list[str] = field(default_factory=list)
    event: str = ""
    creator: str = ""
    positions: int = 1
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    object: str = ""
    function: str = ""
    callee_object: str | None = None
    callee: str = ""
    calling: bool = False

    def take(self, number: int, line: bytes) -> None:
        if _COSTS.fullmatch(line):
            self._take_costs(number, line)
            return
        key, equals, value = line.decode("utf-8", "replace").partition("=")
        if equals and key in ("ob", "cob", "fn", "cfn"):
            self._take_name(key, value)
        elif equals and key == "calls":
            self.calling = True
        elif not (equals and key in _ASIDE):
            self._take_header(line)

    def _take_header(self, line: bytes) -> None:
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon and key == "events":
            self._take_events(value.split())
        elif colon and key == "creator":
            self.creator = value.strip()
        elif colon and key == "positions":
            self.positions = len(value.split())
        elif line and not colon and not line.startswith(b"#"):
            self.ledger.drop("lines that are none of callgrind's")

    def _take_events(self, events: list[str]) -> None:
        if not events:
            raise ProfileError("expected the names of events, found none")
        if self.wanted and self.wanted not in events:
            raise OptionError(f"expected an event it has ({', '.join(events)}), found {self.wanted!r}")
        if self.events and events != self.events:
            raise ProfileError(f"expected the events {self.events} in each part, found {events}")
        self.events, self.event = events, self.wanted or events[0]

    def _take_name(self, key: str, value: str) -> None:
        name = self._uncompressed("ob" if key.endswith("ob") else "fn", value)
        if key == "ob":
            self.object = name
        elif key == "cob":
            self.callee_object = name
        elif key == "fn":
            self.function, self.calling, self.callee_object = name + _OF + self.object, False, None
        else:
            self.callee = name + _OF + (self.object if self.callee_object is None else self.callee_object)

    def _uncompressed(self, space: str, value: str) -> str:
        value = value.replace(_OF, "")
        found = _NAME.fullmatch(value)
        if not found:
            return value
        if found[2]:
            self.names[space, found[1]] = found[2]
        return self.names.get((space, found[1]), value)

    def _take_costs(self, number: int, line: bytes) -> None:
        """Costs at the end of a line may be left out when they are 0."""
        costs = line.split()[self.positions :]
        at = self.events.index(self.event) if self.events else 0
        cost = costs[at] if at < len(costs) else b"0"
        if not cost.isdigit() or len(cost) > 18 or not self.function:
            raise ProfileError(f"{number}: expected costs below a function (fn=), found {quoted(line)}")
        if self.calling:
            self.graph.add_call(self.function, self.callee or f"(unknown){_OF}", int(cost))
            self.calling, self.callee_object = False, None
        else:
            self.graph.add_own(self.function, int(cost))


def _frame(function: str, creator: str, lines: bool | None) -> str:
    """The function, or ``file+0x1090`` where callgrind knows its address only."""
    name, _, file = function.partition(_OF)
    if creator.startswith("callgrind"):
        name = name.partition("'")[0] or name
    if found := _ADDRESS.fullmatch(name):
        return f"{base_name(file) or '???'}+0x{found[1]}"
    if creator == "yappi" and (found := PLACED.fullmatch(name)):
        return located(found["name"], found["file"], int(found["line"]) if lines is not False else 0)
    return name
