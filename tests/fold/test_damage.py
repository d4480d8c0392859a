"""Damaged profiles fold or are refused in one line; nothing else ever comes out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from captures import CAPTURES, content, folding, name_of
from fold.damage import outcome
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError
from resq_flame.folded import total

MUTATIONS = 200


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_bytes_changed(path: Path) -> None:
    whole, dice = content(path), random.Random(path.name)
    for _ in range(MUTATIONS):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 3, 20])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        assert outcome(bytes(damaged), path.parent.name) == "no traceback"


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_another_formats_profile(path: Path) -> None:
    for name in fold.FORMATS:
        assert outcome(content(path), name) == "no traceback"


SAYS_ITS_LENGTH = ("perf-data", "gperftools")  # what stands behind such a file is no part of it


@pytest.mark.parametrize("path", [path for path in CAPTURES if path.parent.name not in SAYS_ITS_LENGTH], ids=name_of)
def test_two_profiles_in_one_file_are_summed_or_refused(path: Path) -> None:
    once = folding(path)[0]
    try:
        twice = folding(content(path) * 2)[0]
    except ProfileError as error:
        assert "\n" not in str(error)
    else:
        assert total(twice.stacks.values()) == 2 * total(once.stacks.values())
