#!/usr/bin/env python3
"""How often resq-report raises a false alarm, and how often it finds a real change.

bench/significance.py                       simulated programs: 3 % and more between runs, 1, 3 and 5 rounds
bench/significance.py --comparisons 1000
bench/significance.py --real                the demo service by py-spy: 20 A/A pairs, 10 with hash_rows 1.3x slower
bench/significance.py --real --keep rounds --minutes 3      the same in pieces: run it until it tells

The goals: without a change at most 5 % of comparisons raise any alarm, over all functions together; a function of 10 %
share made 1.3x slower is found in 95 % at 5 rounds of 3,000 samples. For real: at most 1 alarm in 20, and 10 of 10.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "stages"), str(ROOT / "tests")]

from resq_flame.report.changes import changes  # noqa: E402  (the checkout's, not an installed one)
from simulation import TARGET, Program  # noqa: E402

PROGRAMS = {
    "200 functions, 3 %": Program(),
    "200 functions, 3 %, 20,000 samples": Program(samples=20000),
    "200 functions, 10 %": Program(spread=0.1),
    "40 functions, 5 %": Program(functions=40, spread=0.05),
    "8 functions, 3 %, 1,000 samples": Program(functions=8, samples=1000),
    "8 functions, 8 %, 1,000 samples": Program(functions=8, spread=0.08, samples=1000),
    "200 functions, 3 %, clumps of 5": Program(clump=5),
}
ROUNDS = (1, 3, 5)
SLOWER = 1.3

SERVICE = ROOT / "fixtures" / "services" / "pdie" / "service.py"
PAIRS, SLOW_PAIRS = 20, 10
SLOW = "hash_rows"

SETS: dict[str, tuple[str, ...]] = {"same0": ()}
"""The flags of the service for each set of rounds, in the order of their capture."""
for _pair in range(PAIRS):
    if _pair < SLOW_PAIRS:
        SETS[f"slow{_pair}"] = ("--slower", f"{SLOW}={SLOWER}")
    SETS[f"same{_pair + 1}"] = ()


def simulated(comparisons: int) -> None:
    print(f"{'any alarm without a change, %':40}" + "".join(f"{rounds:>6} rounds" for rounds in ROUNDS))
    for name, program in PROGRAMS.items():
        rates = [100 * false_alarms(program, rounds, comparisons) for rounds in ROUNDS]
        print(f"{name:40}" + "".join(f"{rate:13.1f}" for rate in rates), flush=True)
    print(f"\n{f'{TARGET} (10 %) {SLOWER}x slower found, %':40}" + "".join(f"{rounds:>6} rounds" for rounds in ROUNDS))
    for name, program in PROGRAMS.items():
        rates = [100 * found(program, rounds, comparisons // 4) for rounds in ROUNDS]
        print(f"{name:40}" + "".join(f"{rate:13.1f}" for rate in rates), flush=True)


def false_alarms(program: Program, rounds: int, comparisons: int) -> float:
    alarms = 0
    for seed in range(comparisons):
        alarms += any(one.significant for one in changes(program.compare(seed, rounds)).functions)
    return alarms / comparisons


def found(program: Program, rounds: int, comparisons: int) -> float:
    hits = 0
    for seed in range(comparisons):
        compared = changes(program.compare(seed, rounds, SLOWER)).functions
        hits += any(one.name == TARGET and one.self.significant and one.self.points > 0 for one in compared)
    return hits / comparisons


def real(folder: Path, rounds: int, seconds: float, rate: int, minutes: float) -> None:
    """Sets of rounds one after the other, each compared with the next: what the machine does meanwhile is noise too."""
    until = time.monotonic() + 60 * minutes
    for name, flags in SETS.items():
        for number in range(rounds):
            if time.monotonic() > until:
                print(f"{len([*folder.glob('*.folded')])} of {len(SETS) * rounds} rounds so far; run it again to go on")
                return
            capture(folder / f"{name}.{number}.folded", seconds, rate, *flags)
    judge(folder, rounds)


def capture(file: Path, seconds: float, rate: int, *flags: str) -> None:
    """A folded round of the demo service, started anew for it; what is there already stays."""
    if file.exists():
        return
    load = os.getloadavg()[0]
    program = [sys.executable, str(SERVICE), *flags]
    raw = file.with_suffix(".pyspy")
    stage("capture", "python", "-o", str(raw), "-d", f"{seconds}s", "--rate", str(rate), "--", *program)
    stage("fold", "--no-lines", "-o", str(file), str(raw))
    with (file.parent / "load").open("a") as loads:
        loads.write(f"{load:.2f} {file.name}\n")


def judge(folder: Path, rounds: int) -> None:
    """What the gate says of each set and the one before it in time."""
    sets = {name: [str(folder / f"{name}.{number}.folded") for number in range(rounds)] for name in SETS}
    stopped = alarms = named = 0
    for pair in range(PAIRS):
        done = gate(sets[f"same{pair}"], sets[f"same{pair + 1}"])
        stopped += done.returncode == 3
        alarms += '"significant": true' in done.stdout
    for pair in range(SLOW_PAIRS):
        done = gate(sets[f"same{pair}"], sets[f"slow{pair}"])
        named += done.returncode == 3 and f"regression: {SLOW}" in done.stderr
    loads = sorted(float(line.split()[0]) for line in (folder / "load").read_text().splitlines())
    print(f"{rounds} rounds a side; load average {loads[len(loads) // 2]:.1f}, at most {loads[-1]:.1f}")
    print(f"A/A: of {PAIRS} pairs the gate stopped {stopped}, and {alarms} have any change called real")
    print(f"{SLOW} {SLOWER}x slower: caught and named {named} of {SLOW_PAIRS}")


def gate(before: list[str], after: list[str]) -> subprocess.CompletedProcess[str]:
    compared = f"{Path(after[0]).parent}/diff"
    stage("diff", "-o", compared, "--before", *before, "--after", *after)
    return stage("report", "--fail-above", "2", "--top", "0", "--format", "json", compared)


def stage(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "stages" / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comparisons", type=int, default=400, help="of each kind (default: 400)")
    parser.add_argument("--real", action="store_true", help="profile the demo service for real")
    parser.add_argument("--minutes", type=float, default=600, help="stop capturing after so many, to go on later")
    parser.add_argument("--rounds", type=int, default=5, help="a side, with --real (default: 5)")
    parser.add_argument("--seconds", type=float, default=5, help="of a capture, with --real (default: 5)")
    parser.add_argument("--rate", type=int, default=200, help="samples a second, with --real (default: 200)")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where the profiles of --real stay; those in it are not taken again"
    )
    options = parser.parse_args()
    if not options.real:
        simulated(options.comparisons)
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = options.keep or Path(folder)
        kept.mkdir(exist_ok=True)
        real(kept, options.rounds, options.seconds, options.rate, options.minutes)


if __name__ == "__main__":
    main()
