"""Pipelines for a repository that has none: what ``resq-flame init`` writes.

A file that exists is left as it is; .gitignore gets the lines it lacks.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from resq_flame import stage
from resq_flame.init.services import Service, services, watched

IGNORED = ".flame/"
WORKFLOW = ".github/workflows/flame.yml"


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and what became of it: written, changed, kept."""

    path: Path
    what: str


def initialise(root: Path, *, makefile: bool = False, workflow: bool = False) -> Iterator[Written]:
    """Write what is missing, one file after the other."""
    yield _new(root, "dodo.py", _template("dodo.py"))
    for service in services(root):
        yield _new(root, f"pipelines/{service.name}.toml", _target(root, service))
    yield _new(root, "pipelines/demo.toml", _template("demo.toml"))
    if (root / "pipelines/demo.toml").read_text("utf-8") == _template("demo.toml"):
        yield _new(root, "pipelines/demo_service.py", _template("demo_service.py"))
    yield _new(root, "resq-flame.toml", _template("resq-flame.toml"))
    yield _ignoring(root / ".gitignore")
    if makefile:
        yield _new(root, "flame.mk", _template("flame.mk"))
        yield _including(root / "Makefile")
    if workflow:
        yield _new(root, WORKFLOW, _template("flame.yml"))


def _target(root: Path, service: Service) -> str:
    values = {
        "NAME": service.name,
        "VARIABLE": re.sub(r"\W", "_", service.name).upper(),
        "WATCH": json.dumps(watched(root, service)),
    }
    text = _template(f"{service.kind}.toml")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _new(root: Path, name: str, content: str) -> Written:
    path = root / name
    if path.exists():
        return Written(path, "kept")
    path.parent.mkdir(parents=True, exist_ok=True)
    stage.write(str(path), [content.encode()])
    return Written(path, "written")


def _ignoring(path: Path) -> Written:
    before = path.read_text("utf-8") if path.exists() else ""
    if IGNORED in before.split():
        return Written(path, "kept")
    return _added(path, before, f"{IGNORED}\n")


def _including(path: Path) -> Written:
    before = path.read_text("utf-8") if path.exists() else ""
    if "flame.mk" in before:
        return Written(path, "kept")
    return _added(path, before, "\ninclude flame.mk\n" if before else "include flame.mk\n")


def _added(path: Path, before: str, more: str) -> Written:
    gap = "\n" if before and not before.endswith("\n") else ""
    stage.write(os.fspath(path), [f"{before}{gap}{more}".encode()])
    return Written(path, "changed" if before else "written")


def _template(name: str) -> str:
    return files("resq_flame.init").joinpath("templates", name).read_text("utf-8")
