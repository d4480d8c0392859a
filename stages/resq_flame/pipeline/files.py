"""Where the files of a target lie, relative to the folder of dodo.py.

With ``rounds`` in the target, captures and their profiles are numbered: capture-1.pyspy, profile-1.folded, …
"""

from __future__ import annotations

import glob
import os

from resq_flame import lock
from resq_flame.capture import SOURCES
from resq_flame.target import Target

STORE = ".flame"
"""What is made, and can be made again."""

BASELINES = "baselines"
"""What later runs are compared with; meant for version control."""


def captures(target: Target) -> list[str]:
    return _rounds(target, "capture", SOURCES[target.source].suffix)


def profiles(target: Target) -> list[str]:
    return _rounds(target, "profile", ".folded")


def baseline(target: Target) -> str:
    return f"{BASELINES}/{target.name}.folded.gz"


def made(target: Target, name: str) -> str:
    return f"{STORE}/{target.name}/{name}"


def staged(output: str) -> str:
    """Where one of several outputs waits until all of them are there."""
    folder, name = os.path.split(output)
    return f"{folder}/.{name}"


def locks(step: str) -> str:
    return f"{STORE}/{lock.FOLDER}/{step}"


def sweep(output: str) -> None:
    """Remove what a stage left that was killed as it wrote this output. No other may be writing it."""
    folder, name = os.path.split(output)
    for unfinished in glob.glob(f"{glob.escape(folder)}/.{glob.escape(name)}.*.tmp"):
        os.unlink(unfinished)


def _rounds(target: Target, stem: str, suffix: str) -> list[str]:
    numbers = [""] if target.rounds == 1 else [f"-{number}" for number in range(1, target.rounds + 1)]
    return [made(target, f"{stem}{number}{suffix}") for number in numbers]
