"""Watch a process at work: short captures, one after the other, in a flame graph that moves.

Examples:
    resq-flame top --pid 1234

Space pauses, f freezes what is seen into a result with an SVG, ? shows the keys, q ends.
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from resq_flame import tui

    tui.add_top_arguments(parser)


def run(_prog: str, options: argparse.Namespace) -> int:
    from resq_flame import tui

    return tui.top(options)
