"""Takes profiles from running services.

The SOURCES table names them all; each is one module with

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def capture(options: argparse.Namespace) -> Iterable[bytes]: ...

``capture`` yields the profile's own bytes, once they are known to be a profile, and raises StageError where the source
cannot be profiled. Nothing happens before the first chunk is asked for. ``options.command`` is what stood after ``--``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse

PROG = "resq-capture"


@dataclass(frozen=True, slots=True)
class Source:
    """A source as users name it, what it profiles, and the suffix of a file that holds what it yields."""

    name: str
    target: str
    suffix: str
    module_name: str
    binary: bool = False
    runs_command: bool = False

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(f"resq_flame.capture.{self.module_name}")


SOURCES: dict[str, Source] = {
    entry.name: entry
    for entry in (
        Source("hce", "Coordination HCE: Node or Bun", ".cpuprofile", "hce", runs_command=True),
        Source("node", "a Node program, by its inspector or --cpu-prof", ".cpuprofile", "hce", runs_command=True),
        Source("bun", "a Bun program, by --cpu-prof or its endpoint", ".cpuprofile", "hce", runs_command=True),
        Source("api", "Infrastructure API: Rust, Go and others that answer with pprof", ".pb", "api", binary=True),
        Source("python", "a Python process, by py-spy", ".pyspy", "pdie", runs_command=True),
        Source("pdie", "Intelligence PDIE: the same as python", ".pyspy", "pdie", runs_command=True),
        Source(
            "perf",
            "the whole system, a process, a container or a command, by Linux perf",
            ".perf",
            "perf",
            runs_command=True,
        ),
        Source("offcpu", "where processes wait, by Linux perf or bpftrace", ".offcpu", "offcpu", runs_command=True),
        Source("exec", "whatever a command prints", ".profile", "exec", runs_command=True),
        Source("file", "a profile that was recorded before", ".profile", "file"),
    )
}


def take(name: str, options: argparse.Namespace) -> Iterable[bytes]:
    """The profile of the source ``name``, under the options that its ``add_arguments`` defines.

    Raises UsageError where the options do not fit, StageError where the source cannot be profiled.
    """
    from resq_flame.stage import UsageError  # not at the top: doit reads SOURCES each time it starts

    source = SOURCES[name]
    if options.command and not source.runs_command:
        runners = ", ".join(entry.name for entry in SOURCES.values() if entry.runs_command)
        raise UsageError(f"{name} starts no command (the sources that do: {runners})")
    from resq_flame.capture import turn

    return turn.taken(PROG, name, options, cast(Iterable[bytes], source.module.capture(options)))
