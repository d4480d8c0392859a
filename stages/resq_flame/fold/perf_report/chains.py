"""The call chains below a row of ``perf report --stdio``, and their weight in percent of the event.

By callchain__fprintf_graph, __flat and callchain_node__scnprintf_value of tools/perf/ui/stdio/hist.c and
util/callchain.c, Linux 6.1:

    |--49.24%--request      -g graph: percent of the event
    |--65.40%--request      -g fractal (the default before perf 4.4): percent of the branch above
    |--293--request         -g graph,count or -g graph,period: samples, or units of the event
    12.70%                  -g flat: the share of the chain on the lines below
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

_SHARE = r"(?P<share>\d{1,20}(?:\.\d+)?)(?P<percent>%)?"
_NODE = re.compile(rf"(?P<stem>[ |]*)(?:---|--{_SHARE}--)?(?P<name>[^ |-].*|-[^-].*)")
_FLAT = re.compile(rf" {{11}}{_SHARE} *")
_FOLDED = re.compile(rf"{_SHARE} (?P<chain>\S.*)")
_INDENT = 10
_ROUNDING = Decimal("0.01")

Chain: TypeAlias = "tuple[list[str], Decimal]"
"""The names from one end to the other, as printed, and their weight."""


@dataclass(slots=True)
class Branch:
    """A part of a tree of chains: the column of its names, its share as printed, and its callees or callers."""

    column: int
    share: Decimal | None = None
    names: list[str] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """What the head of a report says: how many samples, and how many units of the event, are all of it."""

    samples: Decimal = Decimal(0)
    units: Decimal = Decimal(0)
    counted_in: Decimal | None = None
    """Which of the two the chains' counts are parts of, once a row has told."""
    fractal: bool = False
    """Whether a branch was seen whose callees have more percent than itself, so that theirs are of its own."""


@dataclass(slots=True)
class Chains:
    """The lines read so far below one row."""

    top: Branch = field(default_factory=lambda: Branch(-1))
    counted: bool = False
    """Whether shares are samples or units of the event, not percent."""
    folded: bool = False
    _open: list[Branch] = field(default_factory=list)

    def read(self, line: str) -> None:
        if found := _FOLDED.fullmatch(line):
            self.folded = True
            self._add(self.top, 0, self._share(found)).names = found["chain"].split(";")
        elif found := _FLAT.fullmatch(line):
            self._open = [self._add(self.top, 16, self._share(found))]
        elif (found := _NODE.fullmatch(line)) and found["stem"][:1] == " ":
            self._grow(found)

    def _grow(self, node: re.Match[str]) -> None:
        """Names go on in the column of their branch; a new branch hangs in the column before its dashes.

        Its column is 10 characters on, whatever the width of its share.
        """
        share = self._share(node)
        start = node.start("name") if share is None else node.end("stem") + _INDENT
        column = start if share is None else node.end("stem") - 1
        while self._open and self._open[-1].column > column:
            self._open.pop()
        if share is not None or not self._open:
            self._open.append(self._add(self._open[-1] if self._open else self.top, start, share))
        self._open[-1].names.append(node["name"].strip())

    def _share(self, found: re.Match[str]) -> Decimal | None:
        if found["share"] is None:
            return None
        self.counted = self.counted or not found["percent"]
        return Decimal(found["share"])

    def _add(self, parent: Branch, column: int, share: Decimal | None) -> Branch:
        branch = Branch(column, share)
        parent.branches.append(branch)
        return branch

    def weighed(self, weight: Decimal, event: Event) -> Iterator[Chain]:
        """The chains of a row of this many percent; what is under perf's threshold is left out at the top."""
        if self.counted:
            unit = self._percent_a_count(weight, event)
            return _chains(self.top, weight, [], lambda _: unit)
        event.fractal = event.fractal or _exceeds(self.top, weight)
        return _chains(self.top, weight, [], lambda of: of / 100 if event.fractal else Decimal(1))

    def counts(self) -> Iterator[tuple[list[str], int]]:
        """Folded chains with the number that stands before them."""
        return ((branch.names, int(branch.share)) for branch in self.top.branches if branch.share is not None)

    def samples(self, weight: Decimal, event: Event) -> bool:
        """Whether counts are samples, not units of the event: a row tells by which of the totals is nearer."""
        if event.counted_in is None and (count := _sum(self.top)):
            totals = [total for total in (event.samples, event.units) if total]
            event.counted_in = min(totals, key=lambda total: abs(weight - 100 * count / total), default=event.samples)
        return self.counted and event.counted_in == event.samples

    def _percent_a_count(self, weight: Decimal, event: Event) -> Decimal:
        """By the event's total, which perf may have rounded (``3K``): never more than the row's percent together."""
        total = event.samples if self.samples(weight, event) else event.units
        most = weight / (_sum(self.top) or 1)
        return min(100 / total, most) if total else most


def _chains(branch: Branch, weight: Decimal, path: list[str], unit: Callable[[Decimal], Decimal]) -> Iterator[Chain]:
    path = [*path, *branch.names]
    for part in branch.branches:
        share = weight if part.share is None else part.share * unit(weight)
        yield from _chains(part, share, path, unit)
    # what is left of a branch by its callees is rounding, or under perf's threshold
    left = weight - sum(weight if part.share is None else part.share * unit(weight) for part in branch.branches)
    if path and left > 0:
        yield path, round(left, 4)


def _sum(branch: Branch) -> Decimal:
    """The shares below a branch; a part without a share has as much as its own parts."""
    return sum((_sum(part) if part.share is None else part.share for part in branch.branches), start=Decimal(0))


def _exceeds(branch: Branch, weight: Decimal) -> bool:
    parts = branch.branches
    shares = sum((weight if part.share is None else part.share for part in parts), start=Decimal(0))
    if shares > weight + _ROUNDING * (len(parts) + 1):
        return True
    return any(_exceeds(part, weight if part.share is None else part.share) for part in parts)
