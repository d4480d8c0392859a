"""The commands that profile: take from a source, fold, draw."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from resq_flame import capture, compressed
from resq_flame.cli import picture


def profiling(
    source: str,
) -> tuple[Callable[[argparse.ArgumentParser], None], Callable[[str, argparse.Namespace], int | None]]:
    """The ``add_arguments`` and the ``run`` of the command that profiles ``source``."""

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        if capture.SOURCES[source].runs_command:
            parser.usage = "%(prog)s [flags] [-- PROGRAM ...]"
        capture.SOURCES[source].module.add_arguments(parser)
        picture.add_arguments(parser)

    def run(prog: str, options: argparse.Namespace) -> None:
        profile(prog, source, options)

    return add_arguments, run


def profile(prog: str, source: str, options: argparse.Namespace, title: str = "") -> None:
    """Profile ``source`` under the options of its module, and draw what was found."""
    from resq_flame.capture import stream
    from resq_flame.fold.reading import read

    picture.check(options)
    with stream.reader(capture.take(source, options)) as recorded:
        found = read(prog, source, compressed.peel(recorded, source))  # Go's pprof is gzipped
    picture.draw(prog, found, options, title)
