"""What listens on this machine, what it is written in, and the command that profiles it.

The language is that of the executable: an interpreter by its name or by the libraries that it has mapped, Go and Rust
by what their compilers leave in every binary (``\\xff Go buildinf:``, debug/buildinfo of Go 1.23; ``/rustc/COMMIT``, in
the paths of its standard library's panics).
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

from resq_flame.capture.listeners import Listener, listeners


@dataclass(frozen=True, slots=True)
class Service:
    """A process that listens. What is not known of somebody else's process is empty."""

    port: int
    pid: int | None
    program: str
    kind: str
    profile: str
    """The command that profiles it."""


# By kind, the command; {pid} and {port} stand for those of the process.
PROFILES = {
    "python": "resq-flame python --pid {pid}",
    "node": "resq-flame hce --pid {pid}",
    "bun": "resq-flame hce --url http://localhost:{port}",
    "java": "resq-flame perf --pid {pid}",
    "go": "resq-flame api --url http://localhost:{port} --path /debug/pprof/profile",
    "rust": "resq-flame api --url http://localhost:{port}",
    "": "resq-flame perf --pid {pid}",
}

_BY_NAME = (
    (re.compile(r"python[\d.]*t?|pypy[\d.]*|uwsgi.*"), "python"),
    (re.compile(r"node(js)?"), "node"),
    (re.compile(r"bun(\.exe)?"), "bun"),
    (re.compile(r"java"), "java"),
)
_BY_LIBRARY = ((re.compile(r"/libpython3"), "python"), (re.compile(r"/libjvm\.so"), "java"))
_BY_CONTENT = ((b"\xff Go buildinf:", "go"), (b"/rustc/", "rust"))


def services() -> list[Service]:
    return [_service(one) for one in listeners()]


def report(*, as_json: bool = False, services: Callable[[], list[Service]] = services) -> str:
    """A table of who listens, by port, or a JSON array."""
    found = services()
    if as_json:
        return json.dumps([asdict(one) for one in found], indent=2)
    if not found:
        return "nothing listens on this machine"
    rows = [("PORT", "PID", "PROGRAM", "KIND", "PROFILE IT BY")]
    rows += [(str(one.port), str(one.pid or "?"), one.program or "?", one.kind or "?", one.profile) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    hidden = any(one.pid is None for one in found)
    return "\n".join(lines + ["? is somebody else's (run with sudo), or in another container"] * hidden)


def kind_of(pid: int) -> str:
    """python, node, bun, java, go, rust, or nothing where that cannot be told."""
    try:
        name = os.path.basename(os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)"))
    except OSError:
        return ""
    for pattern, kind in _BY_NAME:
        if pattern.fullmatch(name):
            return kind
    return _by_libraries(pid) or _by_content(pid)


def _service(listener: Listener) -> Service:
    pid, port = listener.pid, listener.port
    if pid is None:
        return Service(port, None, "", "", "")
    kind = kind_of(pid)
    return Service(port, pid, _program(pid), kind, PROFILES[kind].format(pid=pid, port=port))


def _program(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", errors="replace") as comm:
            return "".join(character for character in comm.read().strip() if character.isprintable())
    except OSError:
        return ""


def _by_libraries(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/maps", errors="replace") as maps:
            text = maps.read()
    except OSError:
        return ""
    return next((kind for pattern, kind in _BY_LIBRARY if pattern.search(text)), "")


def _by_content(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/exe", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return next((kind for mark, kind in _BY_CONTENT if content.find(mark) >= 0), "")
    except (OSError, ValueError):
        return ""
