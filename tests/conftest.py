"""The options of a run, and golden files: what a test made, beside what it made when someone last looked at it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Laws are about what is true, not about how fast: on a busy machine an example may take long.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# A shell starts what it puts into the background with SIGINT ignored, and so would be all that tests start and stop.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files, and fail where one changed")
    parser.addoption("--thorough", action="store_true", help="cut every capture at every tenth byte: takes an hour")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares with a golden file. A missing one fails, and so does a run that rewrites one: look, then run again."""

    def compare(path: Path, actual: str) -> None:
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if before != actual and request.config.getoption("--update"):
            path.write_text(actual, encoding="utf-8")
            pytest.fail(f"{path.name} was rewritten: read the difference, then run without --update")
        assert before is not None, f"{path} is missing: --update writes it"
        assert actual == before

    return compare
