"""The pictures of the pages: each is what one command draws of captures that are kept in docs/captures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shell import run

BEFORE = "resq-merge before.?.folded | resq-merge --quiet --show-from '^main '"
CHANGE = "resq-diff --before before.?.folded --after after.?.folded | resq-merge --quiet --show-from '^main '"
RENDER = "resq-render --format png --width 1000"


@dataclass(frozen=True)
class Picture:
    """Its path, as git names it, and the command, run in docs/captures."""

    path: str
    command: str


def _in_both_themes(name: str, stacks: str, flags: str) -> Iterator[Picture]:
    for theme in ("light", "dark"):
        yield Picture(f"docs/images/{name}-{theme}.png", f"{stacks} | {RENDER} --theme {theme} {flags}")


PICTURES = (
    *_in_both_themes("orders", BEFORE, "--title 'An import of orders'"),
    *_in_both_themes("orders-diff", CHANGE, "--title 'What the fix changed'"),
    *_in_both_themes("orders-icicle", BEFORE, "--title 'The same as an icicle graph' --icicle"),
    *_in_both_themes("orders-callers", BEFORE, "--title 'The same by callers' --reverse"),
    *_in_both_themes(
        "waits", "resq-merge --quiet --focus wait_ waits.folded", "--title 'Where main waits' --colors io"
    ),
    *_in_both_themes("burner", "cat burner.folded", "--title 'A program in C, with its kernel frames'"),
)


def drawn(picture: Picture) -> bytes:
    """The file. Raises ValueError with what the command said, where it fails."""
    done = run(picture.command)
    if done.returncode:
        raise ValueError(f"{picture.path}: {done.stderr.decode().strip()}")
    return done.stdout
