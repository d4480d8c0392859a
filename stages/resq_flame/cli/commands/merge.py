"""Combine profiles into one, and filter their stacks: resq-merge under this name.

Examples:
    resq-flame merge run1.folded run2.folded > both.folded
    resq-flame merge --label 'hosts/*.folded' -o by-host.folded
    resq-flame merge --focus handle_ --hide '^std::' app.folded | resq-flame file -o handlers.svg
"""

from __future__ import annotations

import argparse

from resq_flame.merge.__main__ import arguments as add_arguments
from resq_flame.merge.__main__ import work

__all__ = ["add_arguments", "run"]


def run(_prog: str, options: argparse.Namespace) -> None:
    work(options)
