"""resq-capture offcpu: the time that a real program waits for a timer, a pipe and a lock, as it measures it itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from captures import folding
from programs import environment, error_line, run, run_stage
from requirements import needs, unmet
from services import native
from services.processes import leftovers, running

WAITS = ("wait_timer", "wait_pipe", "wait_lock")


@pytest.fixture(scope="module")
def waiter(tmp_path_factory: pytest.TempPathFactory) -> str:
    needs("perf")
    if os.geteuid() != 0:
        unmet("tracepoints are for root only")
    if not os.access("/sys/kernel/tracing/events/sched/sched_switch/id", os.R_OK):
        unmet("tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing")
    return native.compiled("waiter", tmp_path_factory.mktemp("native"))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "app.offcpu"
    file.write_text("as it was")
    return file


def measured(printed: str) -> dict[str, float]:
    """The seconds of each wait, and of all the time, as the program printed them."""
    return {name: float(seconds) for name, seconds in re.findall(r"(wait_\w+|of) (\d+\.\d+)", printed)}


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """Of each wait, its share of them all."""
    whole = sum(found[name] for name in WAITS)
    return {name: found[name] / whole for name in WAITS}


def test_each_wait_of_a_command_lasts_as_long_as_it_measured(waiter: str, output: Path) -> None:
    done = run_stage("capture", "offcpu", "-d", "60", "-o", str(output), "--", waiter, "4")
    assert done.returncode == 0, done.stderr
    own = measured(done.stderr.decode())
    found = native.totals_of(output, waiter)
    assert {name: found[name] / 1e6 for name in WAITS} == pytest.approx({name: own[name] for name in WAITS}, rel=0.1)
    profile, ledger = folding(output)
    assert (profile.meta.unit, profile.meta.source) == ("microseconds", "offcpu")
    assert not [line for line in ledger.lines() if "was not recorded" in line and "return" in line]


@pytest.mark.parametrize(("engine", "scope"), [("perf", "process"), ("perf", "system"), ("bpftrace", "process")])
def test_each_wait_of_a_process(waiter: str, output: Path, engine: str, scope: str) -> None:
    needs(engine)
    with running(waiter) as process:
        time.sleep(0.5)
        pid = ["--pid", str(process.pid)] if scope == "process" else []
        done = run_stage("capture", "offcpu", *pid, "--engine", engine, "-d", "4s", "-o", str(output))
        assert done.returncode == 0, done.stderr
        assert process.stdout is not None
        process.terminate()  # not before: bpftrace looks names up in the process, at the end
        own = measured(process.stdout.read())
    found = native.totals_of(output, waiter)
    # The thread that writes into the pipe does nothing but wait: its total is how long the recording really was.
    assert found["writer"] == pytest.approx(4e6, rel=0.2)
    assert shares(found) == pytest.approx(shares(own), rel=0.1)
    assert folding(output)[0].meta.unit == "microseconds"


def test_bpftrace_sees_the_whole_system(waiter: str, output: Path) -> None:
    """By task: bpftrace 0.17 may lose stacks where processes end while it looks names up, and then says so."""
    needs("bpftrace")
    with running(waiter):
        done = run_stage("capture", "offcpu", "--engine", "bpftrace", "-d", "4s", "-o", str(output))
    assert done.returncode == 0, done.stderr
    profile, _ = folding(output)
    assert profile.meta.unit == "microseconds"
    threads = 3  # which do nothing but wait
    assert native.totals_of(output, waiter)[Path(waiter).name] == pytest.approx(threads * 4e6, rel=0.15)
    assert len({stack.partition(";")[0] for stack in profile.stacks}) > 1


@pytest.mark.parametrize("engine", ["perf", "bpftrace"])
def test_stopping_keeps_what_was_recorded(waiter: str, output: Path, engine: str) -> None:
    needs(engine)
    with running(waiter) as process:
        command = _command("--pid", str(process.pid), "--engine", engine, "-d", "60", "-o", str(output))
        capture = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment())
        time.sleep(4)  # until it records, also on a busy machine
        capture.send_signal(signal.SIGINT)
        _, err = capture.communicate(timeout=30)
        assert process.poll() is None
    assert capture.returncode == 0, err
    assert b"stopped early; what was recorded until then is kept" in err
    assert native.totals_of(output, waiter)["wait_timer"] > 0
    assert leftovers("offcpu.bt") == []


@pytest.mark.usefixtures("waiter")
@pytest.mark.parametrize("engine", ["perf", "bpftrace"])
def test_without_capabilities_it_names_what_mends(output: Path, engine: str) -> None:
    needs(engine)
    dropped = "-perfmon,-sys_admin,-bpf"
    weak = [needs("setpriv"), f"--bounding-set={dropped}", f"--inh-caps={dropped}"]
    done = run([*weak, *_command("--engine", engine, "-d", "1", "-o", str(output))])
    assert done.returncode == 1
    assert f"{engine} failed: " in done.stderr.decode()
    assert ": run with sudo" in done.stderr.decode()
    assert output.read_text() == "as it was"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--engine", "bpftrace", "--", "true"], "--engine bpftrace knows no command after --"),
        (["--engine", "bpftrace", "--cgroup", "x"], "--engine bpftrace knows no --cgroup"),
        (["--pid", "1", "--", "true"], "expected either --pid or a command after --, found both"),
    ],
)
def test_what_does_not_fit_together(arguments: list[str], words: str) -> None:
    assert words in error_line(run_stage("capture", "offcpu", *arguments), 2)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "resq_flame.capture", "offcpu", *arguments]
