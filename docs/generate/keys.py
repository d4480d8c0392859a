"""The reference of a table of pipelines/NAME.toml: its keys, what each may be, what it means."""

from __future__ import annotations

from resq_flame import schema
from resq_flame.target import keys

EVERY = "capture"


def table(name: str) -> str:
    """``render``, or ``capture`` for all that the sources have, each key with those that know it."""
    if name == EVERY:
        return _rows(("Key", "Value", "Sources", "Meaning"), _of_capture())
    meanings = schema.descriptions(name)
    rows = [(f"`{key}`", kind.expected, meanings[key]) for key, kind in keys.of_table(name, "").items()]
    return _rows(("Key", "Value", "Meaning"), rows)


def _of_capture() -> list[tuple[str, ...]]:
    found: dict[str, tuple[str, str]] = {}
    knowing: dict[str, list[str]] = {}
    for source in keys.SOURCES:
        meanings = schema.descriptions(EVERY, source)
        for key, kind in keys.of_source(source).items():
            found.setdefault(key, (kind.expected, meanings[key]))
            knowing.setdefault(key, []).append(source)
    return [
        (f"`{key}`", kind, "all" if len(knowing[key]) == len(keys.SOURCES) else ", ".join(knowing[key]), meaning)
        for key, (kind, meaning) in found.items()
    ]


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
