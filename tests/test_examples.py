"""Every example that a program's ``--help`` shows runs, with real services where it names one."""

from __future__ import annotations

import gzip
import importlib
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from programs import ROOT, environment, run
from requirements import needs, unmet
from resq_flame import capture, lock
from resq_flame.cli import definition, overview
from resq_flame.cli.commands import COMMANDS
from services import built
from services.processes import SERVICES, running

FIXTURES = ROOT / "fixtures"
SECRET, NODE, WAITING = "s3cret", "PID-OF-NODE", "PID-OF-ONE-THAT-WAITS"
# Whose profile is recorded, and so needs no more than a second.
RECORDED = re.compile(
    r"(resq-(?:flame|capture) (?:hce|api|pdie|python|node|bun|perf|offcpu|demo)\b)(?!.*(?: -- |heap))"
)
SECONDS = re.compile(r"(--duration) \d+s")
ON_TERMINAL = re.compile(r"resq-flame( top| view|$)")
BURN = "import time\nend = time.time() + 1.5\nwhile time.time() < end: sum(range(100_000)), time.sleep(0.001)\n"
BURN_JS = "const end = Date.now() + 1500; while (Date.now() < end) Math.sqrt(Date.now());\n"
PAST = """
git init -q
git -c user.name=one -c user.email=one@example.org commit -q --allow-empty -m first
git tag v1.4
doit profile:api baseline:api
cp other.cpuprofile app.cpuprofile
resq-flame run api --fresh
cp a.cpuprofile app.cpuprofile
"""
LOCK = re.compile(rf"doit\.db$|\.lock$|/{re.escape(lock.FOLDER)}/")
STACKS = "main;handle_order;parse_body 30\nmain;handle_order;std::sort 50\nmain;idle 20\n"


def documented() -> list[str]:
    """The examples of all programs, in the order of their tables, each once."""
    modules = [importlib.import_module(name) for name in definition.STAGES.values()]
    modules += [source.module for source in capture.SOURCES.values()]
    docs = [overview.DOC, *(module.__doc__ or "" for module in modules)]
    docs += [command.module.__doc__ or "" for command in COMMANDS.values()]
    lines = [line.strip() for doc in docs for line in doc.splitlines() if line.startswith("    ")]
    return list(dict.fromkeys(re.sub(r"\s+# .*", "", line) for line in lines if "resq-" in line))


EXAMPLES = documented()


def answering(*command: str, **variables: str) -> Callable[[ExitStack], str]:
    """The address of a service, from the line with which it starts."""

    def start(stack: ExitStack) -> str:
        service = stack.enter_context(running(*command, PORT="0", **variables))
        assert service.stdout is not None
        return service.stdout.readline().split()[-1].removeprefix("http://")

    return start


def busy(*command: str) -> Callable[[ExitStack], str]:
    """The pid of a process."""
    return lambda stack: str(stack.enter_context(running(*command, PORT="0")).pid)


def stand_ins() -> dict[str, Callable[[ExitStack], str]]:
    """For the processes and addresses that examples name, services that run."""
    node = (needs("node"), str(SERVICES / "hce" / "server.mjs"))
    python = (sys.executable, str(SERVICES / "pdie" / "service.py"))
    return {
        NODE: busy(*node),
        WAITING: busy(sys.executable, "-c", "import time\nwhile True: time.sleep(0.005)"),
        "1234": busy(*python),
        "localhost:8000": answering(*python, "--port", "0"),
        "localhost:5000": answering(*node, ADMIN_TOKEN=SECRET),
        "localhost:8080": answering(built.rust_service(), ADMIN_API_KEY=SECRET),
        "localhost:6060": answering(built.go_service()),
        "127.0.0.1:9229": lambda stack: stack.enter_context(inspected_node()),
    }


