"""Target -> the tasks that people ask for: profile, open, history, trend; and one that names the targets.

profile.folded, …  ->  history/      an entry a capture, pruned by count and age
history/           ->  trend.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from doit.exceptions import TaskFailed  # type: ignore[import-untyped]  # doit has no annotations

from resq_flame.capture import SOURCES
from resq_flame.pipeline import files, showing, version
from resq_flame.pipeline.program import Program
from resq_flame.pipeline.steps import REPORT, SVG
from resq_flame.pipeline.task import TaskDict
from resq_flame.pipeline.uptodate import FRESH, Digests, Same, Upstream, digest
from resq_flame.target import Target

DOCS = {
    "profile": "do it all, and show the result (--fresh: with a new capture)",
    "open": "show the flame graph in the browser",
    "history": "keep the profile, with its time and revision",
    "trend": "draw each function's share over the profiles of the past",
}


def tasks(target: Target, inside: dict[str, str]) -> Iterator[TaskDict]:
    yield _profile(target)
    yield _open(target)
    yield _history(target)
    yield _trend(target, inside)


def _profile(target: Target) -> TaskDict:
    made = [*SVG(target), *REPORT(target)]
    return {
        "basename": "profile",
        "name": target.name,
        "doc": DOCS["profile"].partition(" (")[0],
        "actions": [(showing.show, made)],
        "file_dep": made,
        "task_dep": [f"history:{target.name}"],
        "params": [FRESH],
        "uptodate": [Upstream(*(f"{name}:{target.name}" for name in ("render", "report", "history")))],
        "title": lambda task: f"{task.name} => {made[0]}",
        "verbosity": 2,
    }


def _open(target: Target) -> TaskDict:
    picture = SVG(target)
    return {
        "basename": "open",
        "name": target.name,
        "doc": DOCS["open"],
        "actions": [(showing.open_browser, picture)],
        "file_dep": picture,
        "uptodate": [False],
        "title": lambda task: f"{task.name} => {picture[0]}",
        "verbosity": 2,
    }


def _history(target: Target) -> TaskDict:
    profiles, folder = files.profiles(target), Path(files.made(target, "history"))

    def keep() -> None:
        from datetime import UTC, datetime  # not at the top: doit reads this each time it starts

        from resq_flame import history, manifest

        if not target.keep:
            return
        captured = manifest.read(folder.parent / "manifest.json").get("capture", {})
        started = captured.get("started")
        when = (
            datetime.fromisoformat(str(started))
            if started
            else datetime.fromtimestamp(os.stat(profiles[0]).st_mtime, UTC)
        )
        history.add(folder, [Path(path).read_bytes() for path in profiles], when, str(captured.get("revision", "")))
        history.prune(folder, target.keep, target.days, datetime.now(UTC))

    def kept_before() -> bool:
        return not target.keep or folder.is_dir()

    return {
        "basename": "history",
        "name": target.name,
        "doc": DOCS["history"],
        "actions": [keep],
        "file_dep": profiles,
        "uptodate": [
            Upstream(f"fold:{target.name}"),
            kept_before,
            Same(lambda: {"[history]": digest(map(str, (target.keep, target.days)))}),
        ],
        "title": lambda task: f"{task.name} => {folder}/",
        "verbosity": 2,
    }


def _trend(target: Target, inside: dict[str, str]) -> TaskDict:
    page, folder, flags = files.made(target, "trend.html"), files.made(target, "history"), _filters(target)

    def ready() -> TaskFailed | None:
        return None if os.path.isdir(folder) else TaskFailed(f"{folder}: expected profiles of the past, found none")

    def made_of() -> Digests:
        kept = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return {"profiles of the past": digest(kept), "options": digest(flags), "code": version.code("trend")}

    return {
        "basename": "trend",
        "name": target.name,
        "doc": DOCS["trend"],
        "actions": [
            ready,
            Program(
                target, "trend", lambda: [*flags, f"--title={target.name}", f"--output={page}", "--", folder], inside
            ),
        ],
        "task_dep": [f"history:{target.name}"],
        "targets": [page],
        "uptodate": [Upstream(f"history:{target.name}"), Same(made_of)],
        "title": showing.title,
        "verbosity": 2,
        "clean": True,
    }


def _filters(target: Target) -> list[str]:
    """The target's, of which a share that is left out is none for a trend: each profile would lose another."""
    return [flag for flag in target.flags["merge"] if not flag.startswith("--min-share")]


def targets(known: list[Target]) -> TaskDict:
    """The task of a bare ``doit``: it names what can be profiled, and profiles nothing."""

    def show() -> None:
        for target in known:
            print(f"doit profile:{target.name:<16} {SOURCES[target.source].target} ({target.path})")
        if not known:
            print("no targets: each is a file pipelines/NAME.toml (resq-flame init writes some)")

    def tell() -> None:
        print(
            "doit clean --clean-all removes all that was made; doit clean -c profile:NAME what was made of one target"
        )

    return {
        "basename": "targets",
        "doc": "name the targets",
        "actions": [show],
        "title": lambda task: f"{task.name}: what can be profiled",
        "uptodate": [False],
        "verbosity": 2,
        "clean": [tell],
    }
