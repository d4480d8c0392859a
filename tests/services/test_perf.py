"""resq-capture perf: by pid, by command, by control group, system-wide; and every way that it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from captures import folding
from programs import environment, error_line, run, run_stage
from requirements import needs, unmet
from services import native
from services.processes import leftovers, running

RATE = ("--rate", "499")  # more samples than by default, so that a busy machine has enough of them
SPLIT = {"hash_rows": 50.0, "render_template": 30.0, "read_zeros": 20.0}
STACK = ";main;handle_request;"


@pytest.fixture(scope="module")
def burner(tmp_path_factory: pytest.TempPathFactory) -> str:
    needs("perf")
    if os.geteuid() != 0:
        unmet("perf sees the kernel and the whole system as root only")
    return native.compiled("burner", tmp_path_factory.mktemp("native"))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file that must stay as it is unless there is a new profile."""
    file = tmp_path / "app.perf"
    file.write_text("as it was")
    return file


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the captures of one test put temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def check(profile: Path, burner: str) -> None:
    """User and kernel frames, in the program's own split."""
    assert native.shares(profile, burner, SPLIT) == pytest.approx(SPLIT, abs=10)
    stacks = [stack for stack in folding(profile)[0].stacks if STACK in stack]
    assert any(stack.endswith(";hash_rows") for stack in stacks)
    assert any(";read_zeros;" in stack and ";do_syscall_64;" in stack for stack in stacks)


def test_a_process(burner: str, output: Path) -> None:
    with running(burner) as process:
        done = run_stage("capture", "perf", *RATE, "--pid", str(process.pid), "-d", "4s", "-o", str(output))
        assert process.poll() is None
    assert done.stderr.decode() == f"resq-capture: profiling pid {process.pid} for 4 s\n"
    assert done.returncode == 0
    check(output, burner)


def test_a_command(burner: str, output: Path) -> None:
    done = run_stage("capture", "perf", *RATE, "-d", "4s", "-o", str(output), "--", burner)
    assert (done.returncode, done.stderr) == (0, f"resq-capture: profiling {Path(burner).name} for 4 s\n".encode())
    check(output, burner)
    assert leftovers(burner) == []


def test_the_whole_system(burner: str, output: Path) -> None:
    with running(burner):
        done = run_stage("capture", "perf", *RATE, "-d", "4s", "-o", str(output))
    assert done.returncode == 0, done.stderr
    check(output, burner)


def test_a_control_group(burner: str, output: Path) -> None:
    with running(burner) as inside, running(burner), control_group(inside.pid) as group:
        done = run_stage("capture", "perf", *RATE, "--cgroup", group, "-d", "4s", "-o", str(output))
        by_id = run_stage("capture", "perf", "--container", group.removeprefix("docker-"), "-d", "1s")
    assert done.returncode == 0, done.stderr
    assert by_id.returncode == 0, by_id.stderr
    check(output, burner)
    assert f" {inside.pid}/{inside.pid} " in output.read_text().splitlines()[0]


def test_dwarf_unwinds_without_frame_pointers(burner: str, output: Path) -> None:
    done = run_stage(
        "capture", "perf", *RATE, "-d", "4s", "--call-graph", "dwarf,4096", "-o", str(output), "--", burner
    )
    assert done.returncode == 0, done.stderr
    check(output, burner)


def test_a_tracepoint_counts_each_time(burner: str, output: Path) -> None:
    done = run_stage("capture", "perf", "-d", "2s", "-e", "sched:sched_switch", "-o", str(output), "--", burner)
    assert done.returncode == 0, done.stderr
    assert "sched:sched_switch:" in output.read_text()


def test_the_commands_own_output_is_not_the_profile(burner: str) -> None:
    done = run_stage(
        "capture", "perf", "-d", "2s", "--", "sh", "-c", f"cat; echo out; {burner} 9", stdin=b"from stdin\n"
    )
    assert done.returncode == 0
    assert {b"from stdin", b"out"} <= set(done.stderr.splitlines())
    assert b"from stdin" not in done.stdout
    assert b"hash_rows" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_stopping_keeps_what_was_recorded(
    burner: str, output: Path, temporary: Path, number: signal.Signals, share: float
) -> None:
    command = _command(*RATE, "-d", "10s", "-o", str(output), "--", burner, mark := f"1e6.{uuid.uuid4().int}")
    start = time.monotonic()
    capture = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(TMPDIR=str(temporary)))
    time.sleep(10 * share)
    capture.send_signal(number)
    _, err = capture.communicate(timeout=30)
    assert capture.returncode == 0, err
    assert time.monotonic() - start < 10 * share + 8
    assert b"resq-capture: stopped early; what was recorded until then is kept" in err
    assert native.shares(output, burner, SPLIT) == pytest.approx(SPLIT, abs=15)
    assert leftovers(mark) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("burner")
def test_a_command_that_ignores_sigterm_is_ended(output: Path) -> None:
    mark = f"marker-{uuid.uuid4()}"
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: '{mark}'"
    done = run_stage("capture", "perf", "-d", "1s", "-o", str(output), "--", sys.executable, "-c", stubborn)
    assert done.returncode == 0, done.stderr
    assert leftovers(mark) == []


