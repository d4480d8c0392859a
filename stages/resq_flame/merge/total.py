"""The sum of inputs of any number and size; of differential streams, column by column."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, TypeAlias

from resq_flame import folded, inputs, stage
from resq_flame.folded import Differential, Folded, Meta, Number, Stack
from resq_flame.merge import kway
from resq_flame.merge.rows import Held, Labelled, Rows, Stream, keyed

MOST_OPEN = 4096
"""Inputs that are open at once, where the system lets us; more are merged in groups."""

_OUR_OWN = 40  # files beside the inputs: the standard streams, temporary ones, modules as they load

Group: TypeAlias = Sequence[tuple[str, inputs.Input]]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of plain profiles: its lines, in the order of ``folded.dump``, without the header."""

    meta: Meta
    lines: IO[bytes]

    def rows(self) -> Iterator[tuple[Stack, Number]]:
        """Each stack and its weight."""
        self.lines.seek(0)
        stream = Stream(self.lines, 1 << 18)
        while True:
            keys, weights = stream.block()
            if not keys:
                return
            yield from zip(b"\n".join(keys).replace(b"\0", b";").decode().split("\n"), weights, strict=True)


class _Metas:
    """What the headers of all inputs say: one unit, and one source or none."""

    def __init__(self) -> None:
        self._first: tuple[str, str] | None = None
        self._sources: set[str] = set()

    def take(self, name: str, meta: Meta) -> None:
        """Raises StageError for another unit than before."""
        if self._first is None:
            self._first = (name, meta.unit)
        first, unit = self._first
        if meta.unit != unit:
            raise stage.StageError(f"{name}: expected {unit} as in {first}, found {meta.unit}: they have no sum")
        self._sources.add(meta.source)

    def meta(self) -> Meta:
        source = next(iter(self._sources)) if len(self._sources) == 1 else ""
        return Meta(self._first[1] if self._first else "samples", source)


def total(prog: str, labelled: Sequence[tuple[str, str]], *, allow_empty: bool) -> Total | Differential:
    """The sum of the inputs, each a label (empty: none) and a path.

    Raises StageError for different units, for plain and differential streams together, and for what cannot be read.
    """
    metas, merge = _Metas(), kway.Merge()
    most = _openable(len(labelled))
    for start in range(0, len(labelled), most):
        with contextlib.ExitStack() as files:
            group = [(label, files.enter_context(inputs.opened(prog, path))) for label, path in labelled[start:][:most]]
            if start == 0 and _is_differential(group[0][1]):
                if len(labelled) > most:
                    raise stage.StageError(f"expected at most {most} differential streams, found {len(labelled)}")
                return _differential_total(prog, group, metas, allow_empty)
            _add(prog, group, merge, metas, allow_empty)
    return Total(metas.meta(), merge.total())


def _add(prog: str, group: Group, merge: kway.Merge, metas: _Metas, allow_empty: bool) -> None:
    size = kway.block_size(len(group))
    streams: list[tuple[str, Stream]] = []
    rows: list[Rows] = []
    for label, found in group:
        if found.meta is not None:
            metas.take(found.name, found.meta)
            streams.append((found.name, Stream(found.stream, size, found.name)))
            one: Rows = streams[-1][1]
        else:
            profile = inputs.one_sided(found.name, inputs.contents(prog, found, allow_empty=allow_empty))
            metas.take(found.name, profile.meta)
            one = Held(keyed(profile.stacks.items()))
        rows.append(Labelled(one, label) if label else one)
    merge.add(rows)
    for name, stream in streams:
        metas.take(name, stream.meta)  # again: a header may stand anywhere
        stage.check_unread(prog, name, stream.unread, stream.first_unread, stream.any_stack)
        if not stream.any_stack and not allow_empty:
            raise stage.EmptyError(name)


def _differential_total(prog: str, group: Group, metas: _Metas, allow_empty: bool) -> Differential:
    stacks: dict[Stack, tuple[Number, ...]] = {}
    columns: tuple[str, ...] = ()
    for label, found in group:
        profile = inputs.contents(prog, found, allow_empty=allow_empty)
        columns = columns or profile.meta.columns
        if isinstance(profile, Folded) or profile.meta.columns != columns:
            said = ", ".join(profile.meta.columns) or "one"
            raise stage.StageError(f"{found.name}: expected the columns {', '.join(columns)} as before, found {said}")
        metas.take(found.name, profile.meta)
        root = f"{folded.clean(label)};" if label else ""
        for below, row in profile.stacks.items():
            entry = root + below
            stacks[entry] = folded.row_sum(stacks[entry], row) if entry in stacks else row
    return Differential(replace(metas.meta(), columns=columns), stacks)


def _is_differential(found: inputs.Input) -> bool:
    return found.meta is not None and bool(found.meta.columns)


def _openable(wanted: int) -> int:
    """How many inputs may be open at once. The usual limit of 1,024 files is raised where more are wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = min(wanted, MOST_OPEN) + _OUR_OWN
    if resource.RLIM_INFINITY != soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_OPEN if soft == resource.RLIM_INFINITY else max(min(soft - _OUR_OWN, MOST_OPEN), 2)
