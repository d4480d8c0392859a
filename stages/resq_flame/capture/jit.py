"""Programs that compile as they run: perf names their frames only by /tmp/perf-PID.map, which they write when told to.

The map is written by the runtime itself (Node: --perf-basic-prof; OpenJDK 17: jcmd PID Compiler.perfmap) in the form of
tools/perf/Documentation/jit-interface.txt, and read by perf script as the profile is converted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

REMEDIES = {
    "node": "start it with node --perf-basic-prof",
    "java": "start it with -XX:+PreserveFramePointer, and before the capture ends: jcmd {pid} Compiler.perfmap",
    "bun": "profile it by resq-capture bun -- bun app.js, or its endpoint (hce)",
}


def notes(pids: Iterable[int] | None) -> Iterator[str]:
    """What to do about processes whose compiled code will have no names; None is every process there is."""
    without: dict[str, list[int]] = {}
    for pid in _all() if pids is None else pids:
        runtime = _runtime(pid)
        if runtime in REMEDIES and not os.path.exists(f"/proc/{pid}/root/tmp/perf-{_pid_inside(pid)}.map"):
            without.setdefault(runtime, []).append(pid)
    for runtime, found in without.items():
        which = f"pid {found[0]}" + (f" and {len(found) - 1} more" if len(found) > 1 else "")
        yield (
            f"{runtime} ({which}) has no map of its compiled code, whose frames will be [unknown]: "
            + REMEDIES[runtime].format(pid=found[0])
        )


def _all() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _runtime(pid: int) -> str:
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)").removesuffix(".exe")
    except OSError:
        return ""


def _pid_inside(pid: int) -> str:
    """The pid that the process itself knows, in a container a different one."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((line.split()[-1] for line in status if line.startswith("NSpid:")), str(pid))
    except OSError:
        return str(pid)


def notes_of_command(command: list[str]) -> Iterator[str]:
    """The same for a command that is yet to be started."""
    runtime = os.path.basename(command[0])
    if runtime == "node" and not any(argument.startswith("--perf-") for argument in command):
        yield f"node has no map of its compiled code, whose frames will be [unknown]: {REMEDIES['node']}"
    elif runtime in ("java", "bun"):
        yield f"the compiled code of {runtime} will be [unknown]: {REMEDIES[runtime].format(pid='PID')}"
