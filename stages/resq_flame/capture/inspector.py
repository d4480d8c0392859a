"""Finds Node's inspector, opens it where it is closed, and closes again what it opened.

It listens on 127.0.0.1:9229 or where --inspect says, from SIGUSR1 on (https://nodejs.org/en/learn/getting-started/debugging).
GET /json/version and /json/list, here of Node 20.20, say where the DevTools protocol is spoken:

    {"Browser": "node.js/v20.20.2", "Protocol-Version": "1.1"}
    [{"title": "server.mjs", "webSocketDebuggerUrl": "ws://localhost:9229/534e1cc7-6033-4e55-a621-c48a0014bc14", …}]

Bun 1.4 answers the first with {"Browser": "Bun", "WebKit-Version": …} and the second with 404: its inspector speaks
WebKit's protocol, which knows no Profiler. SIGUSR1 would end Bun.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from resq_flame.capture import PROG, cpuprofile, devtools, duration, http, numbers, stopping, targets
from resq_flame.capture.endpoint import Endpoint, is_loopback
from resq_flame.stage import StageError, UsageError, say

OPENING = 10.0
"""Seconds that a busy Node may take to open its inspector."""

_STARTING = 5.0  # seconds after which a Node has its signal handlers, on a busy machine too
_ANSWER = 5.0
_POLL = 0.1
_SMALL = 1 << 20
_SIGUSR1_BIT = 1 << (signal.SIGUSR1 - 1)

BUN = (
    "Bun's inspector speaks WebKit's protocol, which has no V8 CPU profile: use its endpoint (--url), or start it"
    " under the profiler: resq-capture bun -- bun app.js"
)


def profile(address: str, seconds: float, interval: int, wait: float = 0.0) -> bytes:
    """A CPU profile by the open inspector at HOST:PORT or ws://HOST:PORT/ID. Raises StageError, UsageError."""
    where, socket = _address(address, wait)
    say(PROG, f"profiling {where} for {duration.spoken(seconds)}")
    socket = socket or _socket(_http(where, "/json/list", wait))
    with stopping.politely() as stop:
        found = devtools.cpu_profile(where, socket, seconds, interval, stop)
    cpuprofile.check(where, found)
    return found


def profile_process(pid: int, seconds: float, interval: int) -> bytes:
    """The same of a process. An inspector that was closed before is closed afterwards, whatever happens."""
    where = f"pid {pid}"
    _check_process(pid)
    # From here on signals are only heard: one that broke in would leave the inspector open.
    with stopping.politely() as stop, _inspector(pid) as socket:
        say(PROG, f"profiling {where} for {duration.spoken(seconds)}")
        found = devtools.cpu_profile(where, socket, seconds, interval, stop)
    cpuprofile.check(where, found)
    return found


@contextlib.contextmanager
def _inspector(pid: int) -> Iterator[str]:
    """Where the process is asked; an inspector that was closed is closed again."""
    port = _inspecting(pid)
    opened = port is None
    if port is None:
        port = _open(pid)
    socket = _socket(_http(f"127.0.0.1:{port}", "/json/list"))
    try:
        yield socket
    finally:
        if opened:
            with contextlib.suppress(StageError):  # it ended: then so did its inspector
                devtools.close_inspector(f"pid {pid}", socket)


def _check_process(pid: int) -> None:
    """Raises StageError unless this is a Node process of ours that takes SIGUSR1: other programs die of it."""
    if not numbers.runs(pid):
        raise StageError(f"pid {pid}: no such process (resq-flame targets lists those that listen)")
    kind = targets.kind_of(pid)
    if kind == "bun":
        raise StageError(f"pid {pid}: {BUN}")
    if kind != "node":
        raise StageError(
            f"pid {pid}: expected a Node process, found {kind or _program(pid)}"
            " (resq-flame targets names the command for each)"
        )


def _program(pid: int) -> str:
    try:
        return repr(Path(f"/proc/{pid}/comm").read_text(errors="replace").strip())
    except OSError:
        return "none that can be seen (run with sudo)"


