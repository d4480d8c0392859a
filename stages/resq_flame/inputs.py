"""Any profile as folded stacks: a folded stream as it is, whatever else ``fold`` knows is folded on the way.

    resq-diff before.svg after.cpuprofile.gz
    resq-merge <(perf script) old.folded

Each input is opened once and read once, so FIFOs are inputs like any other.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader

from resq_flame import folded, history, stage
from resq_flame.folded import Differential, Folded, Meta

AWAITED = "a profile"


@dataclass(frozen=True, slots=True)
class Input:
    """An open input, read by nobody yet. ``meta`` is that of a folded stream, None of any other profile."""

    name: str
    stream: BufferedReader
    meta: Meta | None


@contextlib.contextmanager
def opened(prog: str, path: str) -> Iterator[Input]:
    """The input at a path. Raises StageError where its first line is a malformed header."""
    from resq_flame import fold

    name = stage.name_of(path)
    with stage.open_input(prog, path, AWAITED) as stream:
        whole, head = fold.with_head(stream)
        yield Input(name, whole, _meta(name, head))


def read(prog: str, path: str, *, allow_empty: bool = False) -> Folded | Differential:
    """The profile at a path. Raises StageError where it is none, and where it is empty without ``allow_empty``."""
    with opened(prog, path) as found:
        return contents(prog, found, allow_empty=allow_empty)


def contents(prog: str, found: Input, *, allow_empty: bool = False) -> Folded | Differential:
    """The profile of an open input, as ``read`` has it."""
    if found.meta is not None:
        return stage.parse_folded(prog, found.name, found.stream, allow_empty=allow_empty)
    from resq_flame.fold import reading

    return reading.read(prog, found.name, found.stream, allow_empty=allow_empty)


def one_sided(name: str, profile: Folded | Differential) -> Folded:
    """The same, where it has one weight a stack. Raises StageError where it has several."""
    if isinstance(profile, Differential):
        raise stage.StageError(f"{name}: expected one weight a line, found a differential stream")
    return profile


def expand(paths: Sequence[str]) -> list[str]:
    """The paths, with two kinds of them replaced by the files they stand for: patterns that the shell was kept from
    expanding ('runs/*.folded'), and profiles of the past (api@-1, api@v1.4).
    """
    found: list[str] = []
    for path in history.expand(paths):
        if not glob.has_magic(path) or os.path.exists(path):
            found.append(path)
            continue
        matching = sorted(glob.glob(path, recursive=True))
        if not matching:
            raise stage.StageError(f"{path}: expected files of this pattern, found none")
        found += matching
    return found


def _meta(name: str, head: bytes) -> Meta | None:
    if not head.strip():
        return Meta()
    if head.startswith(folded.HEADER):
        try:
            return folded.parse([head.partition(b"\n")[0]]).meta
        except folded.FoldedError as error:
            raise stage.StageError(f"{name}:{error}") from None
    from resq_flame.fold import FORMATS

    return Meta() if FORMATS["folded"].module.sniff(head) else None
