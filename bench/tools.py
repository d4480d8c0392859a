"""Running the tools that the programs of bench/ compare, and what a run costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds of CPU and of wall time, and peak memory in bytes (of the largest process)."""

    cpu: float
    wall: float
    memory: int


def run(
    command: list[str], stdin: str | Path = os.devnull, stdout: str | Path = os.devnull, cwd: Path | None = None
) -> Cost:
    """Run a program in the C locale to its end. Raises SystemExit where it fails; what it says is then on stderr."""
    with open(stdin, "rb") as source, open(stdout, "wb") as drain:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdin=source, stdout=drain, stderr=subprocess.PIPE, env=os.environ | {"LC_ALL": "C"}
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.stderr.buffer.write(said)
        raise SystemExit(f"{' '.join(command)[:200]}: exit {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024)


def flamegraph_script(name: str, directory: str, folder: Path) -> Path:
    """A script of FlameGraph's checkout, or, put into the folder, of its bare repository."""
    plain = Path(directory, name)
    if plain.is_file():
        return plain
    script = folder / name
    shown = subprocess.run(["git", "-C", directory, "show", f"HEAD:{name}"], stdout=subprocess.PIPE, check=True)
    script.write_bytes(shown.stdout)
    return script
