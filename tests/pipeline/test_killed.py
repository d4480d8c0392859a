"""kill -9, at any moment: the next run completes with the right result, and no half file is ever visible."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.checkout import Checkout
from programs import ROOT, environment

# The capture prints in two parts, slowly, so that it is a large part of a run; its profile has a size of its own.
TARGET = f"""
[capture]
source = "exec"
command = ["{sys.executable}", "demo.py"]
watch = ["demo.py"]
rounds = 2
"""
DEMO = """
import time
print("main;work 3", flush=True)
time.sleep(0.15)
print("main;rest {}", flush=True)
print("main;more 1\\n" * 20_000)
"""
MOMENTS, THOROUGH = 10, 50


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    root = tmp_path_factory.mktemp("killed")
    shutil.copy(ROOT / "dodo.py", root)
    # A copy: code that is edited meanwhile would be a reason to run again.
    shutil.copytree(ROOT / "stages", root / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "pipelines").mkdir()
    (root / "pipelines" / "demo.toml").write_text(TARGET)
    changed(Checkout(root), 0)
    done = Checkout(root).doit("profile:demo")
    assert done.returncode == 0, done.stdout + done.stderr
    return Checkout(root)


def changed(project: Checkout, number: int) -> None:
    """The service as it is now: its profile is another one, and it is watched."""
    (project.root / "demo.py").write_text(DEMO.format(number + 7))


def visible(project: Checkout) -> dict[str, bytes]:
    """What a user, or another step, sees of the target."""
    found = (path for path in project.made("", "demo").rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in found}


def whole(name: str, content: bytes) -> bool:
    """Does the file end as one of its kind does?"""
    ends = {".svg": b"</svg>\n", ".folded": b"\n", ".json": b"}\n", ".txt": b"\n", ".profile": b"main;more 1\n\n"}
    end = ends.get(Path(name).suffix)
    return content.endswith(end) if end else content.startswith(b"\x1f\x8b")


@pytest.fixture(scope="module")
def length(project: Checkout) -> float:
    """How long a run takes that does everything."""
    changed(project, 1)
    began = time.monotonic()
    project.doit("profile:demo")
    return time.monotonic() - began


def moments(count: int) -> Iterator[tuple[int, float, bool]]:
    """The place in a run to kill it at, from 0 to 1, and whether doit alone is killed, not its programs."""
    chance = random.Random(20261125)
    for number in range(count):
        yield number, chance.random(), number % 3 == 0


def test_the_next_run_completes(project: Checkout, length: float, request: pytest.FixtureRequest) -> None:
    count = THOROUGH if request.config.getoption("--thorough") else MOMENTS
    for number, place, alone in moments(count):
        changed(project, number + 10)
        run = subprocess.Popen(
            [sys.executable, "-m", "doit", "profile:demo"],
            cwd=project.root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(place * length)
        (os.kill if alone else os.killpg)(run.pid, signal.SIGKILL)
        run.wait()
        for name, content in visible(project).items():
            assert whole(name, content), f"{name} is no whole file when killed at {place:.3f} of {length:.2f} s"
        done = project.doit("profile:demo")
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"main;rest {2 * (number + 17)}\n" in project.made("merged.folded", "demo").read_text()
        assert project.ran("profile:demo") == []
        assert [path.name for path in project.made("", "demo").glob(".*.tmp")] == []


def test_what_is_complete_does_not_run_again(project: Checkout) -> None:
    changed(project, 5)
    with subprocess.Popen(
        [sys.executable, "-m", "doit", "profile:demo"],
        cwd=project.root,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:  # each line says that a task begins; those before it are complete
            if "merge:demo" in line:
                break
        os.killpg(run.pid, signal.SIGKILL)
    again = set(project.ran("profile:demo"))
    assert not again & {"capture:demo", "fold:demo"}
    assert again >= {"merge:demo", "render:demo", "report:demo"}
