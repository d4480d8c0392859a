"""From the flags of a comparison to its differential profile, for ``resq-diff`` and ``resq-flame diff`` alike."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from resq_flame import folded, inputs, stage
from resq_flame.diff import IncomparableError, diff, rounds
from resq_flame.diff.names import RULES, Rename, renaming
from resq_flame.diff.scaling import normalized
from resq_flame.folded import Differential, Folded, Number, Stack


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="BEFORE AFTER", help="two profiles; - is stdin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--before", nargs="+", default=[], metavar="FILE", help="the rounds before the change")
    parser.add_argument("--after", nargs="+", default=[], metavar="FILE", help="the rounds after it")
    parser.add_argument("--sum", action="store_true", help="two plain columns, as other tools read them")
    parser.add_argument("--normalize", action="store_true", help="scale every column to the same total")
    names = parser.add_argument_group("names, made the same on both sides")
    names.add_argument("--comparable", action="store_true", help="all of the --strip flags: for two builds")
    for name, rule in RULES.items():
        names.add_argument(f"--strip-{name}", action="store_true", help=rule.meaning)
    names.add_argument(
        "--map",
        action="append",
        default=[],
        type=_mapping,
        metavar="RE=NAME",
        help=r"replace what matches in a frame's name, \1 is the first group; the last = divides (may be repeated)",
    )


def sides(options: argparse.Namespace, files: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """The files of both sides, as the flags or two plain arguments name them. Raises UsageError."""
    before, after = options.before, options.after
    if len(files) == 2 and not before and not after:
        before, after = [files[0]], [files[1]]
    elif files or not before or not after:
        raise stage.UsageError("expected two sides: BEFORE AFTER, or --before FILE... --after FILE...")
    if [*before, *after].count(stage.STDIO) > 1:
        raise stage.UsageError("stdin (-) can be only one of the files")
    return before, after


def compare(
    prog: str,
    before: Sequence[str],
    after: Sequence[str],
    options: argparse.Namespace,
    *,
    allow_empty: bool = False,
) -> Differential:
    """The comparison of these files, each read once and in this order. Raises StageError."""
    rename = _rename(options)
    one, other = (
        [profile for path in inputs.expand(side) for profile in _read(prog, path, rename, allow_empty)]
        for side in (before, after)
    )
    try:
        found = diff(one, other)
    except IncomparableError as error:
        raise stage.StageError(str(error)) from None
    if options.sum:
        found = folded.summed(found)
    return normalized(found) if options.normalize else found


def _read(prog: str, path: str, rename: Rename | None, allow_empty: bool) -> list[Folded]:
    name = stage.name_of(path)
    profile = inputs.read(prog, path, allow_empty=allow_empty)
    try:
        found = rounds(profile)
    except ValueError as error:
        raise stage.StageError(f"{name}: {error}") from None
    for one in found:
        if not any(one.stacks.values()) and not allow_empty:
            raise stage.StageError(f"{name}: expected stacks that weigh something, found none to compare with")
    return [Folded(one.meta, _renamed(one.stacks, rename)) for one in found] if rename else found


def _renamed(stacks: dict[Stack, Number], rename: Rename) -> dict[Stack, Number]:
    found: dict[Stack, Number] = {}
    for entry, weight in stacks.items():
        name = ";".join(map(rename, entry.split(";")))
        found[name] = found.get(name, 0) + weight
    return found


def _rename(options: argparse.Namespace) -> Rename | None:
    rules = [name for name in RULES if options.comparable or getattr(options, f"strip_{name}")]
    return renaming(rules, options.map) if rules or options.map else None


def _mapping(text: str) -> tuple[re.Pattern[str], str]:
    expression, divided, name = text.rpartition("=")
    try:
        if not divided or not expression:
            raise re.error("no = between a regular expression and a name")
        pattern = re.compile(expression)
        pattern.sub(name, "")  # compiles the references of the name, whether or not it finds something
    except (re.error, IndexError) as error:
        raise argparse.ArgumentTypeError(f"expected RE=NAME, found {text!r}: {error}") from None
    return pattern, name
