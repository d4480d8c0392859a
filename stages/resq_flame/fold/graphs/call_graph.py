"""Stacks out of a call graph, for profilers that only keep what each function cost itself and who called whom.

A call graph does not say which caller's caller a cost came from: f called by a and by b is one f. Each function's
costs are taken to be alike whoever called it, so they are shared out to its callers in proportion to what the calls
cost, and on to their callers. What a function costs itself comes out exact; the split between paths is an estimate.
Recursion has no proportion: the call that closes a circle is left out, and its cost is at the function's first call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resq_flame.fold.ledger import Ledger

NOTE = (
    "a call graph, not stacks: what a function costs itself is exact, through which of several callers is an estimate"
)

PATHS = 100_000
"""Up to how many paths are all told apart; those of a big graph are without number."""

SMALLEST = 1e-5
"""The share of the whole below which a path is not followed further where there are more."""

REST = "(small calls)"
"""The frame that stands for all that such a path calls."""


@dataclass(slots=True)
class CallGraph:
    """Functions by name: what each costs itself, and what its calls of each other function cost in all."""

    own: dict[str, int] = field(default_factory=dict)
    calls: dict[str, dict[str, int]] = field(default_factory=dict)

    def add_own(self, function: str, cost: int) -> None:
        self.own[function] = self.own.get(function, 0) + cost

    def add_call(self, caller: str, callee: str, cost: int) -> None:
        callees = self.calls.setdefault(caller, {})
        callees[callee] = callees.get(callee, 0) + cost
        self.own.setdefault(caller, 0)
        self.own.setdefault(callee, 0)


def stacks(graph: CallGraph, ledger: Ledger) -> Iterator[tuple[list[str], int]]:
    """The frames of each path, root first, and its share of its last function's cost; they sum up to the whole."""
    ledger.note(NOTE)
    order, calls, closing = _without_circles(graph)
    if closing:
        ledger.note(f"recursion ({closing} calls that close a circle) is folded into the function's first call")
    shares, roots = _shares(order, calls)
    below = _below(graph.own, order, shares)
    least = SMALLEST * sum(graph.own.values()) if _paths(order, shares) > PATHS else 0.0
    portions = {function: _Portions(graph.own[function]) for function in order}
    small: dict[tuple[str, ...], float] = {}
    waiting = [([root], 1.0) for root in reversed(roots)]
    while waiting:
        path, part = waiting.pop()
        function = path[-1]
        if own := portions[function].take(part):
            yield path, own
        for callee, share in reversed(shares[function].items()):
            if part * share * below[callee] >= least:
                waiting.append(([*path, callee], part * share))
            else:
                small[tuple(path)] = small.get(tuple(path), 0.0) + part * share * below[callee]
    yield from _rest(small, sum(portion.left for portion in portions.values()))


@dataclass(slots=True)
class _Portions:
    """Deals a whole cost out in parts that never sum up to more than all of it."""

    cost: int
    dealt: int = 0
    parts: float = 0.0

    def take(self, part: float) -> int:
        self.parts += part
        whole = self.parts > 1 - 1e-9  # the last of many parts that are rounded
        portion = (self.cost if whole else min(round(self.cost * self.parts), self.cost)) - self.dealt
        self.dealt += portion
        return portion

    @property
    def left(self) -> int:
        return self.cost - self.dealt


def _rest(small: dict[tuple[str, ...], float], cost: int) -> Iterator[tuple[list[str], int]]:
    """What the calls too small to follow cost in all, each path that makes them its part."""
    whole, total = _Portions(cost), sum(small.values())
    for path, part in small.items():
        if portion := whole.take(part / total):
            yield [*path, REST], portion


def _without_circles(graph: CallGraph) -> tuple[list[str], dict[str, dict[str, int]], int]:
    """The functions, callers before callees, the calls that close no circle, and how many closed one.

    Walks from the functions that nothing calls, then from the dearest of those that are left, dearest calls first.
    """
    called = {callee for caller, callees in graph.calls.items() for callee in callees if callee != caller}
    cost = {function: own + sum(graph.calls.get(function, {}).values()) for function, own in graph.own.items()}
    starts = sorted(graph.own, key=lambda function: (function in called, -cost[function], function))
    done: list[str] = []
    open_, finished = set[str](), set[str]()
    kept: dict[str, dict[str, int]] = {}
    closing = 0
    for start in starts:
        walk = [] if start in finished else [(start, iter(_dearest(graph, start)))]
        open_.update({start} if walk else ())
        while walk:
            function, callees = walk[-1]
            callee = next(callees, None)
            if callee is None:
                walk.pop()
                open_.discard(function)
                finished.add(function)
                done.append(function)
            elif callee in open_:
                closing += 1
            else:
                kept.setdefault(function, {})[callee] = graph.calls[function][callee]
                if callee not in finished:
                    open_.add(callee)
                    walk.append((callee, iter(_dearest(graph, callee))))
    return done[::-1], kept, closing


def _dearest(graph: CallGraph, function: str) -> list[str]:
    callees = graph.calls.get(function, {})
    return sorted(callees, key=lambda callee: (-callees[callee], callee))


def _shares(order: list[str], calls: dict[str, dict[str, int]]) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Which part of each callee's cost each of its callers brings about, and the functions without a caller."""
    # a call that cost nothing measurable still is a way to its callee
    costs = {caller: {callee: max(cost, 1) for callee, cost in callees.items()} for caller, callees in calls.items()}
    brought = dict.fromkeys(order, 0)
    for callees in costs.values():
        for callee, cost in callees.items():
            brought[callee] += cost
    shares = {
        caller: {callee: cost / brought[callee] for callee, cost in costs.get(caller, {}).items()} for caller in order
    }
    return shares, [function for function in order if not brought[function]]


def _below(own: dict[str, int], order: list[str], shares: dict[str, dict[str, float]]) -> dict[str, float]:
    """What each function costs with all that it calls, under these shares."""
    below: dict[str, float] = {}
    for function in reversed(order):
        below[function] = own[function] + sum(share * below[callee] for callee, share in shares[function].items())
    return below


def _paths(order: list[str], shares: dict[str, dict[str, float]]) -> int:
    """How many paths start at a root; from each root, not counted further than PATHS."""
    paths: dict[str, int] = {}
    for function in reversed(order):
        paths[function] = min(1 + sum(paths[callee] for callee in shares[function]), PATHS + 1)
    called = {callee for callees in shares.values() for callee in callees}
    return sum(count for function, count in paths.items() if function not in called)
