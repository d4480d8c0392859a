"""What is to be profiled, and how: the four targets, a pipeline of this repository, a process."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from resq_flame.target import FOLDER, Target, load

SECRETS = {"token": "RESQ_TOKEN", "api_key": "RESQ_API_KEY"}
"""The fields of a form that are secrets, and the variables in which resq-capture looks for them."""

DURATION = "10s"
"""Of a profile that is waited for."""

# By the language of a process, the source that profiles it by its pid; perf knows all others.
SOURCE_OF = {"python": "python", "node": "hce"}
FALLBACK = "perf"


@dataclass(frozen=True, slots=True)
class Plan:
    """A source and the flags of every stage.

    ``given`` are the values that a form starts with, ``fixed`` the flags of the capture that it does not show.
    """

    name: str
    title: str
    source: str
    given: Mapping[str, str] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the stages after the capture."""
    rounds: int = 1
    root: Path = field(default_factory=Path.cwd)
    """The folder in which the capture runs, and under which baselines and earlier runs are kept."""
    secret_from: Mapping[str, str] = field(default_factory=lambda: dict(SECRETS))
    """The variables from which the secrets are taken."""


TARGETS = (
    Plan("hce", "Coordination HCE", "hce"),
    Plan("api", "Infrastructure API", "api"),
    Plan("pdie", "Intelligence PDIE", "pdie"),
    Plan("perf", "Linux Perf", "perf"),
)
REMARKS = {
    "hce": "Node or Bun, over HTTP",
    "api": "Rust, Go: any service that answers with pprof",
    "pdie": "Python, by py-spy",
    "perf": "the whole system, or a process of any language",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A file in pipelines/ that is no target, and why."""

    name: str
    reason: str


def pipelines(here: Path) -> list[Plan | Broken]:
    """Those of this folder, or of the nearest one above that has any."""
    root = next((folder for folder in (here, *here.parents) if any(folder.glob(f"{FOLDER}/*.toml"))), None)
    return [] if root is None else [_pipeline(path, root) for path in sorted(root.glob(f"{FOLDER}/*.toml"))]


def of_process(pid: int, kind: str, title: str) -> Plan:
    """A process that runs, by what fits its language."""
    name = re.sub(r"\W+", "-", os.path.basename(title.split()[0] if title.split() else "")).strip("-") or f"pid-{pid}"
    return Plan(name, title, SOURCE_OF.get(kind, FALLBACK), {"pid": str(pid)})


def _pipeline(path: Path, root: Path) -> Plan | Broken:
    from resq_flame.target import DEFAULTS, TargetError, load_defaults

    try:
        target = load(path, load_defaults(root / DEFAULTS))
    except TargetError as error:
        return Broken(path.stem, str(error).replace(f"{root}/", ""))
    return _plan(target, root)


def _plan(target: Target, root: Path) -> Plan:
    from resq_flame.tui.form import FIELDS

    shown = FIELDS[target.source]
    given: dict[str, str] = {}
    fixed: list[str] = []
    for flag in target.flags["capture"]:
        name, _, value = flag.removeprefix("--").partition("=")
        key = name.replace("-", "_")
        if flag.startswith("--") and key in shown:
            given[key] = value
        else:
            fixed.append(flag)
    title = next((flag.partition("=")[2] for flag in target.flags["render"] if flag.startswith("--title=")), "")
    named = {"token": target.token_env, "api_key": target.api_key_env}
    return Plan(
        target.name,
        title or target.name,
        target.source,
        given,
        tuple(fixed),
        target.command,
        {stage: flags for stage, flags in target.flags.items() if stage != "capture"},
        target.rounds,
        root,
        {key: name for key, name in named.items() if name} if any(named.values()) else dict(SECRETS),
    )
