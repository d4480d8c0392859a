"""resq-capture hce on real Node processes without the endpoint: by pid, by open inspector, by command."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from programs import STAGES, environment, error_line, run
from requirements import needs
from services import shares
from services.processes import SERVICES, leftovers, running

SPLIT = {"hashRows": 60.0, "renderTemplate": 30.0, "parseBody": 10.0}
SERVER = str(SERVICES / "hce" / "server.mjs")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "hce.cpuprofile"
    file.write_text("as it was")
    return file


@pytest.fixture
def node(free_port: int) -> Iterator[subprocess.Popen[str]]:
    """A service that works; its inspector is closed, and will not open where that of another program is."""
    with running(needs("node"), f"--inspect-port={free_port}", SERVER, PORT="0") as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def test_a_process_is_profiled_and_its_inspector_closed_again(
    node: subprocess.Popen[str], free_port: int, output: Path
) -> None:
    done = run(_command("--pid", str(node.pid), "-d", "3s", "-o", str(output)))
    assert (done.returncode, done.stderr.decode()) == (0, f"resq-capture: profiling pid {node.pid} for 3 s\n")
    shares.check(shares.of_cpuprofile(output), SPLIT)
    assert node.poll() is None
    assert not _is_open(free_port)


def test_a_process_that_has_just_started(free_port: int, output: Path) -> None:
    with running(needs("node"), f"--inspect-port={free_port}", SERVER, PORT="0") as node:
        done = run(_command("--pid", str(node.pid), "-d", "1s", "-o", str(output)))
        assert done.returncode == 0, done.stderr
        assert json.loads(output.read_bytes())["samples"]


def test_a_process_that_takes_no_signal(output: Path) -> None:
    deaf = "process.on('SIGUSR1', () => {}).removeAllListeners('SIGUSR1'); setTimeout(console.log, 9000); console.log()"
    with running(needs("node"), "-e", deaf) as node:
        assert node.stdout is not None
        node.stdout.readline()
        assert "found one that does not (--disable-sigusr1?)" in _refused(output, "--pid", str(node.pid))
        assert node.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_stopping_keeps_what_was_recorded(
    number: signal.Signals, part: float, node: subprocess.Popen[str], free_port: int, output: Path
) -> None:
    capture = subprocess.Popen(
        _command("--pid", str(node.pid), "-d", "5s", "-o", str(output)), stderr=subprocess.PIPE, env=environment()
    )
    assert capture.stderr is not None
    assert b"profiling" in capture.stderr.readline()
    time.sleep(5 * part)
    capture.send_signal(number)
    _, err = capture.communicate(timeout=30)
    assert capture.returncode == 0, err
    assert b"stopped early; the samples until then are kept" in err
    assert json.loads(output.read_bytes())["samples"]
    assert not _is_open(free_port)


def test_a_target_that_is_killed_meanwhile(node: subprocess.Popen[str], output: Path) -> None:
    capture = subprocess.Popen(
        _command("--pid", str(node.pid), "-d", "30s", "-o", str(output)), stderr=subprocess.PIPE, env=environment()
    )
    time.sleep(3)
    node.kill()
    _, err = capture.communicate(timeout=30)
    assert capture.returncode == 1
    error = err.decode().splitlines()[-1]
    assert f"pid {node.pid}: the inspector closed the connection during the recording: did it end?" in error
    assert output.read_text() == "as it was"


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "ws://localhost:{}"])
def test_an_inspector_that_is_open_stays_open(address: str, free_port: int, output: Path) -> None:
    with running(needs("node"), f"--inspect={free_port}", SERVER, PORT="0") as node:
        assert node.stdout is not None
        node.stdout.readline()
        for target in (["--inspect", address.format(free_port)], ["--pid", str(node.pid)]):
            done = run(_command(*target, "-d", "1s", "-o", str(output)))
            assert done.returncode == 0, done.stderr
            assert "hashRows" in output.read_text()
            assert _is_open(free_port)


def test_a_port_that_is_taken(node: subprocess.Popen[str], free_port: int, output: Path) -> None:
    with running(needs("node"), f"--inspect={free_port}", "-e", "console.log(1); setInterval(() => {}, 1000)") as other:
        assert other.stdout is not None
        other.stdout.readline()
        error = _refused(output, "--pid", str(node.pid))
    assert "expected its inspector to open within 10 s, found no port" in error


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            (sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)"),
            "expected a Node process, found ",
        ),
        (("sh", "-c", "echo 1; sleep 60; :"), "expected a Node process, found "),
    ],
)
def test_a_process_that_is_not_node_gets_no_signal(program: tuple[str, ...], words: str, output: Path) -> None:
    with running(*program) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert words in _refused(output, "--pid", str(other.pid))
        assert other.poll() is None


def test_a_process_that_does_not_exist(output: Path) -> None:
    assert "no such process" in _refused(output, "--pid", "999999999")


def test_a_command_is_profiled_and_ended(output: Path) -> None:
    command = [needs("node"), SERVER, str(output)]  # the last to tell it from others
    done = run(_command("-d", "3s", "-o", str(output), "--", *command), PORT="0")
    assert done.returncode == 0, done.stderr
    assert b"listening on http" in done.stderr
    shares.check(shares.of_cpuprofile(output), SPLIT)
    assert leftovers(str(output)) == []


def test_a_command_that_ends_early_keeps_its_samples(output: Path) -> None:
    script = "for (let i = 0; i < 3e8; i++); process.exit(3)"
    done = run(_command("-d", "30s", "-o", str(output), "--", needs("node"), "-e", script))
    assert done.returncode == 0, done.stderr
    assert b"node ended with exit code 3; the samples until then are kept" in done.stderr
    assert json.loads(output.read_bytes())["samples"]


def test_stopping_a_command_keeps_what_was_recorded(output: Path) -> None:
    arguments = _command("-d", "60s", "-o", str(output), "--", needs("node"), SERVER, str(output))
    capture = subprocess.Popen(arguments, stderr=subprocess.PIPE, env=environment(PORT="0"))
    time.sleep(4)
    capture.send_signal(signal.SIGINT)
    _, err = capture.communicate(timeout=30)
    assert capture.returncode == 0, err
    assert b"stopped early" in err
    shares.check(shares.of_cpuprofile(output), SPLIT)
    assert leftovers(str(output)) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pid", "1", "--inspect", "h:1"], "expected one target, found --pid and --inspect"),
        (["--pid", "1", "--token", "s3cret"], "--token goes with --url, not with --pid"),
        (["--inspect", "h:1", "--header", "a=s3cret"], "--header goes with --url, not with --inspect"),
        (["--inspect", "9229"], "--inspect: expected HOST:PORT or ws://HOST:PORT/ID"),
        (["--inspect", "http://localhost:9229"], "--inspect: expected HOST:PORT or ws://HOST:PORT/ID"),
        (["--inspect", "ws://user:s3cret@localhost:9229"], "--inspect: expected HOST:PORT"),
        (["--", "sh"], "sh: expected node or bun and its arguments after --"),
    ],
)
def test_what_does_not_fit_together(arguments: list[str], words: str) -> None:
    error = error_line(run(_command(*arguments)), 2)
    assert words in error
    assert "s3cret" not in error


def _is_open(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/json/version", timeout=5) as answer:
            return bool(re.search(b"node.js", answer.read()))
    except URLError:
        return False


def _refused(output: Path, *arguments: str) -> str:
    """The last line of a capture that failed as it should."""
    done = run(_command("-d", "1s", "-o", str(output), *arguments))
    assert (done.returncode, done.stdout) == (1, b"")
    assert output.read_text() == "as it was"
    return error_line(done)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(STAGES / "capture"), "hce", *arguments]
