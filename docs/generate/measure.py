"""Measures what docs/BENCHMARKS.md says, on this machine, and keeps what each program of bench/ printed.

doit bench                                          all, some twenty minutes; the machine should do nothing else
python3 docs/generate/measure.py fold svg           some
FLAMEGRAPH_DIR=~/FlameGraph doit bench              with Perl's scripts too
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from shell import ROOT

KEPT = ROOT / "docs" / "benchmarks"
VERSIONS = {
    "inferno": (["cargo", "install", "--list"], re.compile(r"inferno v([\d.]+)")),
    "Perl": (["perl", "--version"], re.compile(r"v([\d.]+)")),
    "Chromium": (["chromium", "--version"], re.compile(r"([\d.]+)")),
}
"""Which program says the version of a tool, and where in what it prints."""


def main(names: list[str]) -> int:
    known = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if os.access(path, os.X_OK))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"expected one of {', '.join(known)}, found {unknown[0]}", file=sys.stderr)
        return 2
    KEPT.mkdir(exist_ok=True)
    for name in names or known:
        print(f"bench/{name}.py", flush=True)
        done = subprocess.run([sys.executable, f"bench/{name}.py"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        (KEPT / f"{name}.txt").write_text(f"{machine()}\n\n{done.stdout.decode()}", encoding="utf-8")
    return subprocess.run([sys.executable, "docs/generate", "docs/BENCHMARKS.md"], cwd=ROOT, check=False).returncode


def machine() -> str:
    """One line: the day, the processor, the system, and the tools compared with."""
    day = datetime.now(UTC).date().isoformat()
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    tools = [f"{name} {version}" for name in VERSIONS if (version := _version(name))]
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"{day}: {os.cpu_count()} CPUs ({_processor()}), {system}, {', '.join(tools)}, {load}"


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _version(tool: str) -> str:
    command, pattern = VERSIONS[tool]
    if not shutil.which(command[0]):
        return ""
    printed = subprocess.run(command, capture_output=True, check=False).stdout.decode()
    found = pattern.search(printed)
    return found[1] if found else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
