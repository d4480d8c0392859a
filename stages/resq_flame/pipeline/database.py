"""doit's database, written as each task ends.

doit itself writes it when all its tasks have ended, so a run that was killed would do again what it had done.
"""

from __future__ import annotations

from typing import Any

from doit import Globals  # type: ignore[import-untyped]  # doit has no annotations
from doit.dependency import SqliteDB  # type: ignore[import-untyped]


def commit_each_task() -> None:
    """From now on, what doit knows of a task is on disk when the task's end is reported."""
    manager = Globals.dep_manager
    if manager is None or not isinstance(manager.backend, SqliteDB):  # doit --backend json: as its user wants it
        return
    save, remove = manager.save_success, manager.remove

    def save_success(task: Any, result_hash: str | None = None) -> None:
        save(task, result_hash)
        _commit(manager.backend)

    def remove_and_commit(name: str) -> None:
        remove(name)
        _commit(manager.backend)

    manager.save_success, manager.remove = save_success, remove_and_commit


def _commit(backend: Any) -> None:
    backend.dump()  # writes, commits and closes
    backend._conn = backend._sqlite3(backend.name)
