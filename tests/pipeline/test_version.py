"""The version of a stage's code covers what the stage imports, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from programs import environment
from resq_flame.fold import FORMATS
from resq_flame.pipeline import STEPS, version

STAGES = [step.stage for step in STEPS]


def loaded(stage: str) -> set[str]:
    """The files of ours that Python itself loads for a stage."""
    program = (
        f"import sys, resq_flame.{stage}\n"
        "for name, module in sys.modules.items():\n"
        "    if name.startswith('resq_flame.'): print(module.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("stage", STAGES)
def test_covers_what_is_loaded(stage: str) -> None:
    assert loaded(stage) <= {f"{version.PACKAGE}/{path}" for path in version.files(stage)}


@pytest.mark.parametrize("stage", STAGES)
def test_covers_no_other_stage(stage: str) -> None:
    parts = {path.split("/")[0].removesuffix(".py") for path in version.files(stage)}
    others = {"capture", "fold", "merge", "render", "diff", "report", "pipeline", "target", "cli"}
    assert parts & others == ({"fold", stage} if "inputs" in parts else {stage})


def test_every_format_counts_though_it_is_imported_by_name() -> None:
    formats = {str(Path(entry.module.__file__ or "").relative_to(version.PACKAGE)) for entry in FORMATS.values()}
    assert formats | {"stage.py", "folded.py", "compressed.py"} <= set(version.files("fold"))
