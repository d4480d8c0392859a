"""A small checkout with two targets that were profiled once, to change things in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.checkout import BURNER, TARGET, Checkout
from programs import ROOT


@pytest.fixture(scope="session")
def profiled(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Never changed: ``project`` is a copy of it."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "dodo.py", root)
    shutil.copytree(ROOT / "stages", root / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "burner.py").write_text(BURNER)
    (root / "lib").mkdir()
    for name in ("rows.py", "columns.py"):
        (root / "lib" / name).write_text("")
    (root / "pipelines").mkdir()
    for name in ("burn", "other"):
        (root / "pipelines" / f"{name}.toml").write_text(TARGET)
    project = Checkout(root)
    done = project.doit("profile", LENGTH="1s")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture
def project(profiled: Checkout, tmp_path: Path) -> Checkout:
    # Times are kept, as doit looks at them first.
    return Checkout(Path(shutil.copytree(profiled.root, tmp_path / "checkout")))
