"""The files on which a profile depends: the ``watch`` globs of a target."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
from collections.abc import Iterable
from pathlib import Path

# What tools leave beside the sources, and no one means: it changes when nothing changed.
LEFT_OUT = frozenset(("__pycache__", "node_modules", ".git", ".flame"))


def files(globs: Iterable[str]) -> list[str]:
    """The files that the globs match, sorted. A glob with ! before it leaves files out; ** is any folders."""
    globs = list(globs)
    excluded = [text[1:] for text in globs if text.startswith("!")]
    found = {
        path
        for text in globs
        if not text.startswith("!")
        for path in glob.iglob(text, recursive=True)
        if not LEFT_OUT.intersection(Path(path).parts) - set(Path(text).parts)
    }
    return sorted(path for path in found if Path(path).is_file() and not any(_matches(path, text) for text in excluded))


def idle(globs: Iterable[str]) -> str | None:
    """The first glob that matches no file, a mistyped one probably."""
    return next((text for text in globs if not text.startswith("!") and not files([text])), None)


def digests(globs: Iterable[str]) -> dict[str, str | None]:
    """The digest of the content of each file; one that cannot be read counts as changed when it can be."""
    return {path: _digest(path) for path in files(globs)}


def _digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        return error.strerror or str(error)


def _matches(path: str, text: str) -> bool:
    return fnmatch.fnmatch(path, text.replace("**/", "*")) or fnmatch.fnmatch(path, text)
