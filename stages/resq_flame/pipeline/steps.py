"""Target -> the tasks between its capture and what people look at: fold, merge, render, report.

Each runs again when the content of what it reads, its own options or its own code changed, and for no other reason. A
step that yields the same bytes ends the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from resq_flame.pipeline import files, showing, version
from resq_flame.pipeline.program import Program
from resq_flame.pipeline.recording import recorded
from resq_flame.pipeline.task import TaskDict
from resq_flame.pipeline.uptodate import Same, Upstream, digest
from resq_flame.target import Target


@dataclass(frozen=True, slots=True)
class Step:
    """A stage after another: the files it reads, the files it writes, as many or one."""

    stage: str
    after: str
    reads: Callable[[Target], list[str]]
    writes: Callable[[Target], list[str]]
    doc: str


def _made(name: str) -> Callable[[Target], list[str]]:
    return lambda target: [files.made(target, name)]


MERGED, SVG, REPORT = _made("merged.folded"), _made("flamegraph.svg"), _made("report.txt")
STEPS = (
    Step("fold", "capture", files.captures, files.profiles, "turn the capture into folded stacks"),
    Step("merge", "fold", files.profiles, MERGED, "add up the rounds and filter the stacks"),
    Step("render", "merge", MERGED, SVG, "draw the flame graph"),
    Step("report", "merge", MERGED, REPORT, "list the costliest functions"),
)


def tasks(target: Target, inside: dict[str, str]) -> Iterator[TaskDict]:
    """The tasks of a target; ``inside`` is the environment of their programs."""
    yield from (_task(target, step, inside) for step in STEPS)


def _task(target: Target, step: Step, inside: dict[str, str]) -> TaskDict:
    sources, outputs = step.reads(target), step.writes(target)
    flags = target.flags[step.stage]

    def program(output: str, *inputs: str) -> Program:
        return Program(target, step.stage, lambda: [*flags, f"--output={output}", "--", *inputs], inside)

    one_each = len(outputs) == len(sources)
    programs = [*map(program, outputs, sources)] if one_each else [program(*outputs, *sources)]
    return {
        "basename": step.stage,
        "name": target.name,
        "doc": step.doc,
        "actions": recorded(target, step.stage, programs, flags, sources, outputs),
        "file_dep": sources,
        "targets": outputs,
        "uptodate": [
            Upstream(f"{step.after}:{target.name}"),
            Same(lambda: {"options": digest(flags), "code": version.code(step.stage)}),
        ],
        "title": showing.title,
        "verbosity": 2,
        "clean": True,
    }