@contextmanager
def inspected_node() -> Iterator[str]:
    """The address of the inspector of a Node whose inspector is open."""
    command = [needs("node"), "--inspect=127.0.0.1:0", "-e", "setInterval(() => Math.sqrt(Date.now()), 1)"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split("ws://")[1].split("/")[0]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What examples start: our programs, and those that they profile."""
    folder = tmp_path_factory.mktemp("bin")
    for name in (*definition.PROGRAMS, "python", "doit"):
        (folder / name).symlink_to(Path(sys.executable).with_name(name))
    (folder / "bun").symlink_to(built.bun())
    (folder / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
    (folder / "sudo").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, programs: Path) -> Path:
    """A folder with every file that an example reads."""
    folder = tmp_path_factory.mktemp("prepared")
    profile = FIXTURES / "cpuprofile" / "node-20.20-cpu-prof.cpuprofile"
    for name in ("new", "hosts", ".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"):
        (folder / name).mkdir(parents=True)
    for name in ("app", "a", "b", "before", "before.1", "after", "after.1", "hosts/one"):
        (folder / f"{name}.folded").write_text(STACKS)
    (folder / "hosts/two.folded.gz").write_bytes(gzip.compress(STACKS.encode()))
    for name in ("app", "a", "b", "new/run"):
        shutil.copy(profile, folder / f"{name}.cpuprofile")
    other = gzip.decompress((profile.parent / "node-20.20-http-service.cpuprofile.gz").read_bytes())
    (folder / "other.cpuprofile").write_bytes(other)
    for name in ("run1.folded", "run2.folded"):
        shutil.copy(profile.with_suffix(".folded"), folder / name)
    done = run([sys.executable, "-m", "resq_flame.render", "app.folded", "-o", "app.svg"], cwd=folder)
    assert done.returncode == 0, done.stderr
    for name in ("a.svg", "b.svg", "old-build.svg", "new-build.svg"):
        shutil.copy(folder / "app.svg", folder / name)
    shutil.copy(FIXTURES / "perf-data" / "perf-6.1-fp.perf.data", folder / "perf.data")
    for name, source in (
        ("app.py", BURN),
        ("app.js", BURN_JS),
        ("app.ts", BURN_JS),
        ("app", f"#!{sys.executable}\n{BURN}"),
    ):
        (folder / name).write_text(source)
    (folder / "app").chmod(0o755)
    for name in ("dodo.py", "stages", "fixtures"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "pipelines").mkdir()
    shutil.copy(ROOT / "pipelines" / "demo.toml", folder / "pipelines")
    (folder / "pipelines" / "api.toml").write_text('[capture]\nsource = "file"\nfile = "app.cpuprofile"\n')
    done = run(["bash", "-ec", PAST], cwd=folder, PATH=f"{programs}:{os.environ['PATH']}", HOME=str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "here", symlinks=True))


@pytest.mark.parametrize("example", EXAMPLES)
def test_runs_as_shown(example: str, here: Path, programs: Path) -> None:
    if "sudo " in example and os.geteuid():
        unmet("this example needs root")
    variables = environment(
        PATH=f"{programs}:{os.environ['PATH']}", HOME=str(here), BROWSER="true", TERM="xterm-256color"
    )
    before = contents(here)
    with ExitStack() as stack:
        command = standing_in(example, stack)
        if ON_TERMINAL.search(command):
            code, said = on_terminal(command, here, variables)
        else:
            shell = ["bash", "-o", "pipefail", "-c", command]
            done = subprocess.run(shell, cwd=here, env=variables, capture_output=True, timeout=120, check=False)
            code, said = done.returncode, (done.stdout + done.stderr).decode(errors="replace")
    assert code == 0, f"{command}\n{said}"
    made = [size for path, (size, changed) in contents(here).items() if before.get(path) != (size, changed)]
    assert said or made
    assert all(made), "a file is empty"


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Sizes and times of the files that an example may write."""
    found = [path for path in folder.rglob("*") if path.is_file() and not LOCK.search(str(path))]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def standing_in(example: str, stack: ExitStack) -> str:
    """The example with what runs here in place of what it names, and recordings of a second."""
    command = SECONDS.sub(r"\1 1s", example)
    if "--duration" not in command:
        command = RECORDED.sub(r"\1 --duration 1s", command)
    for program, process in ((r"resq-\w+ (hce|node)", NODE), (r"resq-\w+ offcpu", WAITING)):
        if re.search(program, command):
            command = command.replace("--pid 1234", f"--pid {process}")
    command = re.sub(r"@2\d{3}-\d\d-\d\d", f"@{datetime.now(UTC).date()}", command)
    for name, start in stand_ins().items():
        if name in command:
            command = command.replace(name, start(stack))
    return re.sub(r"RESQ_(\w+)=…", rf"RESQ_\1={SECRET}", _authorized(command))


def _authorized(command: str) -> str:
    """An example that leaves the secret out is for services without one; ours here ask for it."""
    asks = re.search(r"(hce|bun|api)\b.* --url", command)
    return f"RESQ_TOKEN=… {command}" if asks and "RESQ_" not in command and "api" not in command else command


def on_terminal(command: str, cwd: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Run it as at a terminal, look at the first screen, and press q."""
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(cwd)
        os.execvpe("bash", ["bash", "-c", command], variables)
    said, asked, end = b"", False, time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                said += os.read(terminal, 1 << 16)
            except OSError:  # Linux says so that the other end is closed
                break
        elif said and not asked:  # it has drawn, and waits
            os.write(terminal, b"q")
            asked = True
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode(errors="replace")
