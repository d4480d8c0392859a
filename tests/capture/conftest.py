from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest

from capture.fixed_answer import SECRET, Service


@pytest.fixture
def service() -> Iterator[Callable[..., Service]]:
    """Starts services: ``service(chunk, …, pause=seconds between them, reset=…, tls=…)``."""
    started: list[Service] = []

    def start(*chunks: bytes, pause: float = 0.0, reset: bool = False, tls: ssl.SSLContext | None = None) -> Service:
        started.append(Service(chunks, pause, reset=reset, tls=tls))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The only credential in the environment."""
    monkeypatch.delenv("RESQ_API_KEY", raising=False)
    monkeypatch.setenv("RESQ_TOKEN", SECRET)
    return SECRET
