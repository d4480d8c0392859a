"""Profiles that end too soon, anywhere, fold or are refused in one line; nothing else ever comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from captures import CAPTURES, content, name_of
from fold.damage import outcome

CUT_BYTES = 8 << 20
"""What the cuts of one capture hold together: those below 12 kB are cut at every tenth byte, longer ones less often.

``pytest --thorough`` cuts all of them at every tenth byte.
"""


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_cut_short(path: Path, request: pytest.FixtureRequest) -> None:
    whole = content(path)
    step = 10 if request.config.getoption("--thorough") else max(10, len(whole) ** 2 // (2 * CUT_BYTES))
    for end in range(0, len(whole), step):
        assert outcome(whole[:end], path.parent.name) == "no traceback"
