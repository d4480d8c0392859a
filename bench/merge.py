#!/usr/bin/env python3
"""Merges a thousand folded files of 40,000 stacks with resq-merge, and compares the cost with that of ``sort -m``.

bench/merge.py                                  some 6 GB of generated files, removed afterwards
bench/merge.py --files 100 --stacks 40000       a tenth of it
bench/merge.py --distinct                       no stack in two files: the sum is as large as all inputs

``sort -m`` only interleaves the same lines, with the same files open, and adds nothing up: no merge can do less. The
goals: at most 3 times its CPU time, less than 1 GB of memory, and the sum of all weights exactly.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools import Cost, run

MERGE = Path(__file__).resolve().parents[1] / "stages" / "merge"
HEADER = '# resq-flame {"source":"perf","unit":"samples"}\n'
VERBS = ("parse", "render", "read", "write", "hash", "lookup", "merge", "visit", "encode", "poll", "handle", "copy")
POOL = 5
"""A service has this many times the stacks that one of its profiles shows."""


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-merge-", dir=options.folder) as folder:
        whole = generated(Path(folder), options)
        paths = sorted(str(path) for path in Path(folder).glob("*.folded"))
        size = sum(map(os.path.getsize, paths))
        print(f"{len(paths):,} files of {options.stacks:,} stacks, {size / 1e9:.2f} GB")
        out = Path(folder, "out")
        ours = run([sys.executable, str(MERGE), str(Path(folder, "*.folded")), "--output", str(out)])
        exact = weight(out) == whole
        bound = run(["sort", "-m", f"--batch-size={len(paths) + 1}", *paths])
    report(ours, bound, exact)
    return 0 if exact else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000, metavar="N", help="how many files")
    parser.add_argument("--stacks", type=int, default=40_000, metavar="N", help="stacks in each")
    parser.add_argument("--distinct", action="store_true", help="no stack in two files")
    parser.add_argument(
        "--folder", metavar="DIR", help="where the files go (default: the system's for temporary files)"
    )
    return parser.parse_args()


def generated(folder: Path, options: argparse.Namespace) -> int:
    """Write the files, sorted as every stage writes them. The sum of all their weights."""
    chance = random.Random(7)
    pool = sorted(stacks(chance, options.stacks * POOL), key=lambda entry: entry.replace(";", "\0"))
    whole = 0
    for number in range(options.files):
        weights = [chance.randint(1, 500) for _ in range(options.stacks)]
        whole += sum(weights)
        picked = sorted(chance.sample(range(len(pool)), options.stacks))
        root = f"host-{number:05};" if options.distinct else ""
        with Path(folder, f"{number}.folded").open("w") as file:
            file.write(HEADER)
            file.writelines(f"{root}{pool[at]} {weight}\n" for at, weight in zip(picked, weights, strict=True))
    return whole


def stacks(chance: random.Random, count: int) -> set[str]:
    """So many walks over a call graph in which few functions are hot."""
    names = [f"app::mod{number % 37}::{VERBS[number % 12]}_{number}" for number in range(2500)]
    found: set[str] = set()
    while len(found) < count:
        found.add(";".join(["main", *walk(chance, names)]))
    return found


def walk(chance: random.Random, names: list[str]) -> Iterator[str]:
    at = 0
    for _ in range(min(max(int(chance.gauss(7, 3)), 1), 40)):
        at = min(at + int(chance.paretovariate(0.7)), len(names) - 1)
        yield names[at]


def weight(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(int(line.rpartition(b" ")[2]) for line in lines if not line.startswith(b"#"))


def report(ours: Cost, bound: Cost, exact: bool) -> None:
    print(f"\n{'':12}{'CPU s':>8}{'wall s':>8}{'MB':>8}")
    for name, cost in (("resq-merge", ours), ("sort -m", bound)):
        print(f"{name:12}{cost.cpu:>8.1f}{cost.wall:>8.1f}{cost.memory / 1e6:>8.0f}")
    ratio = ours.cpu / bound.cpu
    print(f"\nCPU time over that of sort -m: {ratio:.2f}  goal <= 3  {'met' if ratio <= 3 else 'MISSED'}")
    print(f"memory: {ours.memory / 1e6:.0f} MB  goal <= 1000  {'met' if ours.memory <= 1e9 else 'MISSED'}")
    print(f"the sum of all weights: {'exact' if exact else 'WRONG'}")


if __name__ == "__main__":
    raise SystemExit(main())
