"""Runs what a page shows, in docs/captures, with the programs of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "docs" / "captures"


def run(command: str) -> subprocess.CompletedProcess[bytes]:
    """A line of shell, to its end. Nothing of the machine shows in what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RESQ_", "PYTHON"))}
    scripts = os.path.dirname(sys.executable)
    environment = kept | {
        "PATH": f"{scripts}:{kept.get('PATH', '')}",
        "PYTHONPATH": str(ROOT / "stages"),
        "COLUMNS": "110",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=CAPTURES,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
