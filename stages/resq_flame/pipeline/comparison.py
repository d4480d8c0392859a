"""Target -> the tasks that compare: baseline:NAME diff:NAME gate:NAME.

    profile.folded, …  ->  baselines/NAME.folded.gz       kept when asked for, and for no other reason
    baseline, profile.folded, …  ->  compared.folded  ->  diff.folded, diff.svg, diff.md  ->  gate.md

A baseline has the rounds as they were folded; the target's filters are those of today, for both sides.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from doit.exceptions import TaskFailed  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame.pipeline import files, showing, version
from resq_flame.pipeline.program import Program
from resq_flame.pipeline.recording import recorded
from resq_flame.pipeline.task import TaskDict
from resq_flame.pipeline.uptodate import FRESH, Digests, Same, Upstream, digest
from resq_flame.target import Target

DOCS = {
    "baseline": "keep the current profile, all its rounds, to compare later ones with",
    "diff": "compare the current profile with the baseline",
    "gate": "fail where a function became slower than in the baseline",
}
STAGES = ("diff", "merge", "render", "report")
SHOWN = 10
"""Functions that are shown on the terminal."""
FAIL_ABOVE = "--fail-above=2"
"""Points of share, where the target does not say."""

ROUNDS, COMPARED, DIFF, SVG, REPORT, VERDICT = (
    "rounds.folded", "compared.folded", "diff.folded", "diff.svg", "diff.md", "gate.md",
)  # fmt: skip


def tasks(target: Target, inside: dict[str, str]) -> Iterator[TaskDict]:
    """The three tasks of a target; ``inside`` is the environment of its programs."""
    yield _baseline_task(target, inside)
    yield _diff_task(target, inside)
    yield _gate_task(target, inside)


def _baseline_task(target: Target, inside: dict[str, str]) -> TaskDict:
    profiles, rounds, baseline = files.profiles(target), files.made(target, ROUNDS), files.baseline(target)

    def keep() -> None:
        from resq_flame import history, stage  # not at the top: doit reads this each time it starts

        os.makedirs(files.BASELINES, exist_ok=True)
        stage.write(baseline, [history.compressed(Path(rounds).read_bytes())])
        print(f"{baseline}: {os.path.getsize(baseline):,} bytes")

    def arguments() -> list[str]:
        return [f"--output={rounds}", "--baseline", *profiles]

    program = Program(target, "diff", arguments, inside, step="baseline")
    return {
        "basename": "baseline",
        "name": target.name,
        "doc": DOCS["baseline"],
        "actions": recorded(target, "baseline", [program, keep], (), profiles, [baseline]),
        "file_dep": profiles,
        # No target of doit's: a comparison would make a missing one, and ``doit clean`` would remove it.
        "uptodate": [False],
        "params": [FRESH],
        "title": lambda task: f"{task.name} => {baseline}",
        "verbosity": 2,
    }


def _diff_task(target: Target, inside: dict[str, str]) -> TaskDict:
    profiles, baseline, flags = files.profiles(target), files.baseline(target), target.flags
    compared, diff, svg, report = (files.made(target, name) for name in (COMPARED, DIFF, SVG, REPORT))

    def ready() -> TaskFailed | None:
        if os.path.exists(baseline):
            return None
        return TaskFailed(f"{baseline}: expected a baseline, found none (doit baseline:{target.name} keeps one)")

    def sides() -> list[str]:
        return [*flags["diff"], f"--output={compared}", "--before", baseline, "--after", *profiles]

    def program(stage: str, *arguments: str) -> Program:
        return Program(target, stage, lambda: [*flags[stage], *arguments], inside, step="diff")

    programs = [
        Program(target, "diff", sides, inside),
        program("merge", f"--output={diff}", "--", compared),
        program("render", f"--output={svg}", "--", diff),
        program("report", "--format=markdown", f"--output={report}", "--", diff),
    ]
    outputs, options = [compared, diff, svg, report], [flag for stage in STAGES for flag in flags[stage]]
    inputs = [baseline, *profiles]
    return {
        "basename": "diff",
        "name": target.name,
        "doc": DOCS["diff"],
        "actions": [
            ready,
            *recorded(target, "diff", programs, options, inputs, outputs),
            program("report", "--format=text", f"--top={SHOWN}", "--quiet", "--", diff),
            (showing.name, [svg, report]),
        ],
        "file_dep": profiles,
        "targets": outputs,
        "params": [FRESH],
        "uptodate": [Upstream(f"fold:{target.name}"), Same(lambda: _compared_of(target))],
        "title": lambda task: f"{task.name} => {svg}",
        "verbosity": 2,
        "clean": True,
    }


def _compared_of(target: Target) -> Digests:
    try:
        content = hashlib.sha256(Path(files.baseline(target)).read_bytes()).hexdigest()
    except OSError:
        content = ""  # none, which is another one than there was
    options = digest(flag for name in STAGES for flag in ("", *target.flags[name]))
    return {"baseline": content, "options": options, "code": digest(map(version.code, STAGES))}


def _gate_task(target: Target, inside: dict[str, str]) -> TaskDict:
    diff, verdict = files.made(target, DIFF), files.made(target, VERDICT)
    flags = [*target.flags["report"], FAIL_ABOVE, *target.flags["gate"]]  # of two, the last one counts
    return {
        "basename": "gate",
        "name": target.name,
        "doc": DOCS["gate"],
        "actions": [
            Program(
                target,
                "report",
                lambda: [*flags, "--format=markdown", f"--output={verdict}", "--", diff],
                inside,
                step="gate",
            )
        ],
        "file_dep": [diff],
        "uptodate": [False],
        "params": [FRESH],
        "title": lambda task: f"{task.name} => {verdict}",
        "verbosity": 2,
    }
