"""resq-flame init: what it finds, what it writes, what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from programs import environment, run
from resq_flame import init, target
from resq_flame.init.services import Service, services, watched

FILES = {
    "package.json": '{"workspaces": ["services/*"], "scripts": {"start": "x"}}',
    "services/api/package.json": '{"scripts": {"start": "node server.mjs"}}',
    "services/api/server.mjs": "",
    "services/api/node_modules/x/package.json": '{"scripts": {"start": "x"}}',
    "services/edge/package.json": '{"scripts": {"start": "bun run x.ts"}}',
    "services/edge/bun.lock": "",
    "services/edge/x.ts": "",
    "services/ledger/Cargo.toml": '[package]\nname = "ledger"\n',
    "services/ledger/src/main.rs": "fn main() {}",
    "libs/rust/Cargo.toml": '[package]\nname = "lib"\n',
    "services/gateway/go.mod": "module x",
    "services/gateway/cmd/gateway/main.go": "// x\npackage main\n",
    "libs/go/go.mod": "module y",
    "libs/go/y.go": "package y\n",
    "services/worker/pyproject.toml": "",
    "services/worker/worker/app.py": "",
    "jobs/worker/requirements.txt": "",
    "libs/web/package.json": '{"name": "web"}',
    "broken/package.json": "{",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_services_are_found_by_their_manifests(repository: Path) -> None:
    assert services(repository) == [
        Service("api", "node", "services/api"),
        Service("edge", "bun", "services/edge"),
        Service("gateway", "go", "services/gateway"),
        Service("ledger", "rust", "services/ledger"),
        Service("services-worker", "python", "services/worker"),
        Service("worker", "python", "jobs/worker"),
    ]


def test_a_repository_that_is_one_service(tmp_path: Path) -> None:
    root = tmp_path / "my app"
    root.mkdir()
    (root / "go.mod").write_text("")
    (root / "main.go").write_text("package main\n")
    assert services(root) == [Service("my-app", "go", ".")]
    assert watched(root, services(root)[0]) == ["**/*.go", "go.mod"]


def test_what_is_written_is_right(repository: Path) -> None:
    done = {str(one.path.relative_to(repository)): one.what for one in init.initialise(repository)}
    assert done["dodo.py"] == done["pipelines/worker.toml"] == done[".gitignore"] == "written"
    found = {one.name: one for one in target.load_all(repository)}
    assert set(found) == {"api", "demo", "edge", "gateway", "ledger", "services-worker", "worker"}
    assert found["services-worker"].flags["capture"] == ("--duration=10s", "--pid=$SERVICES_WORKER_PID")
    assert found["ledger"].watch == ("services/ledger/src/**/*.rs", "services/ledger/Cargo.toml")


def test_what_exists_is_left_alone(repository: Path) -> None:
    before = {"dodo.py": "# mine\n", "pipelines/api.toml": "# mine\n", "Makefile": "all:\n", "resq-flame.toml": ""}
    (repository / "pipelines").mkdir()
    for name, content in before.items():
        (repository / name).write_text(content)
    (repository / ".gitignore").write_text("node_modules/")
    done = {str(one.path.relative_to(repository)): one.what for one in init.initialise(repository, makefile=True)}
    assert {name: done[name] for name in before} == {**dict.fromkeys(before, "kept"), "Makefile": "changed"}
    assert (repository / "Makefile").read_text() == "all:\n\ninclude flame.mk\n"
    assert (repository / ".gitignore").read_text() == "node_modules/\n.flame/\n"
    again = {one.what for one in init.initialise(repository, makefile=True)}
    assert again == {"kept"}


def test_make_knows_a_rule_for_each_target(repository: Path) -> None:
    done = run([sys.executable, "-m", "resq_flame.cli", "init", "--makefile", "--ci"], cwd=repository)
    assert b"written  flame.mk" in done.stdout
    assert (repository / ".github/workflows/flame.yml").exists()
    shown = subprocess.run(
        ["make", "-n", "flame-api", "flame-gate-worker", "flame"],
        cwd=repository, env=environment(), text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert shown.stdout.splitlines() == [
        "resq-flame run api",
        "resq-flame run --step gate worker",
        "resq-flame run api demo edge gateway ledger services-worker worker",
    ], shown.stderr
