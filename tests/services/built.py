"""The services of fixtures/services that have to be built, and Bun: once a machine, below the temporary folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from requirements import needs, unmet
from services.processes import SERVICES

BUN_VERSION = "1.4.5"
_SLOW = 900.0
"""Seconds: 30 on an idle machine."""


def go_service() -> str:
    return _built("go", [needs("go"), "build", "-trimpath", "-o", "service", "."], "service", SERVICES / "go")


def rust_service() -> str:
    command = [needs("cargo"), "build", "--release", "--quiet"]
    return _built("api", command, "target/release/resq-api-fixture", SERVICES / "api")


def bun() -> str:
    """The one on PATH, else that of npm's package."""
    found = shutil.which("bun")
    if found:
        return found
    command = [needs("npm"), "install", "--no-audit", "--no-fund", f"bun@{BUN_VERSION}"]
    return _built("bun", command, "node_modules/bun/bin/bun.exe")


def _built(name: str, command: Sequence[str], program: str, source: Path | None = None) -> str:
    """The path of ``program``, which ``command`` makes in a folder of its own: a checkout is left as it is."""
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source else []
    made_of = hashlib.sha256(b"\0".join([" ".join(command).encode(), *(path.read_bytes() for path in files)]))
    cache = Path(tempfile.gettempdir()) / f"resq-flame-tests-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    folder = cache / f"{name}-{made_of.hexdigest()[:16]}"
    with (cache / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # for tests that run side by side
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(source, folder) if source else folder.mkdir()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SLOW, check=False)
            if done.returncode:
                unmet(f"{name} cannot be built here: {done.stderr[-200:]}")
            (folder / program).chmod(0o755)
            (folder / "complete").touch()
    return str(folder / program)
