"""The keys of screens, as the help shows them: groups of a key and what it does."""

from __future__ import annotations

from typing import TypeAlias

Keys: TypeAlias = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

EVERYWHERE: Keys = (
    (
        "Everywhere",
        (
            ("Esc", "back"),
            ("?", "this help (F1 where letters are typed)"),
            ("Ctrl-T", "light or dark"),
            ("q  Ctrl-C", "quit"),
        ),
    ),
)
