"""Put two sides of a comparison into one differential stream.

Examples:
    resq-diff before.folded after.folded | resq-render > diff.svg
    resq-diff --before run1.folded run2.folded --after 'new/*.cpuprofile' | resq-report
    resq-diff --comparable --normalize old-build.svg new-build.svg > change.folded

Inputs are folded streams, or profiles that resq-fold knows, flame graphs in SVG among them. Several files a side are
rounds of the same thing: each stays a column of its own, --sum adds them up. --baseline keeps the rounds of one side
in one file, to be a --before later.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from resq_flame import folded, stage
from resq_flame.diff import comparison
from resq_flame.folded import Differential, Folded, Meta

PROG = "resq-diff"


def main(argv: Sequence[str] | None = None) -> int:
    return stage.run(PROG, __doc__ or "", arguments, work, argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    comparison.add_files(parser)
    comparison.add_arguments(parser)
    parser.add_argument("--baseline", nargs="+", default=[], metavar="FILE", help="keep these rounds in one file")
    stage.add_folded_output(parser)


def work(options: argparse.Namespace) -> None:
    if options.baseline and (options.files or options.before or options.after):
        raise stage.UsageError("expected either two sides or a --baseline, found both")
    if options.baseline and options.sum:
        raise stage.UsageError(
            "--sum adds up two sides, a --baseline keeps the rounds of one (resq-merge adds them up)"
        )
    before, after = (options.baseline, []) if options.baseline else comparison.sides(options, options.files)
    found = comparison.compare(PROG, before, after, options, allow_empty=options.allow_empty)
    stage.write(options.output, folded.dump(_plain(found), header=not options.no_header))


def _plain(found: Differential) -> Folded | Differential:
    """A single round is a plain profile."""
    if len(found.meta.columns) > 1:
        return found
    return Folded(Meta(found.meta.unit, found.meta.source), {entry: row[0] for entry, row in found.stacks.items()})


if __name__ == "__main__":
    raise SystemExit(main())
