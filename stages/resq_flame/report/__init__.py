"""List the functions of a profile by what they cost: self (on top of the stack) and total (anywhere in it).

Examples:
    resq-report --top 10 < app.folded
    resq-report --peek parse_body app.folded  # who calls it, and what it calls
    resq-diff before.folded after.folded | resq-report --format markdown > diff.md
    resq-diff --before b*.folded --after a*.folded | resq-report --fail-above 2

A differential stream gives shares before and after, the difference in points of share, and whether it is real: tested
against the scatter of the rounds of each side. --fail-above is a gate: exit 3 where a function really grew by more.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from resq_flame import folded, messages, stage
from resq_flame.folded import Differential, Folded
from resq_flame.parser import pattern
from resq_flame.report import gate, notes, tables, writing
from resq_flame.report.changes import Changes, changes
from resq_flame.report.grouping import BY
from resq_flame.report.tables import Report
from resq_flame.units import plural

PROG = "resq-report"
TOP = 20
NOTABLE = 1.0
"""Points of share from which on a change that may be chance is pointed out, unless the gate says what matters."""


def main(argv: Sequence[str] | None = None) -> int:
    return stage.run(PROG, __doc__ or "", arguments, work, argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_input(parser, "folded stacks, or the output of resq-diff")
    stage.add_output(parser)
    stage.add_allow_empty(parser)
    parser.add_argument("--format", choices=writing.FORMATS, default="text", help="how to write it (default: text)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument(
        "--top", type=_count, default=TOP, metavar="N", help=f"how many functions, 0 for all (default: {TOP})"
    )
    parser.add_argument("--sort", choices=tables.SORTS, default="self", help="what comes first (default: self)")
    parser.add_argument("--by", choices=BY, default="function", help="what is listed (default: function)")
    parser.add_argument("--peek", type=pattern, metavar="RE", help="callers and callees of the functions that match")
    parser.add_argument("--differential", action="store_true", help="every line ends in two numbers, before and after")
    gate.add_arguments(parser)


def work(options: argparse.Namespace) -> int:
    profile = stage.read_folded(PROG, options.file, differential=options.differential, allow_empty=options.allow_empty)
    return show(profile, options)


def show(profile: Folded | Differential, options: argparse.Namespace) -> int:
    """Write the report that the flags ask for."""
    guard = gate.from_arguments(options)
    if guard and (options.peek or not isinstance(profile, Differential)):
        raise stage.UsageError(f"--fail-above: expected two sides, found {'--peek' if options.peek else 'one profile'}")
    if options.peek:
        _write(options.output, options.format, _peeked(profile, options))
    elif isinstance(profile, Differential):
        found = compared(profile, options.by, allow_empty=options.allow_empty)
        table = _of_changes(profile, found, guard, options.sort, options.top, options.by)
        _write(options.output, options.format, table)
        return judged(PROG, found, guard)
    else:
        _write(options.output, options.format, tables.report(profile, options.sort, options.top, options.by))
    return stage.OK


def compared(profile: Differential, by: str = "function", *, allow_empty: bool = False) -> Changes:
    """What changed. StageError where a side has no weight at all."""
    found = changes(profile, by)
    for side, whole in (("before", found.before), ("after", found.after)):
        if not whole and not allow_empty:
            raise stage.StageError(f"{side}: expected at least one sample, found none (--allow-empty accepts that)")
    return found


def write_changes(output: str, profile: Differential, found: Changes, guard: gate.Gate | None) -> None:
    """The report of a comparison, in the format that the name of the file asks for."""
    _write(output, writing.format_of(output), _of_changes(profile, found, guard, "self", TOP, "function"))


def judged(prog: str, found: Changes, guard: gate.Gate | None) -> int:
    """The exit code of a comparison. Every regression is one line on stderr, and so is what cannot be told."""
    if (warning := notes.too_few(found, _notable(guard))) is not None:
        stage.say(prog, warning)
    if guard is None:
        return stage.OK
    failed = guard.regressions(found.functions)
    for one in failed:
        messages.error(prog, guard.said(one))
    if not failed:
        stage.say(prog, f"passed: no regression above {guard}")
    return stage.REGRESSION if failed else stage.OK


def _notable(guard: gate.Gate | None) -> float:
    return NOTABLE if guard is None or guard.limit.relative else guard.limit.amount or NOTABLE


def _of_changes(profile: Differential, found: Changes, guard: gate.Gate | None, sort: str, top: int, by: str) -> Report:
    table = tables.report_changes(profile.meta, found, sort, top, by, _notable(guard))
    if guard is None:
        return table
    failed = [guard.said(one) for one in guard.regressions(found.functions)]
    outcome = f"Failed: {plural(len(failed), 'regression')}" if failed else "Passed: no regression"
    verdict = f"{outcome} above {guard}"
    return replace(table, verdict=verdict, notes=(*failed, *table.notes))


def report(profile: Folded, sort: str, top: int, by: str = "function") -> Report:
    """The ``top`` functions (0: all) by ``sort``: self, total or name."""
    return tables.report(profile, sort, top, by)


def report_changes(profile: Differential, sort: str, top: int, by: str = "function") -> Report:
    """The ``top`` functions (0: all) whose share changed most, by ``sort``: self, total or name."""
    return tables.report_changes(profile.meta, changes(profile, by), sort, top, by, NOTABLE)


def summary_of_changes(profile: Differential) -> str:
    """How much each side weighs."""
    plain = folded.summed(profile)
    before, after = (folded.total(row[side] for row in plain.stacks.values()) for side in (0, 1))
    return tables.summary_of_changes(profile.meta, before, after)


def _peeked(profile: Folded | Differential, options: argparse.Namespace) -> Report:
    found = tables.report_peek(profile, options.peek, options.top, options.by)
    if not found.rows:
        raise stage.StageError(f"--peek: expected a {options.by} that matches {options.peek.pattern!r}, found none")
    return found


def _write(output: str, form: str, found: Report) -> None:
    stage.write(output, (f"{line}\n".encode() for line in writing.FORMATS[form](found)))


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 on, found {text!r}")
    return int(text)
