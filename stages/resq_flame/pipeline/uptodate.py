"""Is what a task made still made of the same? Content of files is doit's part; the rest is judged here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from doit.dependency import UptodateCalculator  # type: ignore[import-untyped]  # doit has no annotations

Digests: TypeAlias = dict[str, "str | None"]


class Same:
    """A doit ``uptodate``: are the digests those of the last success? One that is None today says nothing.

    They are made when doit asks, once a run, so only for the tasks of a run. Its database keeps the digests and no
    option itself.
    """

    def __init__(self, digests: Callable[[], Digests]) -> None:
        self.digests = digests
        self.today: Digests | None = None
        self.changed: list[str] = []

    def __call__(self, task: Any, values: dict[str, object]) -> bool:
        if self.today is None:
            self.today = self.digests()
            task.value_savers.append(lambda: {"made of": self.today})
        before = values.get("made of")
        then: dict[str, object] = before if isinstance(before, dict) else {}
        names = {*self.today, *then}
        # One that is gone, a file no longer watched, is a change too.
        self.changed = sorted(
            name for name in names if then.get(name) != self.today.get(name) and self.today.get(name, "") is not None
        )
        return not self.changed

    def __str__(self) -> str:  # what ``doit info`` prints as the reason to run
        return f"the same as at the last success: {', '.join(self.changed) or 'yes'} changed"


class Upstream(UptodateCalculator):  # type: ignore[misc]  # doit has no annotations
    """Is all that this task depends on up to date? As a run comes to a task, it always is: doit ran that first.

    ``doit list --status`` and ``doit info`` run nothing; without this they would judge by the files of yesterday.
    """

    def __init__(self, *names: str) -> None:
        self.names = names  # task_dep has not all of them: doit finds out what the files need only where it runs
        self.old: list[str] = []

    def setup(self, dep_manager: Any, tasks_dict: dict[str, Any]) -> None:
        self.manager, self.tasks = dep_manager, tasks_dict

    def __call__(self, task: Any) -> bool:
        self.old = [
            name
            for name in self.names or task.task_dep
            if self.manager.get_status(self.tasks[name], self.tasks).status != "up-to-date"
        ]
        return not self.old

    def __str__(self) -> str:
        return f"all before it is up to date: {', '.join(self.old) or 'it'} will run"


class Asked(UptodateCalculator):  # type: ignore[misc]  # doit has no annotations
    """Did nobody ask for a new capture, with ``--fresh`` to one of these tasks?"""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.done = False

    def setup(self, _dep_manager: Any, tasks_dict: dict[str, Any]) -> None:
        self.tasks = tasks_dict

    def __call__(self, task: Any) -> bool | None:
        asked = any((self.tasks[name].options or {}).get("fresh") for name in self.names if name in self.tasks)
        if not asked or self.done:
            return None
        task.value_savers.append(self._finish)
        return False

    def _finish(self) -> dict[str, object]:
        self.done = True
        return {}

    def __str__(self) -> str:
        return "no --fresh"


FRESH = {"name": "fresh", "long": "fresh", "type": bool, "default": False, "help": "capture again, whatever there is"}
"""A doit task parameter."""


def digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()
