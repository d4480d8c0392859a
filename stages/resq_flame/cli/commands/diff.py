"""Draw what changed between two profiles of any known format: red grew, blue shrank.

Examples:
    resq-flame diff a.cpuprofile b.cpuprofile -o change.svg
    resq-flame diff --before before.*.folded --after after.*.folded -o change.svg
    resq-flame diff --before a.svg --after b.svg --report change.md --fail-above 2
"""

from __future__ import annotations

import argparse

from resq_flame import stage
from resq_flame.cli import picture
from resq_flame.diff import comparison
from resq_flame.report import gate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    comparison.add_files(parser)
    comparison.add_arguments(parser)
    picture.add_arguments(parser)
    parser.add_argument("--report", metavar="FILE", help="also write a report: .md, .json, .csv, or else text")
    gate.add_arguments(parser)


def run(prog: str, options: argparse.Namespace) -> int:
    from resq_flame import report

    picture.check(options)
    if options.report is not None:
        stage.check_output(options.report)
    compared = comparison.compare(prog, *comparison.sides(options, options.files), options)
    picture.draw(prog, compared, options, title="Before and after")
    guard = gate.from_arguments(options)
    if guard is None and options.report is None:
        return stage.OK
    found = report.compared(compared)
    if options.report is not None:
        report.write_changes(options.report, compared, found, guard)
    return report.judged(prog, found, guard)