def _open(pid: int) -> int:
    """The port of the inspector that SIGUSR1 opens."""
    while not _takes_sigusr1(pid):
        if _age(pid) > _STARTING:
            raise StageError(
                f"pid {pid}: expected a Node that opens its inspector on SIGUSR1, found one that does not"
                " (--disable-sigusr1?): start it with --inspect"
            )
        time.sleep(_POLL)
    try:
        os.kill(pid, signal.SIGUSR1)
    except PermissionError:
        raise StageError(f"pid {pid}: not allowed to signal this process (run with sudo)") from None
    end = time.monotonic() + OPENING
    while time.monotonic() < end:
        time.sleep(_POLL)
        port = _inspecting(pid)
        if port is not None:
            return port
        if not numbers.runs(pid):
            raise _ended(pid)
    raise StageError(
        f"pid {pid}: expected its inspector to open within {OPENING:g} s, found no port: is 9229 taken by another Node"
        " (its stderr says so), or is it in a container (run resq-capture there)?"
    )


def _age(pid: int) -> float:
    """Seconds since the process started."""
    import psutil

    try:
        return time.time() - psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        raise _ended(pid) from None


def _ended(pid: int) -> StageError:
    return StageError(f"pid {pid}: ended before the first sample was taken")


def _takes_sigusr1(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        raise _ended(pid) from None
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) & _SIGUSR1_BIT)


def _inspecting(pid: int) -> int | None:
    """The port on which the process answers as an inspector."""
    import psutil

    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        raise StageError(f"pid {pid}: not allowed to see the sockets of this process (run with sudo)") from None
    ports = {one.laddr.port for one in sockets if one.status == psutil.CONN_LISTEN}
    # The one that is usual first: services need not be asked.
    return next((port for port in sorted(ports, key=lambda port: (port != 9229, port)) if _is_node(port)), None)


def _is_node(port: int) -> bool:
    try:
        version = _json(_http(f"127.0.0.1:{port}", "/json/version"))
    except StageError:
        return False
    return isinstance(version, dict) and str(version.get("Browser")).startswith("node.js/")


def _address(address: str, wait: float) -> tuple[str, str | None]:
    """HOST:PORT, and the protocol's own address where that was given. Raises UsageError, StageError for Bun's."""
    try:
        parts = urlsplit(address if "://" in address else f"ws://{address}")
        valid = parts.scheme in ("ws", "wss") and parts.hostname and parts.port and "@" not in parts.netloc
    except ValueError:
        valid = None
    if not valid or not address.isascii() or not address.isprintable() or " " in address:
        raise UsageError("--inspect: expected HOST:PORT or ws://HOST:PORT/ID, found something else")
    if parts.path.strip("/"):
        return parts.netloc, address
    version = _json(_http(parts.netloc, "/json/version", wait))
    if isinstance(version, dict) and "WebKit-Version" in version:
        raise StageError(f"{parts.netloc}: {BUN}")
    return parts.netloc, None


def _http(place: str, path: str, wait: float = 0.0) -> Endpoint:
    return Endpoint(f"http://{place}{path}", None, is_loopback(urlsplit(f"http://{place}").hostname or ""), wait=wait)


def _json(source: Endpoint) -> object:
    import orjson

    body = http.fetch(source, "GET", seconds=_ANSWER, limit=_SMALL, stoppable=False)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise StageError(f"{source.url}: expected Node's inspector, found something else") from None


def _socket(source: Endpoint) -> str:
    """Where the protocol is spoken: the path that the inspector names, on the host that we know."""
    listed = _json(source)
    entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    place = next((str(one["webSocketDebuggerUrl"]) for one in entries if "webSocketDebuggerUrl" in one), None)
    if place is None:
        raise StageError(f"{source.url}: expected a program under Node's inspector, found none")
    return urlsplit(place)._replace(netloc=urlsplit(source.url).netloc).geturl()
