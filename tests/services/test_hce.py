"""resq-capture hce on a real Node service."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import STAGES, environment, run
from requirements import needs
from services import shares
from services.processes import SERVICES, running

SPLIT = {"hashRows": 60.0, "renderTemplate": 30.0, "parseBody": 10.0}
TOKEN, KEY = "t0ken", "k3y"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a running service."""
    command = (needs("node"), str(SERVICES / "hce" / "server.mjs"))
    with running(*command, PORT="0", ADMIN_TOKEN=TOKEN, ADMIN_API_KEY=KEY) as node:
        assert node.stdout is not None
        yield node.stdout.readline().split()[-1]


@pytest.mark.parametrize("secret", [{"RESQ_TOKEN": TOKEN}, {"RESQ_API_KEY": KEY}])
def test_its_hot_functions_are_those_of_the_service(url: str, secret: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "hce.cpuprofile"
    done = run(_command(url, "3000", "-o", str(output)), **secret)
    assert done.stderr.decode() == f"resq-capture: profiling {url}/admin/cpu-profile for 3 s\n"
    assert done.returncode == 0
    shares.check(shares.of_cpuprofile(output), SPLIT)


def test_stdout_has_the_profile(url: str) -> None:
    done = run(_command(url, "200ms"), RESQ_TOKEN=TOKEN)
    assert (done.stdout[:1], done.returncode) == (b"{", 0)


@pytest.mark.parametrize("secret", [{"RESQ_TOKEN": KEY}, {"RESQ_API_KEY": TOKEN}])
def test_the_wrong_secret(url: str, secret: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "old"
    output.write_text("as it was")
    done = run(_command(url, "1", "-o", str(output)), **secret)
    assert done.returncode == 1
    assert b"expected 200, found 401: the service did not accept the credential" in done.stderr
    assert TOKEN.encode() not in done.stderr
    assert KEY.encode() not in done.stderr
    assert output.read_text() == "as it was"


def test_a_service_that_records_for_someone_else_says_so(url: str) -> None:
    asked = urllib.request.Request(
        f"{url}/admin/cpu-profile",
        b'{"durationMs": 4000}',
        {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
    )
    someone = threading.Thread(target=lambda: urllib.request.urlopen(asked).read())
    someone.start()
    time.sleep(1)
    done = run(_command(url, "1"), RESQ_TOKEN=TOKEN)
    someone.join()
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"another profile is being recorded" in done.stderr


def test_a_second_capture_at_a_time_waits_its_turn(url: str) -> None:
    with subprocess.Popen(
        _command(url, "4"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(RESQ_TOKEN=TOKEN)
    ) as first:
        time.sleep(2)
        second = run(_command(url, "1"), RESQ_TOKEN=TOKEN)
        assert first.communicate(timeout=30)[0].startswith(b"{")
    assert (second.returncode, second.stdout[:1]) == (0, b"{")
    assert b"waiting for another capture of the same to end" in second.stderr


def _command(url: str, duration: str, *more: str) -> list[str]:
    return [sys.executable, str(STAGES / "capture"), "hce", "--url", url, "--duration", duration, *more]
