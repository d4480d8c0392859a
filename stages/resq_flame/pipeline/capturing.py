"""Target -> its capture task.

It runs again when its options changed, a file it watches changed, or someone asked for it; else never.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from doit.exceptions import TaskFailed  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame.capture import SOURCES
from resq_flame.pipeline import environment, files, showing, watch
from resq_flame.pipeline.program import Program
from resq_flame.pipeline.recording import recorded
from resq_flame.pipeline.task import TaskDict
from resq_flame.pipeline.uptodate import FRESH, Asked, Digests, Same, digest
from resq_flame.target import Target

DOC = "take a profile of the target (--fresh: whatever there is already)"
ASKING = ("capture", "profile", "baseline", "diff", "gate")
"""The tasks that take --fresh."""


def task(target: Target, inside: dict[str, str]) -> TaskDict:
    outputs = files.captures(target)

    def capture(output: str) -> Program:
        def arguments() -> list[str]:
            flags = environment.expand(target.flags["capture"], os.environ)
            command = ["--", *target.command] if target.command else []
            return [target.source, *flags, f"--output={files.staged(output)}", *command]

        return Program(target, "capture", arguments, environment.of_capture(target, inside))

    def keep() -> None:
        for output in outputs:
            os.replace(files.staged(output), output)

    options = [target.source, *target.flags["capture"], *(["--", *target.command] if target.command else [])]
    actions = [lambda: _hindrance(target), *map(capture, outputs), keep]
    return {
        "basename": "capture",
        "name": target.name,
        "doc": f"{DOC.partition(' (')[0]}: {SOURCES[target.source].target}",
        "actions": recorded(target, "capture", actions, options, (), outputs, source=target.source),
        "targets": outputs,
        "params": [FRESH],
        "uptodate": [
            Asked(name for basename in ASKING for name in (basename, f"{basename}:{target.name}")),
            Same(lambda: _made_of(target)),
        ],
        "title": showing.title,
        "verbosity": 2,
        "clean": True,
    }


def _hindrance(target: Target) -> TaskFailed | None:
    """Why the capture cannot even begin."""
    missing = environment.unset(target, os.environ)
    idle = watch.idle(target.watch)
    if idle is not None:
        missing = missing or f"{target.path}: capture.watch: expected files, found none that match {idle!r}"
    return TaskFailed(missing) if missing else None


def _made_of(target: Target) -> Digests:
    flags = target.flags["capture"]
    try:
        values = digest(environment.expand(flags, os.environ))  # another $PID is another process
    except environment.UnsetError:
        values = None  # no reason to throw away what was captured
    as_written = digest([target.source, *flags, target.token_env, target.api_key_env, *target.command])
    return {"options": as_written, "variables": values, **watch.digests(target.watch), **_recorded_before(target)}


def _recorded_before(target: Target) -> Digests:
    """The content of a source that is a file; none where it cannot be read: the capture says so."""
    if target.source != "file":
        return {}
    try:
        path = Path(*environment.expand(target.flags["capture"], os.environ))
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest()}
    except (environment.UnsetError, OSError):
        return {"content": None}
