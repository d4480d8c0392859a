"""The version of a stage's code: a digest of every file of ours that the stage runs, and of no other."""

from __future__ import annotations

import functools
import hashlib
import os
import re
from collections.abc import Iterator

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# It begins with plain text, which ``re`` searches fast: every run of doit reads all the code of its stages.
_IMPORT = re.compile(rb"from resq_flame(?:\.([\w.]+))? import (?:\(([^)]*)\)|([^#\n]*))")
_NAME = re.compile(rb"(\w+)(?: as \w+)?")


@functools.cache
def code(stage: str) -> str:
    """The digest of a stage's module, or of its whole folder, and of all that it imports of ours."""
    digest = hashlib.sha256()
    for path, content in sorted(files(stage).items()):
        digest.update(f"{path} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def files(stage: str) -> dict[str, bytes]:
    """The files of a stage, by their path in the package: Python, and what lies in its folder (styles, scripts)."""
    found: dict[str, bytes] = {}
    parts, waiting = {stage}, [stage]
    while waiting:
        for path, content in _part(waiting.pop()):
            found[path] = content
            new = _imports(content) - parts if path.endswith(".py") else set()
            parts |= new
            waiting += new
    return found


@functools.cache
def _part(name: str) -> list[tuple[str, bytes]]:
    """A module or a folder of the package, read; nothing for a name that is neither."""
    return [(os.path.relpath(path, PACKAGE), _read(path)) for path in _paths(os.path.join(PACKAGE, name))]


def _paths(start: str) -> Iterator[str]:
    if os.path.isfile(f"{start}.py"):
        yield f"{start}.py"
    for folder, folders, names in os.walk(start):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (os.path.join(folder, name) for name in names if not name.startswith("."))  # no editor's swap files


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _imports(content: bytes) -> set[str]:
    """The top-level parts of this package that a module imports, at its head or lazily."""
    parts: set[str] = set()
    for module, bracketed, plain in _IMPORT.findall(content):
        names = [module.split(b".")[0]] if module else _NAME.findall(bracketed or plain)
        parts.update(name.decode() for name in names)
    return parts
