"""What this machine can profile, and the exact command that mends what it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from resq_flame.capture import machine
from resq_flame.capture.machine import Finding


@dataclass(frozen=True, slots=True)
class Ability:
    """A way to profile, whether it goes here, and the probes that stand against it."""

    name: str
    possible: bool
    missing: tuple[str, ...]


# What each way needs to be fine, by the names of the probes. What needs nothing works everywhere.
NEEDS: dict[str, tuple[str, ...]] = {
    "hce, api and other services over HTTP": (),
    "python -- COMMAND": ("py-spy",),
    "python --pid PID": ("py-spy", "ptrace_scope"),
    "perf -- COMMAND, perf --pid PID": ("perf",),
    "perf, the whole system": ("perf", "perf_event_paranoid"),
    "offcpu": ("perf", "tracefs", "perf_event_paranoid"),
    "offcpu --engine bpftrace": ("bpftrace", "capabilities"),
}


def abilities(findings: Iterable[Finding]) -> list[Ability]:
    gaps = {finding.name for finding in findings if not finding.ok}
    missing = {name: tuple(need for need in needs if need in gaps) for name, needs in NEEDS.items()}
    return [Ability(name, not gaps_of_it, gaps_of_it) for name, gaps_of_it in missing.items()]


def report(*, as_json: bool = False, findings: Callable[[], list[Finding]] = machine.findings) -> str:
    """What the probes found: a table and what mends its gaps, or one JSON object."""
    found = findings()
    able = abilities(found)
    if as_json:
        document = {"findings": [asdict(one) for one in found], "abilities": [asdict(one) for one in able]}
        return json.dumps(document, indent=2)
    rows = [f"  {_mark(one.ok)} {one.name:<20} {one.found}{_gap(one)}" for one in found]
    ways = [f"  {_mark(one.possible)} {one.name}{_missing(one)}" for one in able]
    return "\n".join(["This machine:", *rows, "", "What can be profiled here:", *ways])


def _mark(fine: bool) -> str:
    return "ok " if fine else "-- "


def _gap(finding: Finding) -> str:
    if finding.ok:
        return ""
    return f" (for: {finding.needed_for})\n{'':<27}mend: {finding.mend}"


def _missing(ability: Ability) -> str:
    return f" (see {', '.join(ability.missing)})" if ability.missing else ""
