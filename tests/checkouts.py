"""Copies of this checkout, for tests that run make, doit or the documentation in one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from programs import ROOT


def copied(into: Path) -> Path:
    """What git has or would have, and a .venv that is set up: the scripts beside this Python."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    scripts = into / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for script in Path(sys.executable).parent.iterdir():
        (scripts / script.name).symlink_to(script)
    (into / ".venv" / ".ready").touch()
    return into
