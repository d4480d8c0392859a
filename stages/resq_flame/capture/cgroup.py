"""The control group of a container, as ``perf record -G`` wants it: a path below the mount of its hierarchy.

perf looks below the mount of the version 1 controller ``perf_event``, else of cgroup2 (tools/perf/util/cgroup.c and
lib/api/fs/cgroup.c of Linux 6.1). /proc/PID/cgroup has a line a hierarchy, the last field being the path:

    7:perf_event:/docker/3f2a9c…
    0::/system.slice/docker-3f2a9c….scope
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from resq_flame.capture import machine
from resq_flame.stage import StageError

ENGINES = {
    "docker": ("inspect", "--format", "{{.State.Pid}}"),
    "podman": ("inspect", "--format", "{{.State.Pid}}"),
    "nerdctl": ("inspect", "--format", "{{.State.Pid}}"),
    "crictl": ("inspect", "--output", "go-template", "--template", "{{.info.pid}}"),
}


def of_user(path: str) -> str:
    """The path itself, without the mount point where the user gave that too. Raises StageError for none such."""
    mount = _mount()
    relative = os.path.relpath(path, mount) if path.startswith(f"{mount}/") else path.strip("/")
    if not (mount / relative).is_dir():
        raise StageError(f"--cgroup {path}: expected a folder below {mount}, found none (systemd-cgls lists them)")
    return relative


def of_container(name: str) -> str:
    """The control group of a container by its name, or its id or the start of that. Raises StageError."""
    for engine, arguments in ENGINES.items():
        if program := shutil.which(engine):
            pid = machine.said(program, *arguments, name).strip()
            if pid.isdigit() and int(pid):
                return _of_process(int(pid))
    if re.fullmatch(r"[0-9a-f]{12,64}", name):
        mount = _mount()
        for folder, folders, _ in os.walk(mount):
            if found := next((one for one in folders if name in one), None):
                return os.path.relpath(os.path.join(folder, found), mount)
    engines = ", ".join(engine for engine in ENGINES if shutil.which(engine)) or "no container engine on PATH"
    raise StageError(
        f"--container {name}: no such running container (asked: {engines}; a full id is found without one; or --cgroup)"
    )


def _of_process(pid: int) -> str:
    paths = {}
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path.strip("/")))
    return paths.get("perf_event", paths.get("", ""))


def _mount() -> Path:
    """Where perf looks."""
    second = None
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup" and "perf_event" in options.split(","):
            return Path(place)
        if kind == "cgroup2":
            second = second or Path(place)
    if second is None:
        raise StageError(
            "--cgroup: expected a mounted cgroup hierarchy, found none (mount -t cgroup2 none /sys/fs/cgroup)"
        )
    return second
