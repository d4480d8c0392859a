"""``make demo``: the picture shows what the service really spends; the service of each target runs beside it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from checkouts import copied
from programs import ROOT, environment, run
from requirements import needs
from services.processes import leftovers

SPLIT = {"hash_rows": 60, "render_template": 30, "parse_body": 10}
TITLE = re.compile(r"<title>([^<]*?) \(([\d,]+) samples, [\d.]+%\)</title>")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which ``make demo`` ran."""
    checkout = copied(tmp_path_factory.mktemp("demo"))
    done = run(["make", "demo"], cwd=checkout, PATH=f"{checkout / '.venv/bin'}:{environment()['PATH']}", timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert "flamegraph.svg" in done.stdout.decode()
    assert "hash_rows" in done.stdout.decode()
    return checkout


def test_shows_the_functions_in_their_true_proportion(demo: Path) -> None:
    boxes: Counter[str] = Counter()
    for name, samples in TITLE.findall((demo / ".flame/demo/flamegraph.svg").read_text()):
        boxes[name.partition(" (")[0]] += int(samples.replace(",", ""))
    spent = {name: boxes[name] for name in SPLIT}
    assert sorted(spent, key=lambda name: -spent[name]) == list(SPLIT)
    for name, share in SPLIT.items():
        assert abs(100 * spent[name] / sum(spent.values()) - share) <= 10, spent


def test_leaves_no_process_behind(demo: Path) -> None:
    cwds = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                cwds.append((process / "cwd").readlink())
            except OSError:
                continue
    assert demo not in cwds


def test_runs_nothing_again(demo: Path) -> None:
    done = run(["doit", "profile:demo"], cwd=demo, PATH=f"{demo / '.venv/bin'}:{environment()['PATH']}")
    lines = [line for line in done.stdout.decode().splitlines() if line]
    assert len(lines) >= 5
    assert all(line.startswith("-- ") for line in lines), lines


BESIDE = [sys.executable, "fixtures/services/beside.py"]
ASK = """
import os, urllib.error, urllib.request
url, token = os.environ['HCE_URL'], os.environ['RESQ_TOKEN']
request = urllib.request.Request(url + '/admin/cpu-profile', b'{"durationMs":50}', {'authorization': 'Bearer ' + token})
print(url, urllib.request.urlopen(request).status)
"""


def test_another_target(demo: Path) -> None:
    needs("node")
    path = f"{demo / '.venv/bin'}:{environment()['PATH']}"
    done = run(["make", "demo", "TARGET=hce"], cwd=demo, PATH=path, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert "hashRows" in done.stdout.decode()
    assert (demo / ".flame/hce/flamegraph.svg").exists()


def test_the_service_runs_beside_the_command_and_ends_with_it() -> None:
    needs("node")
    done = run([*BESIDE, "hce", sys.executable, "-c", ASK], cwd=ROOT)
    url, status = done.stdout.decode().split()
    assert (done.returncode, status) == (0, "200"), done.stderr
    again = run([sys.executable, "-c", ASK], HCE_URL=url, RESQ_TOKEN="x")
    assert b"Connection refused" in again.stderr


def test_the_process_of_a_target_without_an_address() -> None:
    done = run([*BESIDE, "pdie", "sh", "-c", "tr '\\0' ' ' < /proc/$PDIE_PID/cmdline; exit 3"], cwd=ROOT)
    assert (done.returncode, "pdie/service.py" in done.stdout.decode()) == (3, True)
    assert leftovers(str(ROOT / "fixtures/services/pdie")) == []


def test_a_target_that_needs_no_service() -> None:
    assert run([*BESIDE, "demo", "echo", "ran"], cwd=ROOT).stdout == b"ran\n"


@pytest.mark.parametrize(("target", "tools"), [("hce", "node (https"), ("api", "cargo (https"), ("perf", "gcc (sudo")])
def test_a_machine_that_lacks_the_tool(target: str, tools: str, tmp_path: Path) -> None:
    done = run([*BESIDE, target, "true"], cwd=ROOT, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"the service of {target} needs {tools}")


def test_every_target_of_the_repository_can_be_shown() -> None:
    shown = re.findall(r'^    "(\w+)": Service\(', (ROOT / BESIDE[1]).read_text(), re.MULTILINE)
    assert {"demo", *shown} == {path.stem for path in ROOT.glob("pipelines/*.toml")}
