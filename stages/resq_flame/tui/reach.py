"""Whether what is to be profiled can be reached right now. No request is sent, so no secret is either."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from resq_flame.stage import StageError, UsageError

PATIENCE = 2.0
"""Seconds that a connection may take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether it can be reached, None where that is not known, and what was found."""

    ok: bool | None
    said: str


async def look(source: str, values: Mapping[str, str], command: tuple[str, ...] = ()) -> Finding:
    """What there is behind the values of a form."""
    if command:
        return Finding(None, f"starts {' '.join(command)}")
    if values.get("pid"):
        return await asyncio.to_thread(_process, int(values["pid"]))
    if source in ("hce", "api"):
        return await _address(values.get("url", ""))
    if source in ("python", "pdie"):
        return await asyncio.to_thread(_listener, values.get("url", ""))
    if source in ("perf", "offcpu"):
        return await asyncio.to_thread(_machine)
    return Finding(None, "")


async def _address(url: str) -> Finding:
    from resq_flame.capture.listeners import port_of

    try:
        port = port_of(url)
    except UsageError:
        return Finding(None, "")
    host = urlsplit(url).hostname or ""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return Finding(False, f"{host}:{port} does not answer")
    except OSError as error:
        refused = isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error)
        return Finding(False, f"nobody listens on {host}:{port}" if refused else f"{host}: {error.strerror or error}")
    took = time.monotonic() - begun
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return Finding(True, f"{host}:{port} takes connections ({1000 * took:.0f} ms)")


def _process(pid: int) -> Finding:
    from resq_flame.capture import numbers
    from resq_flame.capture.targets import kind_of

    if not numbers.runs(pid):
        return Finding(False, f"pid {pid}: no such process")
    kind = kind_of(pid)
    return Finding(True, f"pid {pid} runs{f' ({kind})' if kind else ''}")


def _listener(url: str) -> Finding:
    from resq_flame.capture import listeners

    try:
        port = listeners.port_of(url)
        pid = listeners.listening_on(port)
    except UsageError:
        return Finding(None, "")
    except StageError:
        return Finding(False, f"nobody listens on port {port}: start the service, or give a process")
    found = _process(pid)
    return Finding(found.ok, f"{found.said}, listens on port {port}")


def _machine() -> Finding:
    from resq_flame.capture import machine

    for finding in (machine.perf(), machine.paranoid()):
        if not finding.ok:
            return Finding(False, f"{finding.name}: {finding.found} ({finding.mend})")
    return Finding(True, "perf may record this system")
