"""The pipelines as a doit user meets them: list, info, clean, forget, failures, secrets."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from pipeline.checkout import Checkout
from programs import environment
from resq_flame.pipeline import STEPS

SECRET = "s3cr3t-0123456789"


def test_profile_shows_the_report_and_where_the_picture_is(project: Checkout) -> None:
    project.made("report.txt").unlink()
    project.made("flamegraph.svg").unlink()
    project.doit("forget", "profile:burn")
    shown = project.doit("profile:burn").stdout
    assert "hash_rows" in shown
    assert "flame graph: .flame/burn/flamegraph.svg" in shown
    assert "-- profile:burn => .flame/burn/flamegraph.svg" in project.doit("profile:burn").stdout


def test_bare_doit_names_the_targets_and_profiles_nothing(project: Checkout) -> None:
    done = project.doit()
    assert "doit profile:burn" in done.stdout
    assert "doit profile:other" in done.stdout
    assert list(project.results()) == ["targets"]


def test_list_reads_like_help(project: Checkout) -> None:
    ours = {"bench", "docs"}  # tasks of this repository's own dodo.py, beside the pipelines
    lines = [line for line in project.doit("list").stdout.splitlines() if line.split()[0] not in ours]
    assert [line.split()[0] for line in lines] == [
        "baseline", "capture", "diff", "fold", "gate", "history", "merge", "open", "profile", "render", "report",
        "targets", "trend",
    ]  # fmt: skip
    assert all(len(line.split()) > 3 for line in lines)


def statuses(project: Checkout, **variables: str) -> dict[str, str]:
    status = project.doit("list", "--all", "--status", **({"LENGTH": "1s"} | variables)).stdout
    return {line.split()[1]: line[0] for line in status.splitlines() if line.split()[1].endswith(":burn")}


def test_list_tells_what_will_run(project: Checkout) -> None:
    asked = {f"{name}:burn": "R" for name in ("baseline", "diff", "gate", "open", "trend")}
    chain = {f"{name}:burn" for name in (*(step.stage for step in STEPS), "capture", "history", "profile")}
    assert statuses(project) == asked | dict.fromkeys(chain, "U")
    assert statuses(project, LENGTH="2s") == asked | dict.fromkeys(chain, "R")
    project.made("merged.folded").unlink()
    old = {"merge:burn", "render:burn", "report:burn", "profile:burn"}
    assert statuses(project) == asked | dict.fromkeys(chain, "U") | dict.fromkeys(old, "R")


def test_info_names_the_reason(project: Checkout) -> None:
    def info(task: str, **variables: str) -> str:
        return project.doit("info", task, **variables).stdout

    assert "status     : up-to-date" in info("capture:burn", LENGTH="1s")
    assert "variables changed" in info("capture:burn", LENGTH="2s")
    assert "all before it is up to date: capture:burn will run" in info("fold:burn", LENGTH="2s")
    (project.root / "burner.py").write_text("")
    assert "burner.py changed" in info("capture:burn", LENGTH="1s")
    project.made("flamegraph.svg").unlink()
    assert "The following targets do not exist:\n    - .flame/burn/flamegraph.svg" in info("render:burn", LENGTH="1s")


def test_clean(project: Checkout) -> None:
    assert project.doit("clean", "render:burn").returncode == 0
    assert sorted(path.name for path in project.made("").iterdir()) == [
        "capture.pyspy", "history", "manifest.json", "merged.folded", "profile.folded", "report.txt",
    ]  # fmt: skip
    project.doit("clean", "--clean-dep", "profile:burn")
    assert sorted(path.name for path in project.made("").iterdir()) == ["history", "manifest.json"]
    assert project.made("flamegraph.svg", "other").exists()
    assert len(project.ran("profile:burn", LENGTH="1s")) == len(STEPS) + 3


def test_forget(project: Checkout) -> None:
    project.doit("forget", "merge:burn")
    assert project.ran("profile:burn", LENGTH="1s") == ["merge:burn"]


def test_another_folder(project: Checkout) -> None:
    assert project.doit("--dir", str(project.root), "-f", str(project.root / "dodo.py"), "profile:burn").returncode == 0


def test_a_failed_capture_leaves_what_there_was(project: Checkout) -> None:
    before = {path: path.read_bytes() for path in project.made("").rglob("*") if path.is_file()}
    text = project.target().read_text()
    project.target().write_text(text.replace(f'"{sys.executable}", "burner.py"]', '"no-such-program"]'))
    done = project.doit("profile:burn", LENGTH="1s")
    assert done.returncode == 1
    assert "resq-capture failed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert {path: path.read_bytes() for path in project.made("").rglob("*") if path.is_file()} == before


def test_ctrl_c_ends_it_quietly_and_the_next_run_goes_on(project: Checkout) -> None:
    project.made("capture.pyspy").unlink()
    command = [sys.executable, "-m", "doit", "profile:burn"]
    with subprocess.Popen(
        command,
        cwd=project.root,
        env=environment(LENGTH="20s"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stderr is not None
        assert "profiling" in run.stderr.readline()
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all in the foreground
        assert "Traceback" not in run.stderr.read()
    assert run.returncode == 128 + signal.SIGINT
    assert len(project.ran("profile:burn", LENGTH="1s")) == len(STEPS) + 3


def test_an_unset_variable_is_said(project: Checkout) -> None:
    project.doit("forget", "capture:burn")
    done = project.doit("profile:burn")
    assert done.returncode == 1
    assert "pipelines/burn.toml: capture: expected $LENGTH in the environment, found it unset (export" in done.stdout


def test_a_glob_that_matches_nothing_is_said(project: Checkout) -> None:
    text = project.target().read_text()
    project.target().write_text(text.replace('"lib/**"', '"libs/**"'))
    done = project.doit("profile:burn", LENGTH="1s")
    assert done.returncode == 1
    assert "pipelines/burn.toml: capture.watch: expected files, found none that match 'libs/**'" in done.stdout


@pytest.mark.parametrize("task", ["profile:burn", "list"])
def test_a_malformed_target_is_one_line(project: Checkout, task: str) -> None:
    with project.target("other").open("a") as file:
        file.write("[render]\ntitel = 1\n")
    done = project.doit(task)
    assert done.returncode == 3
    assert done.stderr.startswith('ERROR: pipelines/other.toml:9: render.titel: unknown key, did you mean "title"?')
    assert done.stderr.count("\n") == 1


@pytest.fixture
def asked() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A service that refuses everyone: its address, and the credentials of those who asked."""
    headers: list[dict[str, str]] = []

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = {name.lower(): value for name, value in self.headers.items()}
            headers.append({name: given[name] for name in ("authorization", "x-api-key") if name in given})
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", headers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("named", "sent"),
    [
        ('token_env = "MINE"', {"authorization": f"Bearer {SECRET}"}),
        ('api_key_env = "MINE"', {"x-api-key": SECRET}),
        ("", {"authorization": "Bearer of-another-service"}),
    ],
)
def test_a_secret_reaches_its_service_and_nothing_else(
    project: Checkout, asked: tuple[str, list[dict[str, str]]], named: str, sent: dict[str, str]
) -> None:
    url, headers = asked
    project.target("api").write_text(f'[capture]\nsource = "hce"\nurl = "$API"\nduration = 1\n{named}\n')
    done = project.doit("profile:api", API=url, MINE=SECRET, RESQ_TOKEN="of-another-service")
    assert done.returncode == 1
    assert [
        {name: value for name, value in one.items() if name in ("authorization", "x-api-key")} for one in headers
    ] == [sent]
    listed = project.doit("list", "--all", "--deps", "--status", MINE=SECRET, API=url)
    info = project.doit("info", "capture:api", MINE=SECRET, API=url)
    kept = b"".join(path.read_bytes() for path in project.root.rglob("*") if path.is_file())
    said = "".join(one.stdout + one.stderr for one in (done, listed, info)).encode()
    assert SECRET.encode() not in kept + said


def test_doits_database_holds_digests_and_no_options(project: Checkout) -> None:
    project.doit("dumpdb")
    kept = b"".join(path.read_bytes() for path in project.made("..").glob("doit.db*"))
    assert b"capture:burn" in kept
    assert b"--rate" not in kept
    assert b"rate=50" not in kept
