"""resq-capture pdie over HTTP, and its way to a process on a port of this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from capture.fixed_answer import Service
from resq_flame.capture import listeners
from resq_flame.capture.__main__ import main
from resq_flame.stage import UsageError

PROFILE = b"main (app.py:1);work (app.py:2) 3\n"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"

Start = Callable[..., Service]


def test_a_service_is_asked_for_a_profile(service: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESQ_TOKEN")
    monkeypatch.setenv("RESQ_API_KEY", "k3y")
    pdie, output = service(OK % len(PROFILE) + PROFILE), tmp_path / "x"
    assert main(["pdie", "--url", pdie.url, "--path", "/admin/profile", "-d", "2s", "-o", str(output)]) == 0
    assert output.read_bytes() == PROFILE
    assert pdie.requests[0].startswith(b"GET /admin/profile?seconds=2 HTTP/1.1\r\n")
    assert b"x-api-key: k3y\r\n" in pdie.requests[0].lower()


def test_a_service_that_answers_with_nothing(service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pdie, output = service(OK % 0), tmp_path / "x"
    assert main(["pdie", "--url", pdie.url, "--path", "/admin/profile", "-d", "1s", "-o", str(output)]) == 1
    assert "expected a profile, found nothing" in capfd.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://localhost:8000", 8000), ("http://127.0.0.1", 80), ("https://localhost/", 443), ("http://[::1]:7", 7)],
)
def test_the_port_of_an_address(url: str, port: int) -> None:
    assert listeners.port_of(url) == port


@pytest.mark.parametrize("url", ["localhost", "http://", "http://h:x", "http://h:99999", "ftp://h", "http://h:0"])
def test_no_port_in_an_address(url: str) -> None:
    with pytest.raises(UsageError, match="--url: expected http://HOST:PORT"):
        listeners.port_of(url)


def test_another_machines_processes_are_out_of_reach(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["pdie", "--url", "http://pdie.example:8000", "-d", "1"]) == 2
    assert "py-spy reads processes of this machine only" in capfd.readouterr().err
