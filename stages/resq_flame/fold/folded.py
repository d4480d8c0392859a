"""Folded stacks, as written by ``inferno-collapse-*``, ``stackcollapse-*.pl``, async-profiler, bcc and ourselves.

    java;Work.run;Work.handle;Work.hashRows 61
    java;Work.run;Work.handle 2.5
    main;worker 12 5

The weight is all behind the last space (flamegraph.pl, and inferno's src/flamegraph/merge.rs), so the third line has a
frame named ``worker 12``; a header of ours carries the unit, which is samples without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from resq_flame import folded
from resq_flame.fold.documents import folded_shape
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.options import Options


def sniff(head: bytes) -> bool:
    return folded_shape.dialect(head) == folded_shape.GENERAL


def fold(stream: BinaryIO, _options: Options, ledger: Ledger) -> dict[folded.Stack, folded.Number]:
    """The weight of each stack, in the unit of the header. Raises ProfileError for a stream of several columns."""
    profile = read(stream, ledger)
    ledger.unit, ledger.source = profile.meta.unit, profile.meta.source
    if profile.stacks and all(_ends_in_a_number(stack) for stack in profile.stacks):
        ledger.note(
            "every stack ends in a number of its own, which is read as a part of the name; "
            "a differential stream goes to resq-render --differential as it is"
        )
    return profile.stacks


def read(stream: Iterable[bytes], ledger: Ledger) -> folded.Folded:
    """The profile that ``stack NUMBER`` lines are, of whatever dialect; the ledger learns of lines that are none."""
    try:
        profile = folded.parse(stream)
    except folded.FoldedError as error:
        raise ProfileError(str(error)) from None
    if isinstance(profile, folded.Differential):
        raise ProfileError(
            "expected one profile, found a differential stream, which has nothing to fold: "
            "resq-render and resq-report read it as it is"
        )
    if profile.unread:
        ledger.drop(f"lines that are no stacks (the first: {profile.first_unread})", profile.unread, profile.unread)
    return profile


def _ends_in_a_number(stack: folded.Stack) -> bool:
    before, _, last = stack.rpartition(" ")
    return bool(before) and folded.weight(last.encode()) is not None
