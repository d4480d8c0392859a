"""What a test needs of the machine: absent, the test skips with its reason; under CI=true that is a failure."""

from __future__ import annotations

import os
import shutil

import pytest


def needs(program: str, *, why: str = "") -> str:
    """The path of a program that this test runs."""
    found = shutil.which(program)
    if found is None:
        unmet(f"{program} is not installed{f' ({why})' if why else ''}")
    assert found is not None
    return found


def unmet(reason: str) -> None:
    """Skip this test for the reason given, or fail it where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)
