"""Who listens where: the TCP sockets of this machine, and the processes behind them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from resq_flame.stage import StageError, UsageError


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that takes connections; the kernel keeps to itself which process holds that of another user."""

    address: str
    port: int
    pid: int | None


def listeners() -> list[Listener]:
    """By port, each process once a port. Raises StageError where this system does not tell."""
    import psutil

    try:
        sockets = psutil.net_connections("tcp")
    except (psutil.AccessDenied, OSError) as error:
        raise StageError(f"cannot list the sockets of this machine: {error} (run with sudo)") from None
    found = {
        (one.laddr.port, one.pid): Listener(one.laddr.ip, one.laddr.port, one.pid)
        for one in sockets
        if one.status == psutil.CONN_LISTEN and one.laddr
    }
    return sorted(found.values(), key=lambda one: (one.port, one.pid or 0))


def port_of(url: str) -> int:
    """The port of an address. Raises UsageError for what is none."""
    try:
        parts = urlsplit(url)
        port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        port = None
    if not port or not parts.hostname:
        raise UsageError("--url: expected http://HOST:PORT, found something else")
    return port


def listening_on(port: int) -> int:
    """The process that listens there; of several (a server and its forked workers), the first that was started.

    Raises StageError where nobody does, or nobody of ours.
    """
    here = [one for one in listeners() if one.port == port]
    pids = [one.pid for one in here if one.pid is not None]
    if not pids:
        whose = "somebody else's process (run with sudo)" if here else "nobody"
        raise StageError(
            f"expected a process that listens on port {port}, found {whose}; resq-flame targets lists those there are"
            " (or give --pid PID, or a command after --)"
        )
    return min(pids, key=lambda pid: (_started(pid), pid))


def _started(pid: int) -> float:
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return float("inf")
