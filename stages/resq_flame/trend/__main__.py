"""Draw each function's share over the profiles of the past, as one self-contained page.

python -m resq_flame.trend .flame/api/history --output trend.html
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from resq_flame import history, stage
from resq_flame.folded import FoldedError
from resq_flame.merge import filters
from resq_flame.trend import page, shares

PROG = "resq-flame trend"
TOP = 10


def main(argv: Sequence[str] | None = None) -> int:
    def with_folder(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", help="a history folder")
        arguments(parser)

    return stage.run(PROG, __doc__ or "", with_folder, lambda options: work(options, Path(options.folder)), argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What a trend can be told, wherever its profiles are."""
    stage.add_output(parser)
    parser.add_argument("--title", default="", metavar="TEXT", help="what was profiled")
    parser.add_argument("--top", type=int, default=TOP, metavar="N", help=f"functions to draw (default: {TOP})")
    filters.add_arguments(parser.add_argument_group("filters, as resq-merge has them"))


def work(options: argparse.Namespace, folder: Path) -> None:
    if options.top < 1:
        raise stage.UsageError(f"--top: expected a number from 1 on, found {options.top}")
    kept = history.entries(folder)
    if not kept:
        raise stage.StageError(f"{folder}: expected profiles of the past, found none (doit profile:NAME keeps one)")
    chosen = filters.from_arguments(options)
    try:
        found = [shares(entry, chosen, collapse_recursion=options.collapse_recursion) for entry in kept]
    except FoldedError as error:
        raise stage.StageError(str(error)) from None
    stage.write(options.output, [page.draw(options.title or folder.parent.name, found, options.top).encode()])


if __name__ == "__main__":
    raise SystemExit(main())
