"""resq-capture api on a real Rust service."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import STAGES, environment, run
from services import built, shares
from services.processes import running

SPLIT = {"hash_rows": 60.0, "render_template": 30.0, "parse_body": 10.0}
KEY = "k3y-of-the-api"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a running service."""
    with running(built.rust_service(), PORT="0", ADMIN_API_KEY=KEY) as service:
        assert service.stdout is not None
        yield service.stdout.readline().split()[-1]


def test_its_hot_functions_are_those_of_the_service(url: str, tmp_path: Path) -> None:
    output = tmp_path / "api.pb"
    done = run(_command(url, "5s", "-o", str(output)), RESQ_API_KEY=KEY)
    assert (done.returncode, done.stderr.decode()) == (0, f"resq-capture: profiling {url}/admin/profile for 5 s\n")
    shares.check(shares.of_folded(output), SPLIT)


def test_the_secret_of_a_file(url: str, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(f"{KEY}\n")
    done = run(_command(url, "1s", "--api-key-file", str(secret)))
    assert (done.returncode, done.stdout[:1]) == (0, b"\n")  # field 1, a message


@pytest.mark.parametrize(
    ("secret", "advice"),
    [
        ({"RESQ_API_KEY": "wr0ng-key"}, "the service did not accept the credential: check $RESQ_API_KEY"),
        ({"RESQ_TOKEN": "wr0ng-key"}, "the service did not accept the credential: check $RESQ_TOKEN"),
        ({}, "the service wants a credential: set $RESQ_API_KEY (x-api-key) or $RESQ_TOKEN (bearer token)"),
    ],
)
def test_the_wrong_secret(url: str, secret: dict[str, str], advice: str, tmp_path: Path) -> None:
    output = tmp_path / "old"
    output.write_text("as it was")
    done = run(_command(url, "1", "-o", str(output)), **secret)
    assert done.returncode == 1
    assert f"expected 200, found 401: {advice}" in done.stderr.decode()
    assert b"wr0ng-key" not in done.stderr
    assert output.read_text() == "as it was"


def test_another_path(url: str) -> None:
    done = run(_command(url, "1", "--path", "/debug/pprof/profile"), RESQ_API_KEY=KEY)
    assert done.returncode == 1
    assert b"found 404: the service has no such endpoint: check --url" in done.stderr


def test_a_target_that_is_killed_meanwhile(tmp_path: Path) -> None:
    output = tmp_path / "old"
    output.write_text("as it was")
    with running(built.rust_service(), PORT="0", ADMIN_API_KEY=KEY) as service:
        assert service.stdout is not None
        address = service.stdout.readline().split()[-1]
        capture = subprocess.Popen(
            _command(address, "30", "-o", str(output)), stderr=subprocess.PIPE, env=environment(RESQ_API_KEY=KEY)
        )
        time.sleep(3)
        service.kill()
        _, err = capture.communicate(timeout=30)
    assert capture.returncode == 1
    assert b"the connection ended in the middle of the answer: did the service stop?" in err
    assert KEY.encode() not in err
    assert output.read_text() == "as it was"


def _command(url: str, duration: str, *more: str) -> list[str]:
    return [sys.executable, str(STAGES / "capture"), "api", "--url", url, "--duration", duration, *more]
