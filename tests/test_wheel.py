"""The installed wheel: console scripts in an empty folder, nothing of the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from programs import ROOT, environment
from requirements import needs

SCRIPTS = ("resq-flame", "resq-capture", "resq-fold", "resq-merge", "resq-render", "resq-diff", "resq-report")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env=environment(PIP_CONSTRAINT=str(ROOT / "constraints.txt")))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts of an environment with the wheel and, linked in, its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python3*/site-packages"))
    command = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet", "--no-deps"]
    subprocess.run([*command, str(wheel)], check=True, env=environment())
    (packages / "dependencies.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    return folder / "bin"


def shell(command: str, scripts: Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    path = f"{scripts}:{environment()['PATH']}"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        input=b"main;work 3\nmain;rest 1\n",
        capture_output=True,
        cwd=cwd,
        env={**environment(PATH=path), "PYTHONPATH": ""},
        check=False,
    )


def test_holds_one_package_and_its_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"resq_flame"}
    for needed in ("render/view/main.js", "render/view.css", "py.typed", "trend/page.css", "init/templates/flame.yml"):
        assert f"resq_flame/{needed}" in names


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_starts(script: str, scripts: Path, tmp_path: Path) -> None:
    done = shell(f"{script} --version", scripts, tmp_path)
    assert (done.returncode, done.stdout.split()[0].decode()) == (0, script), done.stderr


def test_the_pipe_works_in_an_empty_folder(scripts: Path, tmp_path: Path) -> None:
    done = shell("resq-fold | resq-merge --focus main | resq-render > x.svg", scripts, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<title>work (3 samples, 75" in (tmp_path / "x.svg").read_text()


def run_in(command: str, scripts: Path, cwd: Path) -> str:
    """What a command printed, which must succeed."""
    done = shell(command, scripts, cwd)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def came_to(printed: str) -> dict[str, list[str]]:
    """The tasks that doit's console reporter names: those that ran, those that were up to date."""
    found: dict[str, list[str]] = {"ran": [], "up to date": []}
    for line in printed.splitlines():
        if line.startswith((".  ", "-- ")) and ":" in line.split()[1]:
            found["ran" if line.startswith(".") else "up to date"].append(line.split()[1])
    return {key: sorted(names) for key, names in found.items()}


STEPS = ("capture", "fold", "history", "merge", "profile", "render", "report")


def of(*names: str) -> list[str]:
    return sorted(f"{step}:{name}" for step in STEPS for name in names)


def test_init_and_profile_the_demo_twice(scripts: Path, tmp_path: Path) -> None:
    run_in("resq-flame init --makefile", scripts, tmp_path)
    first = run_in("doit profile:demo", scripts, tmp_path)
    assert came_to(first) == {"ran": of("demo"), "up to date": []}
    assert "hash_rows" in first
    assert came_to(run_in("doit profile:demo", scripts, tmp_path)) == {"ran": [], "up to date": of("demo")}
    assert came_to(run_in("make flame-demo", scripts, tmp_path)) == {"ran": [], "up to date": of("demo")}
    assert run_in("resq-flame history demo", scripts, tmp_path).startswith("demo@latest")


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    needs("node")
    return Path(shutil.copytree(ROOT / "fixtures/monorepo", tmp_path / "monorepo"))


MADE = ("profile", "folded", "svg", "txt")


def test_a_monorepo_by_make(scripts: Path, monorepo: Path) -> None:
    make = "make -j3 DURATION=1s"
    run_in(make, scripts, monorepo)
    names = {f"{name}.{suffix}" for name in ("api", "worker", "billing") for suffix in MADE}
    assert {path.name for path in (monorepo / "flame").iterdir()} == names
    assert "resize" in (monorepo / "flame/worker.txt").read_text()
    assert "encodeOrders" in (monorepo / "flame/api.svg").read_text()
    assert "resq-" not in run_in(make, scripts, monorepo)
    run_in(f"{make} baseline && {make} gate", scripts, monorepo)

    before = {path.name: path.stat().st_mtime_ns for path in (monorepo / "flame").iterdir()}
    slower = (monorepo / "services/worker/worker.py").read_text().replace("0.003", "0.030")
    (monorepo / "services/worker/worker.py").write_text(slower)
    done = shell(f"{make} -k gate all", scripts, monorepo)
    assert done.returncode == 2
    assert "load" in (monorepo / "flame/worker.gate.md").read_text()
    after = {path.name: path.stat().st_mtime_ns for path in (monorepo / "flame").iterdir()}
    again = {name for name in names if after[name] != before[name]}
    assert again == {f"worker.{suffix}" for suffix in MADE}


def test_a_monorepo_by_doit(scripts: Path, monorepo: Path) -> None:
    doit = "DURATION=1s doit"
    everything = of("api", "worker", "billing")
    assert came_to(run_in(f"{doit} -n 3 profile", scripts, monorepo))["ran"] == everything
    assert came_to(run_in(f"{doit} profile", scripts, monorepo)) == {"ran": [], "up to date": everything}
    run_in(f"{doit} baseline && {doit} gate", scripts, monorepo)

    (monorepo / "services/billing/billing.py").touch()
    assert came_to(run_in(f"{doit} profile", scripts, monorepo))["ran"] == []
    slower = (monorepo / "services/worker/worker.py").read_text().replace("0.003", "0.030")
    (monorepo / "services/worker/worker.py").write_text(slower)
    assert came_to(run_in(f"{doit} profile", scripts, monorepo))["ran"] == of("worker")
    assert shell(f"{doit} gate:worker", scripts, monorepo).returncode == 1
    assert "load" in (monorepo / ".flame/worker/gate.md").read_text()
    assert "load" in run_in("resq-flame diff --before worker@-1 --after worker@latest -o - | cat", scripts, monorepo)
    run_in("doit -s trend:worker", scripts, monorepo)
    assert "2 profiles" in (monorepo / ".flame/worker/trend.html").read_text()
