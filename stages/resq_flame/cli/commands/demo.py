"""See it work: profile a small program that comes with resq-flame, and draw it.

Examples:
    resq-flame demo
    resq-flame demo --duration 3s --open

Of its time, hash_rows takes 60 %, render_template 30 % and parse_body 10 %.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resq_flame import capture, demo
from resq_flame.capture import duration
from resq_flame.cli import picture, profiling

SOURCE = "python"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-d", "--duration", type=duration.seconds, default=5.0, metavar="TIME", help="how long (default: 5s)"
    )
    picture.add_arguments(parser)


def run(prog: str, options: argparse.Namespace) -> None:
    flags = argparse.ArgumentParser(add_help=False)
    capture.SOURCES[SOURCE].module.add_arguments(flags)
    service = Path(demo.__file__).with_name("service.py")
    flags.parse_args(["--duration", f"{options.duration}s"], options)
    options.command = [sys.executable, str(service)]
    profiling.profile(prog, SOURCE, options, title="Demo: a Python program under load")
