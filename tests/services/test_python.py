"""resq-capture python on real processes: by pid, by command, and every way that it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from programs import STAGES, environment, error_line, run, run_stage
from requirements import needs, unmet
from services import shares
from services.processes import SERVICES, leftovers, running

BURNER = str(SERVICES / "pdie" / "service.py")
SPLIT = {"hash_rows": 60.0, "render_template": 30.0, "parse_body": 10.0}
STACK = "main;serve;handle_request;OrderService.create;OrderService.store;hash_rows"

SPIN = "while True: sum(range(1000))"
NOISE = f"""
import sys
print('to stdout', flush=True)
print('to stderr', file=sys.stderr)
print(sys.stdin.read(), flush=True)
{SPIN}
"""
# A command that ignores SIGTERM and starts another that does.
STUBBORN = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
while True: sum(range(1000))
"""


@pytest.fixture
def marker() -> str:
    """A word that the command lines of one test's processes hold."""
    return f"marker-{uuid.uuid4()}"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "app.pyspy"
    file.write_text("as it was")
    return file


def test_a_command_is_profiled_and_ended(output: Path) -> None:
    seconds = f"99.{uuid.uuid4().int % 10**9}"  # tells this burner from others
    done = run_stage(
        "capture", "python", "-d", "4s", "-o", str(output), "--", sys.executable, BURNER, "--seconds", seconds
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"resq-capture: profiling {Path(sys.executable).name} for 4 s\n"
    shares.check(shares.of_pyspy(output), SPLIT)
    assert STACK in re.sub(r" \([^)]*\)", "", output.read_text())
    assert leftovers(seconds) == []


def test_a_process_is_profiled_and_lives_on(output: Path) -> None:
    with running(sys.executable, BURNER) as burner:
        time.sleep(0.5)
        done = run_stage("capture", "pdie", "--pid", str(burner.pid), "-d", "4", "-o", str(output))
        assert burner.poll() is None
    assert (done.returncode, done.stderr.decode()) == (0, f"resq-capture: profiling pid {burner.pid} for 4 s\n")
    shares.check(shares.of_pyspy(output), SPLIT)


def test_the_process_that_listens_on_the_port_of_the_url(output: Path) -> None:
    with running(sys.executable, BURNER, "--port", "0") as burner:
        assert burner.stdout is not None
        url = burner.stdout.readline().split()[-1]
        done = run_stage("capture", "pdie", "--url", url, "-d", "4", "-o", str(output))
    port = url.rpartition(":")[2]
    first, second = done.stderr.decode().splitlines()
    assert done.returncode == 0
    assert re.fullmatch(rf"resq-capture: pid {burner.pid} \('python.*'\) listens on port {port}", first)
    assert second == f"resq-capture: profiling pid {burner.pid} for 4 s"
    # py-spy takes the waiting thread of the HTTP server for an active one now and then: the split is of the others
    found = shares.of_pyspy(output)
    working = sum(found[name] for name in SPLIT)
    shares.check({name: 100 * found[name] / working for name in SPLIT}, SPLIT)


def test_a_service_that_samples_itself_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "pdie.folded"
    with running(sys.executable, BURNER, "--port", "0", ADMIN_API_KEY="k3y-of-pdie") as burner:
        assert burner.stdout is not None
        url = burner.stdout.readline().split()[-1]
        command = [
            str(STAGES / "capture"),
            "python",
            "--url",
            url,
            "--path",
            "/admin/profile",
            "-d",
            "3",
            "-o",
            str(out),
        ]
        assert "found 401" in run(command, RESQ_API_KEY="wr0ng-key").stderr.decode()
        assert run(command, RESQ_API_KEY="k3y-of-pdie").returncode == 0
    found = shares.of_pyspy(out)
    working = sum(found[name] for name in SPLIT)
    shares.check({name: 100 * found[name] / working for name in SPLIT}, SPLIT)


def test_nobody_listens_on_the_port_of_the_url(output: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # a port that is free once this is closed
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    error = error_line(run_stage("capture", "python", "--url", url, "-o", str(output)))
    assert "expected a process that listens on port" in error
    assert "resq-flame targets lists those there are" in error
    assert output.read_text() == "as it was"


def test_the_commands_own_output_is_not_the_profile(marker: str) -> None:
    command = ["python", "-d", "1", "--", sys.executable, "-c", NOISE, marker]
    done = run_stage("capture", *command, stdin=b"from stdin")
    assert done.returncode == 0
    assert all(re.fullmatch(rb".+ \d+", line) for line in done.stdout.splitlines())
    assert {b"to stdout", b"to stderr", b"from stdin"} <= set(done.stderr.splitlines())
    assert b"to std" not in done.stdout


def test_subprocesses_have_their_own_names(tmp_path: Path) -> None:
    script = tmp_path / "forking.py"
    script.write_text(f"import os; os.fork()\n{SPIN}")
    done = run_stage("capture", "python", "-d", "2", "--subprocesses", "--", sys.executable, str(script))
    processes = set(re.findall(rb"process \d+:[^;]*", done.stdout))
    assert len(processes) == 2
    assert all(process.endswith(f'"{sys.executable} {script}"'.encode()) for process in processes)


def test_a_command_that_ends_early_keeps_its_samples(output: Path) -> None:
    done = run_stage("capture", "python", "-d", "30", "-o", str(output), "--", sys.executable, BURNER, "--seconds", "1")
    assert done.returncode == 0
    assert b"ended before the time was over" in done.stderr
    assert "hash_rows" in output.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_keeps_what_was_recorded_and_leaves_no_child(
    number: signal.Signals, output: Path, marker: str
) -> None:
    done = _stopped(number, output, [sys.executable, "-c", STUBBORN, marker])
    assert done.returncode == 0
    assert b"resq-capture: stopped early; the " in done.stderr
    assert "<module>" in shares.of_pyspy(output)
    assert leftovers(marker) == []


def test_a_target_that_is_killed_meanwhile_keeps_its_samples(output: Path) -> None:
    with running(sys.executable, BURNER) as burner:
        capture = subprocess.Popen(
            _command("--pid", str(burner.pid), "-d", "30", "-o", str(output)), stderr=subprocess.PIPE, env=environment()
        )
        time.sleep(4)  # until it samples, also on a busy machine
        burner.kill()
        burner.wait()
        _, err = capture.communicate(timeout=30)
    assert capture.returncode == 0, err
    assert f"pid {burner.pid} ended before the time was over".encode() in err
    assert "hash_rows" in output.read_text()


def test_a_process_that_is_not_python(output: Path) -> None:
    with running(needs("sleep"), "60") as sleeper:
        assert "expected a Python process, found 'sleep'" in _refused(output, "--pid", str(sleeper.pid))


def test_a_command_that_is_not_python(output: Path, marker: str) -> None:
    shell = ["sh", "-c", "sleep 60; :", marker]
    error = _refused(output, "--", *shell)
    assert error.endswith("sh: expected a Python process, found sh; give the interpreter itself: -- python script.py")
    assert leftovers(marker) == []


def test_a_process_that_does_not_exist(output: Path) -> None:
    done = run_stage("capture", "python", "--pid", "999999999", "-o", str(output))
    assert "no such process" in error_line(done)
    assert output.read_text() == "as it was"


def test_a_command_that_fails_at_once(output: Path) -> None:
    done = run_stage("capture", "python", "-o", str(output), "--", "sh", "-c", "echo no such module >&2; exit 3")
    assert done.returncode == 1
    assert b"no such module" in done.stderr
    assert b"ended before the first sample was taken (its own messages are above)" in done.stderr
    assert output.read_text() == "as it was"


def test_a_process_that_holds_no_gil(output: Path) -> None:
    with running(sys.executable, "-c", "print(flush=True); import time; time.sleep(60)") as sleeper:
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        error = _refused(output, "--gil", "--pid", str(sleeper.pid))
    assert "expected samples, found none: no thread held the GIL" in error


def test_a_process_of_someone_else(output: Path) -> None:
    """Root may read everybody's, unless it has laid CAP_SYS_PTRACE down: then nobody's process is out of its reach."""
    if os.geteuid() != 0:
        assert "not allowed to read this process; run with sudo" in _refused(output, "--pid", "1")
        return
    setpriv, python = needs("setpriv"), "/usr/bin/python3"
    if not Path(python).exists():
        unmet(f"{python} is not there for another user to run")
    with running(setpriv, "--reuid=65534", "--clear-groups", python, "-S", "-c", SPIN) as other:
        time.sleep(0.5)
        weak = [setpriv, "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
        command = [*weak, *_command("--pid", str(other.pid), "-d", "1", "-o", str(output))]
        done = subprocess.run(command, capture_output=True, env=environment(), timeout=60, check=False)
    assert done.returncode == 1
    assert b"not allowed to read this process; run with sudo" in done.stderr
    assert output.read_text() == "as it was"


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "resq_flame.capture", "python", *arguments]


def _stopped(number: signal.Signals, output: Path, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """A capture of ``command`` that gets a signal after some samples."""
    arguments = _command("-d", "60", "-o", str(output), "--", *command)
    capture = subprocess.Popen(arguments, stderr=subprocess.PIPE, env=environment())
    time.sleep(4)  # until it samples, also on a busy machine
    capture.send_signal(number)
    _, err = capture.communicate(timeout=30)
    return subprocess.CompletedProcess(arguments, capture.returncode, b"", err)


def _refused(output: Path, *arguments: str) -> str:
    """The last line of a capture that failed as it should."""
    done = run_stage("capture", "python", "-d", "1", "-o", str(output), *arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    assert output.read_text() == "as it was"
    profiling, error = done.stderr.decode().splitlines()
    assert profiling.startswith("resq-capture: profiling ")
    assert error.startswith("resq-capture: ")
    return error
