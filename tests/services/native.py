"""The programs in C of fixtures/services/native, with frame pointers; and what folding makes of a capture."""

from __future__ import annotations

import subprocess
import uuid
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from captures import folding, totals
from requirements import needs
from services.processes import SERVICES

FLAGS = ("-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")


def compiled(name: str, folder: Path) -> str:
    """The path of the program, under a name of its own: a test of the whole system sees those of other tests too."""
    program = folder / f"{name}-{uuid.uuid4().hex[:6]}"
    source = SERVICES / "native" / f"{name}.c"
    subprocess.run([needs("gcc"), *FLAGS, "-o", str(program), str(source), "-lpthread"], check=True)
    return str(program)


def totals_of(profile: Path | bytes, program: str) -> dict[str, float]:
    """The weight of each function of a program with all it calls; 0 for one that is not there."""
    folded = folding(profile)[0]
    own = {stack: weight for stack, weight in folded.stacks.items() if stack.partition(";")[0] == Path(program).name}
    found = totals(replace(folded, stacks=own))
    return defaultdict(float, {name: float(weight) for name, weight in found.items()})


def shares(profile: Path | bytes, program: str, names: dict[str, float]) -> dict[str, float]:
    """Of each function, the percentage that it takes of them all."""
    found = totals_of(profile, program)
    whole = sum(found[name] for name in names)
    return {name: 100 * found[name] / whole for name in names}