def test_a_target_that_is_killed_meanwhile_keeps_its_samples(burner: str, output: Path) -> None:
    with running(burner) as process:
        command = _command(*RATE, "--pid", str(process.pid), "-d", "30", "-o", str(output))
        capture = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment())
        time.sleep(4)  # until it samples, also on a busy machine
        process.kill()
        process.wait()
        _, err = capture.communicate(timeout=20)
    assert capture.returncode == 0, err
    assert f"pid {process.pid} ended before the time was over".encode() in err
    check(output, burner)


@pytest.mark.usefixtures("burner")
def test_a_process_that_only_waits(output: Path) -> None:
    with running(needs("sleep"), "60") as sleeper:
        done = run_stage("capture", "perf", "--pid", str(sleeper.pid), "-d", "1", "-o", str(output))
    assert done.returncode == 1
    assert b"expected samples, found none: it only waited the whole time" in done.stderr
    assert output.read_text() == "as it was"


def test_a_full_disk_under_the_output(burner: str, temporary: Path) -> None:
    done = run(_command("-d", "1s", "-o", "/dev/full", "--", burner), TMPDIR=str(temporary))
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert leftovers(burner) == []
    assert list(temporary.iterdir()) == []


def test_a_full_disk_under_the_recording(burner: str, output: Path, temporary: Path) -> None:
    full = ["-t", "tmpfs", "-o", "size=200k", "none", str(temporary)]
    if subprocess.run([needs("mount"), *full], check=False).returncode:
        unmet("this root cannot mount a small file system")
    try:
        command = _command("-d", "5s", "--rate", "999", "--call-graph", "dwarf", "-o", str(output), "--", burner)
        done = run(command, TMPDIR=str(temporary))
    finally:
        subprocess.run(["umount", str(temporary)], check=True)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert f"{temporary} is full".encode() in done.stderr
    assert output.read_text() == "as it was"
    assert leftovers(burner) == []


@pytest.mark.usefixtures("burner")
def test_without_capabilities_it_names_the_command_that_mends(output: Path) -> None:
    if "-1" in Path("/proc/sys/kernel/perf_event_paranoid").read_text():
        unmet("kernel.perf_event_paranoid is -1: everybody may profile everything")
    weak = [needs("setpriv"), "--bounding-set=-perfmon,-sys_admin", "--inh-caps=-perfmon,-sys_admin"]
    done = run([*weak, *_command("-d", "1s", "-o", str(output))])
    assert done.returncode == 1
    assert b"run with sudo, or sudo sysctl kernel.perf_event_paranoid=0" in done.stderr
    assert output.read_text() == "as it was"


@pytest.mark.usefixtures("burner")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--event", "no-such-event"], "perf list names the events of this machine"),
        (["--cgroup", "no/such/group"], "--cgroup no/such/group: expected a folder below "),
        (["--container", "no-such-container"], "--container no-such-container: no such running container"),
    ],
)
def test_what_is_not_there(output: Path, arguments: list[str], words: str) -> None:
    done = run_stage("capture", "perf", "-d", "1", "-o", str(output), *arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    assert words in done.stderr.decode()
    assert output.read_text() == "as it was"


def test_a_process_that_does_not_exist() -> None:
    assert "pid 999999999: no such process" in error_line(run_stage("capture", "perf", "--pid", "999999999"))


def test_progress_is_for_terminals_only(burner: str, output: Path) -> None:
    import pty

    leader, follower = pty.openpty()
    command = _command("-d", "3s", "-o", str(output), "--", burner)
    done = subprocess.run(command, stderr=follower, env=environment(CI="", TERM="xterm"), check=False, timeout=60)
    os.close(follower)
    shown = os.read(leader, 1 << 16).decode()
    os.close(leader)
    assert done.returncode == 0
    assert "s left (Ctrl-C ends it" in shown


@contextmanager
def control_group(pid: int) -> Iterator[str]:
    """A group of cgroup2 that holds the process, by a name such as docker's."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    root = next((Path(place) for _, place, kind, *_ in mounts if kind == "cgroup2"), None)
    if root is None:
        unmet("no cgroup2 is mounted")
    group = Path(str(root), f"docker-{uuid.uuid4().hex}")
    try:
        group.mkdir()
        (group / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        unmet(f"control groups cannot be made here: {error}")
    try:
        yield group.name
    finally:
        (group.parent / "cgroup.procs").write_text(str(pid))
        for _ in range(50):  # until the kernel has let go of it
            try:
                group.rmdir()
                break
            except OSError:
                time.sleep(0.1)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "resq_flame.capture", "perf", *arguments]


@pytest.mark.usefixtures("burner")
def test_of_a_command_that_ended_before_a_sample_nothing_is_said_to_be_kept(output: Path) -> None:
    done = run_stage("capture", "perf", "-d", "9", "-o", str(output), "--", needs("sleep"), "0.2")
    assert done.returncode == 1
    assert b"ended before the first sample was taken" in done.stderr
    assert b"kept" not in done.stderr
