"""A task's actions between one that checks the target's values and one that puts the step into its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doit.exceptions import TaskFailed  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame.pipeline import files
from resq_flame.target import Target, TargetError, check_values

if TYPE_CHECKING:
    from datetime import datetime


def recorded(
    target: Target,
    name: str,
    actions: Iterable[Any],
    options: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    source: str = "",
) -> list[Any]:
    started: list[datetime] = []  # all actions of a task run in one process, one after the other

    def start() -> TaskFailed | None:
        from datetime import UTC, datetime  # not at the top: doit reads this each time it starts

        started.append(datetime.now(UTC))
        try:
            check_values(target)
        except TargetError as error:
            return TaskFailed(str(error))
        return None

    def record() -> None:
        from resq_flame import manifest

        step = manifest.step(started.pop(), options, inputs, outputs)
        if source:
            step["tools"] = {**manifest.tools(source), **step["tools"]}  # type: ignore[dict-item]
        manifest.record(Path(files.made(target, "manifest.json")), name, step)

    return [start, *actions, record]
