"""Draw a profile of any format that resq-fold knows.

Examples:
    resq-flame file app.cpuprofile -o app.svg
    resq-flame file api@latest
    perf script | resq-flame file --title 'The whole system'
"""

from __future__ import annotations

import argparse
import os

from resq_flame import fold, history, stage
from resq_flame.cli import picture
from resq_flame.fold import options as fold_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_input(parser, "a profile, also compressed")
    parser.add_argument("--format", choices=fold.FORMATS, metavar="NAME", help="its format (default: by its content)")
    fold_options.add_arguments(parser)
    picture.add_arguments(parser)


def run(prog: str, options: argparse.Namespace) -> None:
    from resq_flame.fold.reading import read

    picture.check(options)
    paths = history.expand([options.file])
    if len(paths) > 1:
        raise stage.StageError(
            f"{options.file}: expected one profile, found its {len(paths)} rounds (resq-merge adds them up)"
        )
    with stage.open_input(prog, paths[0], "a profile") as stream:
        name = stage.name_of(paths[0])
        profile = read(prog, name, stream, fold_options.from_arguments(options), options.format)
    picture.draw(prog, profile, options, title=os.path.basename(name))
