"""resq-capture hce on Bun. It books what it inlines to the caller: names are tested, shares are not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs import STAGES, run
from services import built, shares
from services.processes import SERVICES, leftovers, running

SERVER = str(SERVICES / "hce-bun" / "server.ts")
TOKEN = "t0ken-of-bun"
WAITING = "console.log('ready'); setInterval(() => {}, 1000)"
HOT = {"hashRows", "renderTemplate", "parseBody", "handleOrder"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a running service."""
    with running(built.bun(), SERVER, PORT="0", ADMIN_TOKEN=TOKEN) as bun:
        assert bun.stdout is not None
        yield bun.stdout.readline().split()[-1]


def test_its_endpoint(url: str, tmp_path: Path) -> None:
    output = tmp_path / "hce.cpuprofile"
    done = run(_command("--url", url, "-d", "3s", "-o", str(output)), RESQ_TOKEN=TOKEN)
    assert (done.returncode, done.stderr.decode()) == (0, f"resq-capture: profiling {url}/admin/cpu-profile for 3 s\n")
    _check(output)


def test_the_wrong_secret(url: str) -> None:
    done = run(_command("--url", url, "-d", "1s"), RESQ_TOKEN="wr0ng-token")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"found 401" in done.stderr
    assert b"wr0ng-token" not in done.stderr


def test_a_command(tmp_path: Path) -> None:
    output = tmp_path / "hce.cpuprofile"
    done = run(_command("-d", "3s", "-o", str(output), "--", built.bun(), SERVER), PORT="0")
    assert done.returncode == 0, done.stderr
    assert b"listening on " in done.stderr
    _check(output)
    assert leftovers(str(tmp_path)) == []


def test_a_process_gets_no_signal_of_which_it_would_die() -> None:
    with running(built.bun(), "-e", WAITING) as bun:
        assert bun.stdout is not None
        bun.stdout.readline()
        done = run(_command("--pid", str(bun.pid), "-d", "1s"))
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"Bun's inspector speaks WebKit's protocol" in done.stderr
        assert bun.poll() is None


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "ws://127.0.0.1:{}/id"])
def test_its_inspector_speaks_another_protocol(address: str, free_port: int) -> None:
    with running(built.bun(), f"--inspect=127.0.0.1:{free_port}/id", "-e", WAITING) as bun:
        assert bun.stdout is not None
        bun.stdout.readline()
        done = run(_command("--inspect", address.format(free_port), "-d", "1s"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"speaks WebKit's protocol" in done.stderr


def _check(output: Path) -> None:
    assert {"nodes", "samples", "timeDeltas", "startTime", "endTime"} <= json.loads(output.read_bytes()).keys()
    names = {name for stack in shares.stacks_of(output) for name in stack.split(";")}
    assert {name.partition(" ")[0] for name in names} & HOT


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(STAGES / "capture"), "hce", *arguments]
