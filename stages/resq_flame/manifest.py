"""What made what: ``.flame/NAME/manifest.json``, a step of the pipeline each.

    {"target": "api", "steps": {"capture": {
       "started": "2026-11-25T03:47:09.120Z", "seconds": 5.21, "revision": "5c406f2…-dirty",
       "options": ["python", "--duration=5s"], "inputs": {}, "outputs": {".flame/api/capture.pyspy": "sha256:…"},
       "tools": {"resq-flame": "0.1.0", "python": "3.11.2", "py-spy": "py-spy 0.4.3"}}, …}}

Options are those of the target's file: $VARIABLES by their names, secrets by the names of theirs.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from resq_flame import __version__, lock, stage

Step: TypeAlias = dict[str, object]

# The program that each source asks for the profile; the others do it themselves.
TOOLS: dict[str, tuple[str, ...]] = {
    "python": ("py-spy", "--version"),
    "pdie": ("py-spy", "--version"),
    "perf": ("perf", "--version"),
    "offcpu": ("perf", "--version"),
}


def read(path: Path) -> dict[str, Step]:
    """The steps of a manifest by their names; none where there is no manifest, or none that can be read."""
    try:
        steps = json.loads(path.read_text("utf-8"))["steps"]
        return {name: step for name, step in steps.items() if isinstance(step, dict)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def record(path: Path, name: str, step: Step) -> None:
    """Put a step into the manifest at the path, whose folder is the target's name."""
    with lock.held(
        f"{path.parent.parent}/{lock.FOLDER}/{path.parent.name}.manifest"
    ):  # doit -n 2: render and report end at the same time
        document = {"target": path.parent.name, "steps": {**read(path), name: step}}
        stage.write(str(path), [json.dumps(document, indent=1, sort_keys=True).encode(), b"\n"])


def step(started: datetime, options: Sequence[str], inputs: Iterable[str], outputs: Iterable[str]) -> Step:
    """What there is to say of a step that has just ended, whatever it did."""
    ended = datetime.now(UTC)
    return {
        "started": stamp(started),
        "seconds": round((ended - started).total_seconds(), 3),
        "revision": revision(),
        "options": list(options),
        "inputs": _hashes(inputs),
        "outputs": _hashes(outputs),
        "tools": {"resq-flame": __version__, "python": platform.python_version()},
    }


def tools(source: str) -> dict[str, str]:
    """The version of the program that a source uses, as it says it."""
    command = TOOLS.get(source)
    said = _said(command) if command else ""
    return {command[0]: said} if command and said else {}


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@functools.cache
def revision() -> str:
    """The commit of the current folder, with ``-dirty`` where files differ from it; nothing outside of git."""
    return _said(("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"))


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _hashes(paths: Iterable[str]) -> dict[str, str]:
    return {path: f"sha256:{_sha256(path)}" for path in sorted(paths) if os.path.isfile(path)}


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
