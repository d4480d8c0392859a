"""Look at any profile in the terminal: a flame graph to zoom and search, beside it the functions by what they cost.

Examples:
    resq-flame view app.svg
    resq-flame view app.cpuprofile
    perf script | resq-flame view

Arrows and Enter zoom, / searches, ? shows the keys, q ends.
"""

from __future__ import annotations

import argparse

from resq_flame import stage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_input(parser, "a profile of any known format, or a flame graph in SVG")


def run(_prog: str, options: argparse.Namespace) -> int:
    from resq_flame import tui

    return tui.view(options.file)
