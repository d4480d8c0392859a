"""Turn a profile of any known format into folded stacks.

Examples:
    perf script | resq-fold > app.folded
    resq-fold app.cpuprofile | resq-render > app.svg
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from resq_flame import fold, folded, stage
from resq_flame.fold import options as fold_options
from resq_flame.fold.reading import read

PROG = "resq-fold"


def main(argv: Sequence[str] | None = None) -> int:
    return stage.run(PROG, __doc__ or "", arguments, work, argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_input(parser, "a profile, also compressed with gzip or zstd")
    stage.add_folded_output(parser)
    parser.add_argument("--format", choices=fold.FORMATS, metavar="NAME", help="its format (default: by its content)")
    parser.add_argument("--list-formats", action="store_true", help="name every format, who writes it, and its unit")
    fold_options.add_arguments(parser)


def work(options: argparse.Namespace) -> None:
    if options.list_formats:
        stage.write(options.output, formats())
        return
    chosen = fold_options.from_arguments(options)
    with stage.open_input(PROG, options.file, "a profile") as stream:
        name = stage.name_of(options.file)
        profile = read(PROG, name, stream, chosen, options.format, allow_empty=options.allow_empty)
    stage.write(options.output, folded.dump(profile, header=not options.no_header))


def formats() -> list[bytes]:
    """The table of formats, a line each: name, unit, who writes it."""
    known = fold.FORMATS.values()
    name, unit = (max(len(getattr(entry, column)) for entry in known) for column in ("name", "unit"))
    return [f"{entry.name:<{name}}  {entry.unit:<{unit}}  {entry.writers}\n".encode() for entry in known]


if __name__ == "__main__":
    raise SystemExit(main())
