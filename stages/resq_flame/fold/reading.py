"""Folds an input under the stage contract: what is wrong is one line, what was left out is said."""

from __future__ import annotations

from typing import BinaryIO

from resq_flame import fold, stage
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.options import Options
from resq_flame.folded import Folded


def read(
    prog: str,
    name: str,
    stream: BinaryIO,
    options: Options | None = None,
    format_name: str | None = None,
    *,
    allow_empty: bool = False,
) -> Folded:
    """The stacks of a profile that messages call ``name``. Raises StageError, and UsageError for a misfit flag."""
    ledger = Ledger(name)
    try:
        profile = fold.fold(stream, options or Options(), ledger, format_name)
    except OptionError as error:
        raise stage.UsageError(f"{name}: {error}") from None
    except ProfileError as error:
        raise stage.StageError(f"{name}: {error}") from None
    stage.detail(prog, f"{name}: {profile.meta.source or 'folded'}, {len(profile.stacks):,} stacks")
    for line in ledger.lines():
        stage.say(prog, line)
    stage.check_not_empty(name, profile, allow_empty)
    return profile
