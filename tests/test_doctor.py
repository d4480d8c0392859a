"""resq-flame doctor and targets: on this machine, and on others as their probes would find them."""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path

import pytest

from programs import run
from requirements import needs
from resq_flame import doctor
from resq_flame.capture import machine, targets
from resq_flame.capture.machine import Finding
from services.processes import SERVICES, running

GAPS = {
    "perf": Finding("perf", False, "not installed", "perf, offcpu", "sudo apt install linux-perf"),
    "tracefs": Finding("tracefs", False, "not mounted", "offcpu", "sudo mount -t tracefs nodev /sys/kernel/tracing"),
    "ptrace_scope": Finding("ptrace_scope", False, "1", "python --pid", "sudo sysctl kernel.yama.ptrace_scope=0"),
    "py-spy": Finding("py-spy", False, "not installed", "python", "pip install py-spy"),
}


def resq_flame(*arguments: str) -> str:
    done = run([sys.executable, "-m", "resq_flame.cli", *arguments])
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_doctor_names_every_probe_and_way() -> None:
    text = resq_flame("doctor")
    for name in ("perf", "perf_event_paranoid", "kptr_restrict", "ptrace_scope", "capabilities", "tracefs"):
        assert re.search(rf"^  (ok|--)  {name} ", text, re.MULTILINE)
    for name in doctor.NEEDS:
        assert f" {name}" in text


def test_doctor_as_json() -> None:
    document = json.loads(resq_flame("doctor", "--json"))
    assert len(document["findings"]) == len(machine.PROBES)
    assert [ability["name"] for ability in document["abilities"]] == list(doctor.NEEDS)


def test_every_gap_has_a_remedy() -> None:
    for finding in machine.findings():
        assert finding.ok or (finding.mend and finding.needed_for), finding


@pytest.mark.parametrize(
    ("gap", "impossible"),
    [
        ("perf", {"perf -- COMMAND, perf --pid PID", "perf, the whole system", "offcpu"}),
        ("tracefs", {"offcpu"}),
        ("ptrace_scope", {"python --pid PID"}),
        ("py-spy", {"python -- COMMAND", "python --pid PID"}),
    ],
)
def test_a_gap_forbids_what_needs_it_and_is_mended(gap: str, impossible: set[str]) -> None:
    assert {one.name for one in doctor.abilities([GAPS[gap]]) if not one.possible} == impossible
    assert f"mend: {GAPS[gap].mend}" in doctor.report(findings=lambda: [GAPS[gap]])


def test_each_need_is_a_probe() -> None:
    probes = {finding.name for finding in machine.findings()}
    assert {need for needs_of_it in doctor.NEEDS.values() for need in needs_of_it} <= probes


def test_without_perf_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not machine.perf().ok
    assert "linux-perf" in machine.perf().mend


def test_ubuntus_wrapper_that_finds_no_perf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrapper = tmp_path / "perf"
    wrapper.write_text("#!/bin/sh\necho 'WARNING: perf not found for kernel 6.1.0-9' >&2\nexit 2\n")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (machine.perf().ok, "does not run on kernel" in machine.perf().found) == (False, True)


def test_a_tracefs_that_is_not_mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "TRACEFS", (tmp_path,))
    assert machine.tracefs() == Finding(
        "tracefs", False, "not mounted", "offcpu, tracepoints", f"sudo mount -t tracefs nodev {tmp_path}"
    )


def test_targets_name_a_service_and_the_command_for_it() -> None:
    with running(sys.executable, str(SERVICES / "pdie" / "service.py"), "--port", "0") as service:
        assert service.stdout is not None
        port = int(service.stdout.readline().rpartition(":")[2])
        found = json.loads(resq_flame("targets", "--json"))
        table = resq_flame("targets")
    mine = next(one for one in found if one["port"] == port)
    assert (mine["pid"], mine["kind"]) == (service.pid, "python")
    assert mine["profile"] == f"resq-flame python --pid {service.pid}"
    assert re.search(rf"^{port} +{service.pid} .* resq-flame python --pid {service.pid}$", table, re.MULTILINE)


def test_the_kind_of_a_node_process() -> None:
    with running(needs("node"), "-e", "console.log('ready'); setInterval(() => 0, 1000)") as node:
        assert node.stdout is not None
        node.stdout.readline()
        assert targets.kind_of(node.pid) == "node"


def test_a_program_of_no_known_kind_is_for_perf() -> None:
    with running(needs("sleep"), "60") as sleeper:
        assert targets.kind_of(sleeper.pid) == ""
    assert targets.PROFILES[""] == "resq-flame perf --pid {pid}"


def test_no_service_at_all() -> None:
    assert targets.report(services=list) == "nothing listens on this machine"
    assert json.loads(targets.report(as_json=True, services=list)) == []


def test_a_process_listens_on_its_port_once() -> None:
    from resq_flame.capture import listeners

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert len([one for one in listeners.listeners() if one.port == port]) == 1
