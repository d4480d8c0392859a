"""The processes of this machine: what they are, what they are written in, how busy they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from resq_flame.capture.targets import kind_of


@dataclass(frozen=True, slots=True)
class Process:
    """``cpu`` is in percent of one CPU, since it was looked at before."""

    pid: int
    cpu: float
    kind: str
    command: str


class Processes:
    """Looks again and again, and remembers what does not change."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, float], tuple[psutil.Process, str]] = {}

    def look(self) -> list[Process]:
        """All but this program and the kernel's own threads, in no order."""
        found, seen = [], {}
        for process in psutil.process_iter():
            if process.pid == os.getpid():
                continue
            try:
                key = (process.pid, process.create_time())
                command = " ".join(process.cmdline())
                if not command:  # a thread of the kernel, or a zombie
                    continue
                kept, kind = self._known.get(key) or (process, kind_of(process.pid))
                seen[key] = (kept, kind)
                found.append(Process(process.pid, kept.cpu_percent(), kind, printable(command)))
            except psutil.Error:
                continue  # it ended, or is somebody else's
        self._known = seen
        return found


ORDERS: dict[str, Callable[[Process], tuple[object, ...]]] = {
    "pid": lambda one: (one.pid,),
    "cpu": lambda one: (-one.cpu, one.pid),
    "language": lambda one: (not one.kind, one.kind, -one.cpu, one.pid),
    "command": lambda one: (one.command, one.pid),
}


def chosen(found: list[Process], wanted: str, by: str) -> list[Process]:
    """Those that have every word of ``wanted`` in pid, language or command."""
    words = wanted.lower().split()
    matching = [one for one in found if all(word in f"{one.pid} {one.kind} {one.command}".lower() for word in words)]
    return sorted(matching, key=ORDERS[by])


def alive(pid: int) -> bool:
    """Whether a process still runs: a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
