"""Which of a perf text's events are folded, and what their weights count."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from resq_flame.fold.options import Options

# `man perf-list`: cycles:uppp, cpu_core/cycles/P. A tracepoint (sched:sched_switch) has more behind its colon.
_MODIFIERS = re.compile(r":[ukhIGHpPSDWeb]+$")
_PMU = re.compile(r"[\w.-]+/(?:event=)?([\w.-]+)[^/]*/[ukhIGHpPSDWeb]*")

_UNITS = {"cpu-clock": "nanoseconds", "task-clock": "nanoseconds", "duration_time": "nanoseconds"}
_UNITS |= {"cpu-cycles": "cycles"}


def base(event: str) -> str:
    """The event without modifiers and PMU: ``cycles`` for ``cycles:uppp`` and ``cpu_core/cycles/P``."""
    event = _MODIFIERS.sub("", event)
    pmu = _PMU.fullmatch(event)
    return pmu[1] if pmu else event


def unit(event: str, *, with_period: bool) -> str:
    """What a weight counts: a period counts the event itself, a sample without one counts as one sample."""
    if not with_period:
        return "samples"
    return _UNITS.get(base(event), base(event)) or "count"


@dataclass(slots=True)
class Events:
    """The choice between events: those that ``--event`` names, all, or the first one seen."""

    options: Options
    first: bytes | None = None
    units: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    chosen: dict[bytes, bool] = field(default_factory=dict)

    def takes(self, event: bytes, period: bytes | None) -> bool:
        """Whether a sample of this event is folded; it is counted if not."""
        chosen = self.chosen.get(event)
        if chosen is None:
            chosen = self.chosen[event] = self._choose(event, with_period=period is not None)
        if not chosen:
            self.left_out[event.decode("utf-8", "replace")] += 1
        return chosen

    def _choose(self, event: bytes, *, with_period: bool) -> bool:
        name = event.decode("utf-8", "replace")
        wanted = self.options.event
        if wanted is not None:
            chosen = wanted in (name, base(name))
        elif self.options.all_events:
            chosen = True
        else:
            self.first = event if self.first is None else self.first
            chosen = event == self.first
        if chosen:
            self.units[name] = unit(name, with_period=with_period)
        return chosen
