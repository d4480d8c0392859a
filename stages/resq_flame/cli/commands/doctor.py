"""What this machine can profile, and the command that mends each gap.

Examples:
    resq-flame doctor
    resq-flame doctor --json
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(_prog: str, options: argparse.Namespace) -> None:
    from resq_flame import doctor

    print(doctor.report(as_json=options.json))
