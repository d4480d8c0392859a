"""Who may import whom (CONTRIBUTING.md): read from the code, so that a lazy import counts too."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "stages" / "resq_flame"
MODEL = {"resq_flame", "folded", "trie", "embedded", "compressed", "stage", "units", "messages", "parser", "progress"}
STAGES = {"capture", "fold", "merge", "render", "diff", "report"}
FACES = {"cli", "tui"}

# What each part may import of ours, beside itself.
ALLOWED = {
    "__init__": set(),
    "folded": set(),
    "trie": {"folded"},
    "embedded": {"folded", "trie"},
    "units": {"folded"},
    "compressed": set(),
    "messages": set(),
    "parser": {"resq_flame", "messages"},
    "progress": {"messages"},
    "stage": {"folded", "compressed", "embedded", "messages", "parser", "progress"},
    "lock": set(),
    "target": {"parser"} | STAGES,  # their flags
    "history": {"stage"},
    "manifest": {"resq_flame", "lock", "stage"},
    "pipeline": {"resq_flame", "stage", "target", "capture", "lock", "history", "manifest"},
    "trend": MODEL | {"history", "merge", "report"},
    "statistics": set(),
    **dict.fromkeys(STAGES, MODEL),
    "capture": MODEL | {"lock"},
    "inputs": {"folded", "stage", "fold", "history"},
    "schema": {"target"} | STAGES,
    "init": {"stage", "pipeline"},  # the dodo.py that it writes
    "merge": MODEL | {"inputs", "trie"},
    "diff": MODEL | {"inputs"},
    "report": MODEL | {"statistics"},
    "demo": set(),
    "doctor": {"stage", "capture"},
    **dict.fromkeys(
        FACES,
        MODEL
        | STAGES
        | FACES
        | {"target", "pipeline", "doctor", "inputs", "demo", "history", "manifest", "trend", "schema", "init"},
    ),
}

# Packages from outside, and the only parts that may import them.
OUTSIDE = {
    "defusedxml": {"fold"},
    "doit": {"pipeline", "cli"},
    "google": {"fold"},
    "PIL": {"render"},
    "httpx": {"capture"},
    "orjson": {"capture", "fold"},
    "psutil": {"capture", "tui"},
    "rich": {"progress", "tui"},
    "sh": {"capture"},
    "shtab": {"cli"},
    "textual": {"tui"},
    "websockets": {"capture"},
    "zstandard": {"compressed", "fold"},  # perf.data holds a frame that never ends
}

FILES = sorted(PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of what a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            module = node.module or ""
            found.update(f"{module}.{alias.name}" if module == "resq_flame" else module for alias in node.names)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_what_its_part_may(path: Path) -> None:
    own = part(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "resq_flame":
            wanted = rest.split(".")[0] or "resq_flame"
            wanted = "resq_flame" if wanted.startswith("__") else wanted
            assert wanted == own or wanted in ALLOWED[own], f"{own} imports {wanted}"
        elif top not in sys.stdlib_module_names:
            assert own in OUTSIDE.get(top, set()), f"{own} imports {top}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))
