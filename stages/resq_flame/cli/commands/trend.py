"""Draw each function's share over the profiles that a target keeps, as one self-contained page.

Examples:
    resq-flame trend api
    resq-flame trend api -o api.html --top 5 --focus handle_
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resq_flame import history, stage
from resq_flame.trend import __main__ as trend


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="pipelines/TARGET.toml, here or in a folder above")
    trend.arguments(parser)
    parser.set_defaults(output="trend.html")


def run(prog: str, options: argparse.Namespace) -> None:
    trend.work(options, history.of_target(options.target, Path.cwd()))
    if options.output != stage.STDIO:
        stage.say(prog, f"{options.output} was written")
