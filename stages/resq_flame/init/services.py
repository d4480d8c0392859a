"""The services of a repository, by the manifest files in its folders."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What is fetched or built is no service of this repository.
LEFT_OUT = frozenset(("node_modules", "target", "vendor", "dist", "build", "third_party", "testdata", "__pycache__"))
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Service:
    """A folder with a service: ``kind`` is a language or runtime, ``folder`` is relative, ``.`` is the root."""

    name: str
    kind: str
    folder: str


def services(root: Path) -> list[Service]:
    """The services by their names; two of one name are told apart by their folders."""
    found = [(kind, folder) for folder in _folders(root) if (kind := _kind(folder))]
    named: dict[str, Service] = {}
    for kind, folder in found:
        place = folder.relative_to(root)
        name = _name(folder.resolve().name)
        if name in named or name == "demo":
            name = _name("-".join(place.parts) or f"{name}-service")
        named.setdefault(name, Service(name, kind, place.as_posix()))
    return [named[name] for name in sorted(named)]


def _folders(root: Path) -> Iterator[Path]:
    for folder, folders, _ in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = sorted(
            name for name in folders if depth < DEEPEST and name not in LEFT_OUT and not name.startswith(".")
        )
        yield Path(folder)


def _kind(folder: Path) -> str:
    return next((kind for kind, known in KINDS.items() if known(folder)), "")


def _is_bun(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("bun.lock", "bun.lockb", "bunfig.toml"))


def _is_node(folder: Path) -> bool:
    """A package that starts something: the root of a workspace or a library is no service."""
    try:
        package = json.loads((folder / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(package, dict) and "workspaces" not in package and "start" in (package.get("scripts") or {})


def _is_rust(folder: Path) -> bool:
    return (folder / "Cargo.toml").exists() and (
        (folder / "src/main.rs").exists() or "[[bin]]" in _text(folder / "Cargo.toml")
    )


def _is_go(folder: Path) -> bool:
    return (folder / "go.mod").exists() and any(
        re.search(r"^package main\b", _text(path), re.MULTILINE)
        for path in (*folder.glob("*.go"), *folder.glob("cmd/*/*.go"))
    )


def _is_python(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("pyproject.toml", "setup.py", "requirements.txt", "Pipfile"))


# In this order: a Bun service has a package.json too.
KINDS: dict[str, Callable[[Path], bool]] = {
    "bun": _is_bun,
    "node": _is_node,
    "rust": _is_rust,
    "go": _is_go,
    "python": _is_python,
}


# What a service is made of: where one of these changed, it is profiled again.
SOURCES: dict[str, tuple[str, ...]] = {
    "bun": ("**/*.ts", "**/*.tsx", "**/*.js", "**/*.mjs", "package.json", "bun.lock", "bun.lockb"),
    "node": ("**/*.ts", "**/*.js", "**/*.mjs", "**/*.cjs", "package.json", "package-lock.json"),
    "rust": ("src/**/*.rs", "Cargo.toml", "Cargo.lock"),
    "go": ("**/*.go", "go.mod", "go.sum"),
    "python": ("**/*.py", "pyproject.toml", "requirements.txt"),
}


def watched(root: Path, service: Service) -> list[str]:
    """Globs for the service's sources, those that match something today."""
    folder = "" if service.folder == "." else f"{service.folder}/"
    return [f"{folder}{text}" for text in SOURCES[service.kind] if next((root / service.folder).glob(text), None)]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "service"
