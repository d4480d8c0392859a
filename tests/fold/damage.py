"""What becomes of a damaged profile."""

from __future__ import annotations

from captures import folding
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError


def outcome(damaged: bytes, format_name: str) -> str:
    """Sniffs what is left, and folds it under its name; anything but a ProfileError escapes."""
    try:
        fold.recognise(damaged[: fold.HEAD])
    except ProfileError as error:
        assert "\n" not in str(error)
    try:
        folding(damaged, format_name)
    except ProfileError as error:
        assert "\n" not in str(error)
    return "no traceback"
