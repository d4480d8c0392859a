"""What this machine lets us profile: one probe a matter, each with the exact command that mends it.

A capture that fails names the one that applies; ``resq-flame doctor`` lists them all. The kernel's rules are those of
Documentation/admin-guide/perf-security.rst and Documentation/admin-guide/sysctl/kernel.rst of Linux 6.1.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TRACEFS = (Path("/sys/kernel/tracing"), Path("/sys/kernel/debug/tracing"))
SWITCH = "events/sched/sched_switch/id"
_FIRST_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO of include/linux/proc_ns.h
_SYSCTL = Path("/proc/sys/kernel")

# Bits of CapEff in /proc/self/status: include/uapi/linux/capability.h.
CAPABILITIES = {"sys_ptrace": 19, "sys_admin": 21, "syslog": 34, "perfmon": 38, "bpf": 39}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe found: fine, or a gap that ``mend`` closes. A gap that nobody misses has no ``needed_for``."""

    name: str
    ok: bool
    found: str
    needed_for: str = ""
    mend: str = ""


def findings() -> list[Finding]:
    return [probe() for probe in PROBES]


def may(*capabilities: str) -> bool:
    """Whether this process has one of these capabilities (root has them all, unless it laid them down)."""
    held = _capabilities()
    return any(held >> CAPABILITIES[name] & 1 for name in capabilities)


def sysctl(name: str) -> int | None:
    """The value of kernel.NAME, or None where this kernel has none."""
    try:
        return int((_SYSCTL / name).read_text())
    except (OSError, ValueError):
        return None


def perf() -> Finding:
    path = shutil.which("perf")
    install = f"sudo apt install linux-perf (Debian), linux-tools-{_kernel()} (Ubuntu) or perf (Fedora)"
    if path is None:
        return Finding("perf", False, "not installed", "perf, offcpu", install)
    version = re.search(r"perf version (\S+)", said(path, "--version"))
    if version is None:  # Ubuntu's wrapper, which looks for the perf of the running kernel
        return Finding("perf", False, f"{path} does not run on kernel {_kernel()}", "perf, offcpu", install)
    older = _numbers(version[1]) < _numbers(_kernel())
    note = ": older, which is fine for what is used here" if older else ""
    return Finding("perf", True, f"{version[1]}, on kernel {_kernel()}{note}")


def paranoid() -> Finding:
    name, value = "perf_event_paranoid", sysctl("perf_event_paranoid")
    if value is None:
        return Finding(
            name, False, "this kernel has no perf events", "perf, offcpu", "a kernel with CONFIG_PERF_EVENTS"
        )
    if may("perfmon", "sys_admin"):
        return Finding(name, True, f"{value}, which does not bind this user")
    if value <= -1:
        return Finding(name, True, str(value))
    needed = {0: "offcpu", 1: "perf system-wide, offcpu"}.get(value, "perf system-wide and kernel frames, offcpu")
    if value > 2:
        needed = "perf (all of it), offcpu"
    return Finding(name, False, str(value), needed, paranoid_mend(-1))


def paranoid_mend(level: int) -> str:
    return f"sudo sysctl kernel.perf_event_paranoid={level}"


def kptr_restrict() -> Finding:
    value = sysctl("kptr_restrict")
    hidden = value is not None and (value > 1 or (value == 1 and not may("syslog")))
    mend = "sudo sysctl kernel.kptr_restrict=0"
    return Finding("kptr_restrict", not hidden, str(value), *(("names of kernel frames", mend) if hidden else ()))


def ptrace_scope() -> Finding:
    try:
        value = int(Path(_SYSCTL, "yama/ptrace_scope").read_text())
    except (OSError, ValueError):
        return Finding("ptrace_scope", True, "none (no Yama)")
    if value == 0 or (value < 3 and may("sys_ptrace")):
        return Finding("ptrace_scope", True, str(value))
    mend = "reboot (3 holds until then)" if value == 3 else "sudo sysctl kernel.yama.ptrace_scope=0"
    return Finding("ptrace_scope", False, str(value), "python --pid", mend)


