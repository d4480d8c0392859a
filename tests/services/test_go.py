"""resq-capture api on a real Go service: net/http/pprof."""

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

SPLIT = {"main.hashRows": 60.0, "main.renderTemplate": 30.0, "main.parseBody": 10.0}
CPU = ("--path", "/debug/pprof/profile")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a running service, open to all on this machine as Go's own endpoints are."""
    with running(built.go_service(), PORT="0") as service:
        assert service.stdout is not None
        yield service.stdout.readline().split()[-1]


def test_its_hot_functions_are_those_of_the_service(url: str, tmp_path: Path) -> None:
    output = tmp_path / "go.pb"
    done = run(_command(url, *CPU, "-d", "5s", "-o", str(output)))
    # Behind other captures of this machine, it says before that it waits for them.
    said = done.stderr.decode().splitlines()
    assert (done.returncode, said[-1]) == (0, f"resq-capture: profiling {url}/debug/pprof/profile for 5 s")
    shares.check(shares.of_folded(output, skip="runtime."), SPLIT)  # a loop is at times seen in asyncPreempt


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("heap", "main.keepOrders"),
        ("allocs", "main.keepOrders"),
        ("goroutine", "main.countOrder"),
        ("block", "main.countOrder"),
        ("mutex", "main.countOrder"),
    ],
)
def test_other_kinds(url: str, kind: str, function: str, tmp_path: Path) -> None:
    output = tmp_path / "go.pb"
    done = run(_command(url, "--kind", kind, "-o", str(output)))
    assert (done.returncode, done.stderr.decode()) == (0, f"resq-capture: profiling {url}/debug/pprof/{kind}\n")
    assert any(function in stack for stack in shares.stacks_of(output))


def test_a_time_without_allocations_has_no_samples(url: str) -> None:
    done = run(_command(url, "--kind", "heap", "-d", "1"))
    assert done.returncode == 1
    assert b"/debug/pprof/heap?seconds=1: expected samples, found none: nothing was allocated" in done.stderr


def test_it_waits_for_a_service_that_starts(tmp_path: Path, free_port: int) -> None:
    output = tmp_path / "go.pb"
    command = _command(f"http://127.0.0.1:{free_port}", "--kind", "goroutine", "--wait", "30s", "-o", str(output))
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment()) as capture:
        time.sleep(1.5)
        assert capture.poll() is None
        with running(built.go_service(), PORT=str(free_port)):
            _, err = capture.communicate(timeout=40)
    assert (capture.returncode, err.count(b"\n")) == (0, 1)
    assert output.stat().st_size > 0


def test_where_it_wants_a_key_it_gets_one(tmp_path: Path) -> None:
    with running(built.go_service(), PORT="0", ADMIN_API_KEY="k3y-of-go") as service:
        assert service.stdout is not None
        address = service.stdout.readline().split()[-1]
        command = _command(address, "--kind", "goroutine", "-o", str(tmp_path / "go.pb"))
        assert b"the service wants a credential" in run(command).stderr
        assert run(command, RESQ_API_KEY="k3y-of-go").returncode == 0
        assert run([*command, "--header", "X-Api-Key=k3y-of-go"]).returncode == 0


def _command(url: str, *more: str) -> list[str]:
    return [sys.executable, str(STAGES / "capture"), "api", "--url", url, *more]
