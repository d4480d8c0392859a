#!/usr/bin/env python3
"""What doit costs where nothing is to be done: `doit profile:t0` with 1, 50, 100 and 200 targets, in CPU time.

bench/pipeline.py                  rounds that take turns, the median of each
bench/pipeline.py --rounds 30

`doit --version` is what Python and doit cost by themselves. The goals: with 50 targets at most 2.5 times that, a time
that grows linearly, and less than 2 ms a target.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
from pathlib import Path

from tools import run

ROOT = Path(__file__).resolve().parents[1]
COUNTS = (1, 50, 100, 200)
MOST, PER_TARGET = 2.5, 2.0
DODO = """import sys
sys.path.insert(0, {stages!r})
from resq_flame.pipeline import configuration, task_pipelines
DOIT_CONFIG = configuration()
"""
TARGET = """[capture]
source = "file"
file = "app.folded"
watch = ["src/**"]
[merge]
hide = ['^idle']
[render]
title = "Target {number}"
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="runs of each (default: 15)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-pipeline-") as folder:
        roots = {count: repository(Path(folder, str(count)), count) for count in COUNTS}
        took: dict[int, list[float]] = {count: [] for count in (0, *COUNTS)}
        for _ in range(rounds):
            took[0].append(doit(Path(folder), "--version"))
            for count, root in roots.items():
                took[count].append(doit(root, "profile:t0"))
    return report({count: statistics.median(times) for count, times in took.items()})


def repository(root: Path, count: int) -> Path:
    """A folder with so many targets, of which t0 was profiled."""
    (root / "pipelines").mkdir(parents=True)
    (root / "src").mkdir()
    (root / "src" / "app.py").write_text("")
    (root / "app.folded").write_text("main;work 3\nmain;idle 1\n")
    (root / "dodo.py").write_text(DODO.format(stages=str(ROOT / "stages")))
    for number in range(count):
        (root / "pipelines" / f"t{number}.toml").write_text(TARGET.format(number=number))
    doit(root, "profile:t0")
    return root


def doit(root: Path, *arguments: str) -> float:
    """Seconds of CPU time: doit waits for nothing here, and other programs on the machine do not count."""
    return run([sys.executable, "-m", "doit", *arguments], cwd=root).cpu


def report(took: dict[int, float]) -> int:
    bare = took[0]
    print(f"{'doit --version':<28}{1000 * bare:8.1f} ms")
    for count in COUNTS:
        print(f"{f'no-op, {count} targets':<28}{1000 * took[count]:8.1f} ms  {took[count] / bare:5.2f} x")
    steps = [1000 * (took[more] - took[fewer]) / (more - fewer) for fewer, more in itertools.pairwise(COUNTS)]
    print("ms a target, from one count to the next:", ", ".join(f"{step:.2f}" for step in steps))
    met = took[50] / bare <= MOST and max(steps) < PER_TARGET
    print(f"goals: at most {MOST} x with 50 targets, less than {PER_TARGET} ms a target: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
