"""The launchers, and running them as a user's shell does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STAGES = ROOT / "stages"


@dataclass(frozen=True)
class Program:
    """A stage, its module, and arguments and stdin with which it does its work."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    reads: bytes | None = b"main;work 3\nmain;rest 1\n"

    @property
    def launcher(self) -> str:
        return str(STAGES / self.name)

    @property
    def prog(self) -> str:
        return f"resq-{self.name}"


BURN = "import time; end = time.time() + 5\nwhile time.time() < end: sum(range(1000))"

PROGRAMS = (
    Program("capture", "resq_flame.capture", ("python", "-d", "1", "--", sys.executable, "-c", BURN), None),
    Program("fold", "resq_flame.fold"),
    Program("merge", "resq_flame.merge"),
    Program("render", "resq_flame.render"),
    Program("diff", "resq_flame.diff", ("-", os.devnull, "--allow-empty")),
    Program("report", "resq_flame.report"),
)


def environment(**changes: str) -> dict[str, str]:
    """Where programs run in tests: nothing of a user's or of the make around, plain text, the checkout's package."""
    foreign = ("RESQ_", "PYTHON", "COVERAGE", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"PYTHONPATH": str(STAGES)} | changes


def run(
    command: list[str], stdin: bytes | None = b"", *, cwd: Path | None = None, timeout: float = 60, **changes: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end."""
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, timeout=timeout, env=environment(**changes), check=False
    )


def run_stage(
    name: str, *arguments: str, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a launcher with the Python that runs the tests."""
    return run([sys.executable, str(STAGES / name), *arguments], stdin, cwd=cwd)


def error_line(done: subprocess.CompletedProcess[bytes], code: int = 1) -> str:
    """The one line with which a program failed."""
    text = done.stderr.decode()
    assert done.returncode == code, text
    assert text.endswith("\n"), text
    assert text.count("\n") == 1, text
    return text.rstrip("\n")
