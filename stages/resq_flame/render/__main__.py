"""Draw folded stacks as a flame graph: one SVG file that holds everything.

Examples:
    resq-fold app.cpuprofile | resq-render --title "Orders API" > app.svg
    resq-diff before.folded after.folded | resq-render -o change.svg
    resq-render --format png app.folded -o app.png
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from resq_flame import stage
from resq_flame.folded import Differential, Folded, FoldedError
from resq_flame.render import options as render_options
from resq_flame.render import palette_map, timeline
from resq_flame.render.formats import FORMATS

PROG = "resq-render"


def main(argv: Sequence[str] | None = None) -> int:
    return stage.run(PROG, __doc__ or "", arguments, work, argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_input(parser, "folded stacks")
    stage.add_output(parser)
    stage.add_allow_empty(parser)
    parser.add_argument(
        "--format", choices=FORMATS, default="svg", metavar="NAME", help=f"{', '.join(FORMATS)} (%(default)s)"
    )
    parser.add_argument("--differential", action="store_true", help="two weights a line: before, after")
    render_options.add_stage_arguments(parser)
    render_options.add_arguments(parser)


def work(options: argparse.Namespace) -> None:
    chosen = render_options.from_arguments(options)
    profile = _read_timeline(options) if chosen.flamechart else _read(options)
    form = FORMATS[options.format]
    stage.write(options.output, form.draw(profile, chosen), binary=form.binary)
    if chosen.palette:
        kept = palette_map.kept(chosen.palette, profile, chosen)
        stage.write(chosen.palette, palette_map.dump(kept))


def _read(options: argparse.Namespace) -> Folded | Differential:
    return stage.read_folded(PROG, options.file, differential=options.differential, allow_empty=options.allow_empty)


def _read_timeline(options: argparse.Namespace) -> timeline.Timeline:
    if options.differential:
        raise stage.UsageError("--flamechart and --differential exclude each other: time has one order")
    name = stage.name_of(options.file)
    try:
        with stage.open_input(PROG, options.file, "folded stacks in the order of time") as stream:
            profile = timeline.read(stream)
    except FoldedError as error:
        raise stage.StageError(f"{name}:{error}") from None
    stage.check_unread(PROG, name, profile.unread, profile.first_unread, bool(profile.entries))
    stage.check_not_empty(name, Folded(profile.meta, dict(profile.entries)), options.allow_empty)
    return profile


if __name__ == "__main__":
    raise SystemExit(main())
