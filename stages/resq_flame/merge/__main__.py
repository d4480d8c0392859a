"""Combine profiles into one, and filter their stacks.

Examples:
    resq-merge run1.folded run2.folded > both.folded
    resq-merge --label 'hosts/*.folded.gz' | resq-render > by-host.svg
    resq-merge --focus 'handle_' --hide '^tokio::' < app.folded

Inputs are folded streams, or profiles that resq-fold knows. Filters mean what they mean in pprof; differential streams
can be filtered too.
"""

from __future__ import annotations

import argparse
import functools
import operator
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from resq_flame import folded, inputs, stage, units
from resq_flame.folded import Differential, Folded, Number, Stack
from resq_flame.merge import labels, narrow
from resq_flame.merge.filters import Filters, add_arguments, from_arguments, select
from resq_flame.merge.total import Total, total

PROG = "resq-merge"
AVERAGE_PLACES = 9

Weight = TypeVar("Weight")


def main(argv: Sequence[str] | None = None) -> int:
    return stage.run(PROG, __doc__ or "", arguments, work, argv)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        default=[stage.STDIO],
        metavar="FILE",
        help="profiles, also compressed, and quoted patterns of them (default: stdin)",
    )
    stage.add_folded_output(parser)
    parser.add_argument(
        "--label", action="store_true", help="a root frame for each input: its name, or the LABEL of LABEL=FILE"
    )
    parser.add_argument("--average", action="store_true", help="divide the sum by the number of inputs")
    filters = parser.add_argument_group("filters (regular expressions over frame names; may be repeated)")
    add_arguments(filters)
    filters.add_argument(
        "--min-share",
        type=_percent,
        metavar="PERCENT",
        help="leave out frames below this share of the whole; what they cost stays with their callers",
    )


def work(options: argparse.Namespace) -> None:
    filters = from_arguments(options)
    labelled = (
        labels.labelled(options.files) if options.label else [("", path) for path in inputs.expand(options.files)]
    )
    if [path for _, path in labelled].count(stage.STDIO) > 1:
        raise stage.UsageError("stdin (-) can be only one of the files")
    summed = total(PROG, labelled, allow_empty=options.allow_empty)
    header = not options.no_header
    if isinstance(summed, Total) and not (
        filters or options.collapse_recursion or options.min_share or options.average
    ):
        with stage.open_output(options.output) as out:
            out.writelines(folded.dump(Folded(summed.meta), header=header))
            summed.lines.seek(0)
            shutil.copyfileobj(summed.lines, out, 1 << 20)
        return
    if options.average and isinstance(summed, Differential):
        raise stage.UsageError("--average is for rounds, but a differential stream has them as columns of their own")
    selected = _selected(summed, filters, options)
    if options.average and isinstance(selected, Folded):
        rounds = len(labelled)
        for entry, weight in selected.stacks.items():
            selected.stacks[entry] = folded.scaled(weight, 1, rounds, AVERAGE_PLACES)
    stage.write(options.output, folded.dump(selected, header=header))


def _selected(summed: Total | Differential, filters: Filters, options: argparse.Namespace) -> Folded | Differential:
    """What passes the filters; what does not is said. Raises StageError where nothing does."""
    if isinstance(summed, Differential):
        rows = filtered(summed.stacks.items(), ROWS, filters, options, summed.meta.unit)
        return Differential(summed.meta, rows)
    return Folded(summed.meta, filtered(summed.rows(), PLAIN, filters, options, summed.meta.unit))


def filtered(
    stacks: Iterable[tuple[Stack, Weight]], kind: Kind[Weight], filters: Filters, options: argparse.Namespace, unit: str
) -> dict[Stack, Weight]:
    found = select(stacks, filters, kind.plus, collapse_recursion=options.collapse_recursion)
    parts = [*found.kept.values(), *found.dropped.values()]
    if not parts:
        return {}
    whole = functools.reduce(kind.plus, parts)
    said = [f"left out by {flag}: {kind.spoken(weight, whole, unit)}" for flag, weight in found.dropped.items()]
    kept = found.kept
    if options.min_share and kept:
        least = narrow.cut(kept, kind.plus, lambda weight: kind.share(weight, whole) >= options.min_share)
        kept = least.kept
        for weights, verb in ((least.dropped, "left out"), (least.moved, "given to their callers")):
            if weights:
                said.append(f"{verb} by --min-share: {kind.spoken(functools.reduce(kind.plus, weights), whole, unit)}")
    if not kept and not options.allow_empty:
        raise stage.StageError(f"expected stacks that pass the filters, found none: {', '.join(said)}")
    for line in said:
        stage.say(PROG, line)
    return kept


@dataclass(frozen=True, slots=True)
class Kind(Generic[Weight]):
    """What weights there are: numbers, or rows of them."""

    plus: Callable[[Weight, Weight], Weight]
    share: Callable[[Weight, Weight], float]
    """In percent; of rows, that of the column where it is largest."""
    quantity: Callable[[Weight, str], str]

    def spoken(self, weight: Weight, whole: Weight, unit: str) -> str:
        return f"{self.quantity(weight, unit)} ({self.share(weight, whole):.1f} %)"


PLAIN: Kind[Number] = Kind(operator.add, units.share, units.quantity)
ROWS: Kind[tuple[Number, ...]] = Kind(
    folded.row_sum,
    lambda row, whole: max(map(units.share, row, whole)),
    lambda row, unit: " / ".join(units.quantity(weight, unit) for weight in row),
)


def _percent(text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"expected a share in percent, from 0 to 100, found {text!r}")
    return value


if __name__ == "__main__":
    raise SystemExit(main())
