"""The gate on a real service: profiled before and after one of its functions became slower."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from programs import run_stage
from services.processes import SERVICES

ROUNDS = 4


def rounds(folder: Path, *flags: str) -> list[str]:
    folder.mkdir()
    files = [str(folder / f"{number}.folded") for number in range(ROUNDS)]
    service = [sys.executable, str(SERVICES / "pdie" / "service.py"), *flags]
    for file in files:
        captured = run_stage("capture", "python", "--duration", "2s", "--rate", "200", "--", *service)
        assert captured.returncode == 0, captured.stderr
        assert run_stage("fold", "--no-lines", "-o", file, stdin=captured.stdout).returncode == 0
    return files


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    folder = tmp_path_factory.mktemp("rounds")
    return rounds(folder / "before"), rounds(folder / "after", "--slower", "hash_rows=5")


def gate(before: list[str], after: list[str]) -> subprocess.CompletedProcess[bytes]:
    compared = run_stage("diff", "--before", *before, "--after", *after)
    return run_stage("report", "--fail-above", "2", stdin=compared.stdout)


def test_what_became_slower_is_caught_and_named(sides: tuple[list[str], list[str]]) -> None:
    done = gate(*sides)
    assert done.returncode == 3, done.stdout.decode()
    assert "regression: hash_rows" in done.stderr.decode()


def test_what_became_faster_is_not(sides: tuple[list[str], list[str]]) -> None:
    before, after = sides
    assert "regression: hash_rows" not in gate(after, before).stderr.decode()


def test_a_side_does_not_differ_from_itself(sides: tuple[list[str], list[str]]) -> None:
    assert gate(sides[0], sides[0]).returncode == 0
