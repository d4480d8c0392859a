"""Target -> doit tasks: capture:NAME fold:NAME merge:NAME render:NAME report:NAME profile:NAME, those that compare,
and those that keep the past.

    .flame/NAME/capture.*  ->  profile.folded  ->  merged.folded  ->  flamegraph.svg, report.txt
                                           |
                                           +-->  history/  ->  trend.html

With rounds, there are several captures and profiles; the merged one is their sum.

Every step is a program. It runs again when the content of what it reads, its own options or its own code changed, and
for no other reason; a capture runs again when its options changed, a file it watches changed, or someone asked for it.
A step that yields the same bytes ends the chain. A whole dodo.py:

    from resq_flame.pipeline import configuration, task_pipelines
    DOIT_CONFIG = configuration()
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from doit.exceptions import InvalidDodoFile  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame import target as target_package
from resq_flame.pipeline import capturing, comparison, database, environment, steps, upkeep
from resq_flame.pipeline.files import STORE
from resq_flame.pipeline.steps import STEPS
from resq_flame.pipeline.task import TaskDict
from resq_flame.pipeline.uptodate import FRESH, Upstream
from resq_flame.target import Target, TargetError

__all__ = ["DOCS", "STEPS", "configuration", "task_pipelines", "tasks"]

DOCS = {
    "capture": capturing.DOC,
    **{step.stage: step.doc for step in STEPS},
    **upkeep.DOCS,
    **comparison.DOCS,
}


def configuration() -> dict[str, object]:
    """doit's, for a dodo.py in the current folder."""
    Path(STORE).mkdir(exist_ok=True)
    return {
        # Transactions: two runs side by side, or one that was killed, lose nothing of each other's.
        "backend": "sqlite3",
        "dep_file": f"{STORE}/doit.db",
        # A bare ``doit`` profiles nothing: a target may be a service in production.
        "default_tasks": ["targets"],
    }


def task_pipelines() -> Iterator[TaskDict]:
    """The tasks of all targets in pipelines/."""
    database.commit_each_task()
    try:
        yield from tasks(target_package.load_all(Path()))
    except TargetError as error:
        raise InvalidDodoFile(str(error)) from None


def tasks(targets: Iterable[Target]) -> Iterator[TaskDict]:
    """The tasks of these targets, for a doit task creator."""
    targets = list(targets)
    for name, doc in DOCS.items():
        params = {"params": [FRESH]} if name in capturing.ASKING else {}
        yield {"basename": name, "name": None, "doc": doc, "uptodate": [Upstream()], **params}
    yield upkeep.targets(targets)
    inside = environment.of_stage(os.environ)
    for target in targets:
        yield capturing.task(target, inside)
        yield from steps.tasks(target, inside)
        yield from upkeep.tasks(target, inside)
        yield from comparison.tasks(target, inside)