def capabilities() -> Finding:
    held = [name for name in CAPABILITIES if may(name)]
    missing = [name for name in CAPABILITIES if name not in held]
    if not missing:
        return Finding("capabilities", True, "all that profilers use")
    found = f"without cap_{', cap_'.join(missing)}"
    return Finding("capabilities", False, found, "processes of other users, kernel frames", "run with sudo")


def tracefs() -> Finding:
    for place in TRACEFS:
        if os.access(place / SWITCH, os.R_OK):
            return Finding("tracefs", True, str(place))
    if any(map(_mounted, TRACEFS)):
        found, mend = "mounted, not readable for this user", f"sudo mount -o remount,mode=755 {TRACEFS[0]}"
    else:
        found, mend = "not mounted", f"sudo mount -t tracefs nodev {TRACEFS[0]}"
    return Finding("tracefs", False, found, "offcpu, tracepoints", mend)


def hardware_counters() -> Finding:
    devices = Path("/sys/bus/event_source/devices")
    if any(devices.glob("cpu*")) or any(devices.glob("armv8_*")):
        return Finding("hardware counters", True, "there")
    return Finding("hardware counters", True, "none (a virtual machine?): perf samples by cpu-clock")


def containers() -> Finding:
    inside = next((mark for mark in ("/.dockerenv", "/run/.containerenv") if os.path.exists(mark)), None)
    if inside and os.readlink("/proc/self/ns/pid") != _FIRST_PID_NAMESPACE:
        found = f"this is one ({inside}): it sees its own processes only"
        mend = "docker run --pid=host --cap-add SYS_PTRACE --cap-add PERFMON --cap-add BPF …"
        return Finding("containers", False, found, "processes outside of it", mend)
    engines = [name for name in ("docker", "podman", "nerdctl", "crictl") if shutil.which(name)]
    if inside:
        return Finding("containers", True, f"this is one ({inside}), which sees the processes of the whole machine")
    return Finding("containers", True, f"by {', '.join(engines)}" if engines else "none of ours, no engine found")


def py_spy() -> Finding:
    beside = os.path.join(os.path.dirname(sys.executable), "py-spy")
    path = shutil.which(beside) or shutil.which("py-spy")
    if path is None:
        return Finding("py-spy", False, "not installed", "python", "pip install py-spy")
    return Finding("py-spy", True, said(path, "--version").removeprefix("py-spy ").strip())


def _program(name: str, *arguments: str, needed_for: str, mend: str) -> Callable[[], Finding]:
    def probe() -> Finding:
        path = shutil.which(name)
        if path is None:
            return Finding(name, False, "not installed", needed_for, mend)
        lines = said(path, *(arguments or ("--version",))).splitlines()
        return Finding(name, True, lines[0].strip().removeprefix(f"{name} ") if lines else str(path))

    return probe


bpftrace = _program("bpftrace", needed_for="offcpu --engine bpftrace", mend="sudo apt install bpftrace")

PROBES: tuple[Callable[[], Finding], ...] = (
    perf,
    paranoid,
    kptr_restrict,
    ptrace_scope,
    capabilities,
    tracefs,
    hardware_counters,
    containers,
    py_spy,
    _program("node", needed_for="commands in Node", mend="https://nodejs.org/en/download"),
    _program("bun", needed_for="commands in Bun", mend="npm install --global bun"),
    bpftrace,
    _program("inferno-flamegraph", needed_for="a comparison only: nothing here needs it", mend="cargo install inferno"),
)


def said(program: str, *arguments: str) -> str:
    """What a program prints about itself, or nothing."""
    import subprocess

    try:
        done = subprocess.run([program, *arguments], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if done.returncode else done.stdout.decode(errors="replace")


def _capabilities() -> int:
    try:
        found = re.search(r"^CapEff:\s*([0-9a-f]+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1], 16) if found else 0


def _mounted(place: Path) -> bool:
    try:
        return f" {place} tracefs " in Path("/proc/mounts").read_text()
    except OSError:
        return False


def _kernel() -> str:
    return os.uname().release


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
