#!/usr/bin/env python3
"""Folds one big perf text with resq-fold, inferno-collapse-perf and stackcollapse-perf.pl, and compares their cost.

bench/fold.py --flamegraph-dir ~/FlameGraph                 a generated text of 120 MB
bench/fold.py --input out.perf --jobs 2                     a text of one's own: perf script > out.perf
bench/fold.py --record "make -B" --flamegraph-dir ...       perf record of a command, repeated up to the size

The tools take turns, in several rounds; of each the best round counts. The goals: at most 2.5 times inferno's CPU time
and 0.35 times Perl's, with --jobs 2 at most 1.5 times inferno's wall time, and less than 10 % more memory for the same
text twice over.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools import Cost, flamegraph_script, run

HERE = Path(__file__).resolve().parent
FOLD = HERE.parent / "stages" / "fold"
FIXTURES = HERE.parent / "fixtures" / "perf"
SCRIPT = "stackcollapse-perf.pl"
MEGABYTE = 10**6

CAPTURES = ("cpp", "rust", "system-wide", "pid-tid", "java", "node-map", "idle")
HEADER = re.compile(r"^(.*?\S +)\d+(/\d+)?( .*?)\d+\.\d+(:.*)$")
FRAME = re.compile(r"^\t *([0-9a-f]+) (.*)\+0x([0-9a-f]+) (\(.*)$")


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-fold-") as folder:
        text = Path(options.input) if options.input else generated(Path(folder), options)
        twice = Path(folder, "twice.txt")
        tools = commands(options, Path(folder))
        best = rounds(tools, text, options.rounds)
        with twice.open("wb") as out:
            for _ in range(2):
                with text.open("rb") as part:
                    shutil.copyfileobj(part, out)
                    out.write(b"\n")
        report(best, text.stat().st_size)
        doubled = run(tools["resq-fold"], twice)
        growth = doubled.memory / best["resq-fold"].memory - 1
        print(f"memory of the same text twice over: {growth:+.1%} (goal: below +10 %)")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", metavar="FILE", help="the perf text (default: one that is generated)")
    parser.add_argument("--record", metavar="COMMAND", help="perf record this, and repeat its text up to the size")
    parser.add_argument("--size", type=int, default=120, metavar="MB", help="size of the generated text")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each tool")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes of the parallel run")
    parser.add_argument(
        "--flamegraph-dir",
        default=os.environ.get("FLAMEGRAPH_DIR"),
        metavar="DIR",
        help=f"a FlameGraph checkout or its git directory, for {SCRIPT} (default: $FLAMEGRAPH_DIR)",
    )
    return parser.parse_args()


def commands(options: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """The tools that this machine has, each reading stdin."""
    tools = {
        "resq-fold": [sys.executable, str(FOLD), "--format", "perf"],
        f"resq-fold --jobs {options.jobs}": [sys.executable, str(FOLD), "--format", "perf", f"--jobs={options.jobs}"],
    }
    if inferno := shutil.which("inferno-collapse-perf"):
        tools["inferno"] = [inferno, "-n", "1"]
    if options.flamegraph_dir and shutil.which("perl"):
        tools["perl"] = ["perl", str(flamegraph_script(SCRIPT, options.flamegraph_dir, folder))]
    return tools


def rounds(tools: dict[str, list[str]], text: Path, count: int) -> dict[str, Cost]:
    best: dict[str, Cost] = {}
    for _ in range(count):
        for name, command in tools.items():
            cost = run(command, text)
            before = best.get(name, cost)
            best[name] = Cost(min(cost.cpu, before.cpu), min(cost.wall, before.wall), min(cost.memory, before.memory))
    return best


def report(best: dict[str, Cost], size: int) -> None:
    print(f"{size / MEGABYTE:.0f} MB of perf text\n{'':24}{'CPU':>9}{'wall':>9}{'memory':>10}")
    for name, cost in best.items():
        print(f"{name:24}{cost.cpu:7.2f} s{cost.wall:7.2f} s{cost.memory / MEGABYTE:7.0f} MB")
    ours, *others = best
    one, parallel = best[ours], best[others[0]]
    if inferno := best.get("inferno"):
        print(f"CPU: {one.cpu / inferno.cpu:.2f} times inferno's (goal: at most 2.5)")
        print(f"wall of {others[0]}: {parallel.wall / inferno.wall:.2f} times inferno's (goal for 2: at most 1.5)")
    if perl := best.get("perl"):
        print(f"CPU: {one.cpu / perl.cpu:.2f} times {SCRIPT}'s (goal: at most 0.35)")


def generated(folder: Path, options: argparse.Namespace) -> Path:
    """A text of the wished size: recorded records, each time with other tasks, times, addresses and stacks."""
    text = folder / "perf.txt"
    records = recorded(options.record, folder) if options.record else captured()
    with text.open("w", encoding="utf-8", errors="surrogateescape") as out:
        for record in varied(records, options.size * MEGABYTE):
            out.write(record)
    return text


def captured() -> list[str]:
    texts = [(FIXTURES / f"perf-6.1-{name}.txt").read_text("utf-8", "surrogateescape") for name in CAPTURES]
    return [record for text in texts for record in text.strip("\n").split("\n\n")]


def recorded(command: str, folder: Path) -> list[str]:
    data = str(folder / "perf.data")
    subprocess.run(["perf", "record", "-q", "-F", "999", "-g", "-a", "-o", data, "--", "sh", "-c", command], check=True)
    text = subprocess.run(["perf", "script", "-i", data, "--no-inline"], capture_output=True, check=True).stdout
    return text.decode("utf-8", "surrogateescape").strip("\n").split("\n\n")


def varied(records: list[str], size: int) -> Iterator[str]:
    chance = random.Random(1)  # the same text each time
    now, written = 1000.0, 0
    while written < size:
        record = f"{variation(chance.choice(records), now, chance)}\n\n"
        now += chance.random() / 100
        written += len(record)
        yield record


def variation(record: str, now: float, chance: random.Random) -> str:
    """The record at another time in another process, its leaf at another address; one in four with more recursion."""
    header, *frames = record.split("\n")
    pid = chance.randrange(300, 400)
    header = HEADER.sub(
        lambda found: f"{found[1]}{pid}{f'/{pid}' * bool(found[2])}{found[3]}{now:.6f}{found[4]}", header
    )
    if frames:
        frames[0] = moved(frames[0], chance)
    if len(frames) > 4 and chance.random() < 0.25:
        for _ in range(3):
            at = chance.randrange(1, len(frames) - 1)
            frames[at : at + 1] = [frames[at]] * chance.randrange(1, 3)
    return "\n".join([header, *frames])


def moved(frame: str, chance: random.Random) -> str:
    """The same symbol, some bytes further on."""
    found = FRAME.match(frame)
    if not found:
        return frame
    step = chance.randrange(64)
    return f"\t{int(found[1], 16) + step:>16x} {found[2]}+0x{int(found[3], 16) + step:x} {found[4]}"


if __name__ == "__main__":
    raise SystemExit(main())
