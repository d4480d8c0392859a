"""Running doit in a small checkout, and what it says it ran."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from programs import environment

# Named by its pid, a function makes every capture one of its own: no two have the same bytes.
BURNER = """
import os, time

def hash_rows():
    sum(range(300_000))

def parse_body():
    sum(range(200_000))

exec(f"def serve_{os.getpid()}():\\n while time.time() < end: hash_rows(); parse_body()")
end = time.time() + 60
globals()[f"serve_{os.getpid()}"]()
"""
TARGET = f"""
[capture]
source = "python"
command = ["{sys.executable}", "burner.py"]
duration = "$LENGTH"
rate = 50
watch = ["burner.py", "lib/**", "!lib/*_test.py"]
"""


@dataclass(frozen=True)
class Checkout:
    root: Path

    def doit(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "doit", *arguments],
            cwd=self.root,
            env=environment(**variables),
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def results(self, *tasks: str, **variables: str) -> dict[str, str]:
        """What doit reports of each task it came to: success, up-to-date or fail."""
        done = self.doit("run", "--reporter", "json", *tasks, **variables)
        assert done.stdout, done.stderr
        return {task["name"]: task["result"] for task in json.loads(done.stdout)["tasks"]}

    def ran(self, *tasks: str, **variables: str) -> list[str]:
        """The tasks that did something, in alphabetical order, all with success."""
        found = self.results(*tasks, **variables)
        assert set(found.values()) <= {"success", "up-to-date"}, found
        return sorted(name for name, result in found.items() if result == "success" and ":" in name)

    def target(self, name: str = "burn") -> Path:
        return self.root / "pipelines" / f"{name}.toml"

    def made(self, file: str, name: str = "burn") -> Path:
        return self.root / ".flame" / name / file

    def package(self, file: str) -> Path:
        return self.root / "stages" / "resq_flame" / file
