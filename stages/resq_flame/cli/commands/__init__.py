"""The subcommands of ``resq-flame``.

The COMMANDS table names them all, in the order of the help; each is one module with

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(prog: str, options: argparse.Namespace) -> int | None: ...

and a docstring that the command's ``--help`` prints, with examples. ``run`` returns an exit code (None is 0), and
raises StageError or UsageError with the one line for the user. ``options.command`` is what stood after ``--``. The
table holds text only, so that ``resq-flame --help`` imports no command.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

PROFILE, LOOK, COMPARE, PIPELINES, MACHINE = (
    "Profile a service or a process",
    "Look at a profile",
    "Compare and combine",
    "Pipelines and history",
    "This machine",
)
GROUPS = (PROFILE, LOOK, COMPARE, PIPELINES, MACHINE)


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: what the user types, its place in the help and its line there, whether it starts a program."""

    name: str
    group: str
    doc: str
    starts: bool = False

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(f"{__name__}.{self.name}")


COMMANDS: dict[str, Command] = {
    entry.name: entry
    for entry in (
        Command("hce", PROFILE, "the Coordination HCE: a service on Node or Bun", starts=True),
        Command("api", PROFILE, "the Infrastructure API, or another service that answers with pprof"),
        Command("pdie", PROFILE, "the Intelligence PDIE: a service in Python", starts=True),
        Command("python", PROFILE, "a Python process, or a program after --", starts=True),
        Command("node", PROFILE, "a Node process, or a program after --", starts=True),
        Command("bun", PROFILE, "a program that Bun runs", starts=True),
        Command("perf", PROFILE, "the system, a process, a container or a program, by Linux perf", starts=True),
        Command("offcpu", PROFILE, "the same, but where they wait", starts=True),
        Command("demo", PROFILE, "a small program that comes with resq-flame, to see it work"),
        Command("top", PROFILE, "a process, again and again: what it does right now, in the terminal"),
        Command("view", LOOK, "any profile, in the terminal"),
        Command("file", LOOK, "draw a profile of any known format"),
        Command("report", LOOK, "list its functions by what they cost"),
        Command("diff", COMPARE, "draw what changed between two profiles; a gate for CI"),
        Command("merge", COMPARE, "combine profiles, and filter their stacks"),
        Command("init", PIPELINES, "set up pipelines in a repository, for the services found there"),
        Command("run", PIPELINES, "run targets of pipelines/ from capture to picture"),
        Command("history", PIPELINES, "the profiles of the past that a target keeps"),
        Command("trend", PIPELINES, "draw each function's share over the profiles of the past"),
        Command("schema", PIPELINES, "the JSON schema of a target's file, for editors"),
        Command("doctor", MACHINE, "what can be profiled here, and the command that mends each gap"),
        Command("targets", MACHINE, "what listens where, and the command to profile it"),
        Command("man", MACHINE, "the manual, of a command or of all"),
        Command("completion", MACHINE, "complete all this by Tab, in bash, zsh and fish"),
    )
}
