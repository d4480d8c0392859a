"""What listens on this machine, what it is written in, and the command that profiles it.

Examples:
    resq-flame targets
    resq-flame targets --json
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(_prog: str, options: argparse.Namespace) -> None:
    from resq_flame.capture import targets

    print(targets.report(as_json=options.json))
