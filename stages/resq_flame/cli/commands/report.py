"""List the functions of a profile by what they cost: resq-report under this name, for a profile of any known format.

Examples:
    resq-flame report --top 10 app.cpuprofile
    resq-flame report --peek parse_body app.folded        # who calls it, and what it calls
    resq-flame report --json app.svg > app.json
    resq-diff a.folded b.folded | resq-flame report --format markdown
"""

from __future__ import annotations

import argparse

from resq_flame import inputs, report
from resq_flame.report import arguments as add_arguments

__all__ = ["add_arguments", "run"]


def run(prog: str, options: argparse.Namespace) -> int:
    if options.differential:
        return report.work(options)
    return report.show(inputs.read(prog, options.file, allow_empty=options.allow_empty), options)
