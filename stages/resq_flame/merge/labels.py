"""The root frames that ``--label`` puts above each input: ``LABEL=FILE``, or the file's name without its suffixes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from resq_flame import inputs, stage

_COMPRESSED = (".gz", ".zst", ".zstd")


def labelled(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """The label and path of each input. Raises UsageError where two inputs would stand under one label."""
    found: list[tuple[str, str]] = []
    for argument in arguments:
        label, divided, path = argument.partition("=")
        if divided and label and not os.path.exists(argument):
            found += [(label, path) for path in inputs.expand([path])]  # one label for all that a pattern matches
        else:
            found += [(_stem(path), path) for path in inputs.expand([argument])]
    _check_distinct(found, arguments)
    return found


def _stem(path: str) -> str:
    if path == stage.STDIO:
        return "stdin"
    name = os.path.basename(path)
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return os.path.splitext(name)[0] or name


def _check_distinct(found: Sequence[tuple[str, str]], arguments: Sequence[str]) -> None:
    paths: dict[str, str] = {}
    for label, path in found:
        other = paths.setdefault(label, path)
        if other != path and not any(argument.startswith(f"{label}=") for argument in arguments):
            raise stage.UsageError(
                f"{other} and {path} would both be labelled {label!r}: give them as LABEL=FILE, one as {label}-2={path}"
            )
