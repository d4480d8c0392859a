"""Services that are down, refuse, lie or dawdle: one line, exit 1, the old output untouched, no secret said."""

from __future__ import annotations

import argparse
import gzip
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.fixed_answer import SECRET, Service
from programs import environment
from resq_flame.capture import endpoint, http
from resq_flame.capture.__main__ import main
from resq_flame.stage import StageError

Start = Callable[..., Service]

PROFILE = b'{"nodes":[{"id":1}],"startTime":0,"endTime":9,"samples":[1],"timeDeltas":[0]}'


def answer(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = (
        f"HTTP/1.1 {status}",
        f"content-length: {len(body) if length is None else length}",
        "connection: close",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


REFUSALS = [
    (answer("401 Unauthorized", b'{"error":"bad"}'), 'check $RESQ_TOKEN: it said b\'{"error":"bad"}\''),
    (answer("401 Unauthorized", f"unknown token {SECRET}".encode()), "it said b'unknown token [secret]'"),
    (answer("403 Forbidden"), "must be an administrator's"),
    (answer("404 Not Found", b"<html>no</html>"), "the service has no such endpoint: check --url"),
    (answer("405 Method Not Allowed"), "the service has no such endpoint"),
    (answer("409 Conflict"), "another profile is being recorded"),
    (answer("413 Content Too Large"), "try a shorter --duration"),
    (answer("429 Too Many Requests", b"", "retry-after: 7"), "wait and repeat: it asks to wait 7 s"),
    (answer("500 Internal Server Error"), "found 500: the service failed, its log tells more"),
    (answer("503 Service Unavailable"), "is not ready"),
    (answer("418 I'm a teapot"), "expected 200, found 418"),
    (answer("204 No Content"), "expected 200, found 204"),
    (answer("500 Oops", b"cut", length=99), "found 500"),
    (answer("200 OK"), "expected a CPU profile (JSON with nodes), found nothing"),
    (
        answer("200 OK", b"<!doctype html><title>Sign in</title>"),
        "found a web page: does --url point at the service itself?",
    ),
    (answer("200 OK", PROFILE[:40]), "found JSON that is cut short or damaged (40 bytes"),
    (answer("200 OK", b'{"profile":1}'), "found other JSON: b'{\"profile\":1}'"),
    (answer("200 OK", b"[1]"), "found other JSON"),
    (answer("200 OK", b"\x00\xff\x00"), "found b'\\x00\\xff\\x00'"),
    (answer("200 OK", b"[" * 100_000), "found JSON that is cut short or damaged"),
    (answer("200 OK", PROFILE.replace(b"[1]", b"[]")), "expected samples, found none: try a longer --duration"),
    (answer("200 OK", PROFILE, length=999), "the connection ended in the middle of the answer"),
    (
        answer("200 OK", PROFILE, "content-encoding: gzip"),
        "expected a body compressed as its header says, found it damaged",
    ),
    (
        answer("200 OK", gzip.compress(PROFILE)[:-20], "content-encoding: gzip"),
        "the compressed data ends before its end mark: cut short?",
    ),
    (
        answer("200 OK", gzip.compress(PROFILE)[:-8] + b"damaged ", "content-encoding: gzip"),
        "the compressed data is damaged",
    ),
    (answer("200 OK", PROFILE, "content-encoding: br"), "or with gzip, found content-encoding br"),
    (answer("200 OK", length=5 * 10**9) + b" " * 99, "expected at most 268,435,456 bytes, found more"),
    (b"", "the connection ended in the middle of the answer"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "the connection ended in the middle of the answer"),
]


@pytest.mark.parametrize(("sent", "words"), REFUSALS)
def test_an_answer_that_is_no_profile(
    sent: bytes, words: str, service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert words in refused(service(sent).url, tmp_path, capfd)


def test_a_connection_that_is_reset(service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = service(answer("200 OK", PROFILE[:30], length=999), reset=True).url
    assert "the connection ended in the middle of the answer" in refused(url, tmp_path, capfd)


def test_gzip_for_the_transfer_is_not_part_of_the_profile(service: Start, tmp_path: Path) -> None:
    hce = service(answer("200 OK", gzip.compress(PROFILE), "content-encoding: gzip"))
    assert main(["hce", "--url", hce.url, "-o", str(tmp_path / "x")]) == 0
    assert (tmp_path / "x").read_bytes() == PROFILE


def test_headers_of_the_user_are_sent_and_not_said(
    service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hce = service(answer("403 Forbidden", b"no tenant s3cr3t-tenant"))
    flags = ["--header", "X-Tenant=s3cr3t-tenant", "--header", "Accept: text/x=y"]
    assert main(["hce", "--url", hce.url, *flags, "-o", str(tmp_path / "x")]) == 1
    assert b"x-tenant: s3cr3t-tenant\r\n" in hce.requests[0].lower()
    assert b"accept: text/x=y\r\n" in hce.requests[0].lower()
    assert "no tenant [secret]" in capfd.readouterr().err


def test_a_header_replaces_the_credential_of_its_name(service: Start, tmp_path: Path) -> None:
    hce = service(answer("200 OK", PROFILE))
    assert main(["hce", "--url", hce.url, "--header", "Authorization=Basic eHk=", "-o", str(tmp_path / "x")]) == 0
    assert hce.requests[0].lower().count(b"authorization:") == 1
    assert b"authorization: Basic eHk=\r\n" in hce.requests[0].replace(b"Authorization", b"authorization")


@pytest.mark.parametrize("part", [0.3, 0.9])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_the_old_output(number: signal.Signals, part: float, service: Start, tmp_path: Path) -> None:
    hce = service(answer("200 OK", length=1000), *(b" ",) * 100, pause=0.05)  # 5 s
    output = tmp_path / "old"
    output.write_text("as it was")
    command = [sys.executable, "-m", "resq_flame.capture", "hce", "--url", hce.url, "-d", "5s", "-o", str(output)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(RESQ_TOKEN=SECRET)) as capture:
        assert capture.stderr is not None
        while b"profiling" not in (line := capture.stderr.readline()):
            assert b"waiting for" in line  # its turn
        time.sleep(0.5 + part * 3)
        capture.send_signal(number)
        rest = capture.communicate(timeout=20)[1]
    assert capture.returncode == 128 + number
    assert rest == b""
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old", "as it was")]


def test_a_full_disk(service: Start, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["hce", "--url", service(answer("200 OK", PROFILE)).url, "-o", "/dev/full"]) == 1
    assert capfd.readouterr().err.splitlines()[-1] == "resq-capture: /dev/full: No space left on device"


def test_waiting_for_a_service_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    start = time.monotonic()
    assert main(["hce", "--url", f"http://localhost:{port}", "--wait", "1s", "-o", str(tmp_path / "x")]) == 1
    assert 1 <= time.monotonic() - start < 10
    assert "connection refused" in capfd.readouterr().err


def test_a_service_that_is_not_running(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    assert "connection refused: is the service running" in refused(f"http://localhost:{port}", tmp_path, capfd)


def test_a_host_that_does_not_exist(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "cannot connect" in refused("https://no-such-host.invalid", tmp_path, capfd)


def test_a_service_that_speaks_no_tls(service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = service(answer("400 Bad Request")).url
    assert "cannot connect" in refused(url.replace("http:", "https:"), tmp_path, capfd)


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_no_secret_follows_a_redirect(
    status: str, service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = service(answer("200 OK", PROFILE))
    place = f"location: {other.url}/login?token={SECRET}"
    error = refused(service(answer(status, b"", place)).url, tmp_path, capfd)
    assert f"redirects to '{other.url}/login', where the secret is not sent" in error
    assert other.requests == []


def test_the_profile_is_written_as_it_came_and_asked_for_as_documented(service: Start, tmp_path: Path) -> None:
    hce = service(answer("200 OK", PROFILE))
    output = tmp_path / "hce.cpuprofile"
    assert main(["hce", "--url", hce.url, "--duration", "1500", "--interval", "250", "-o", str(output)]) == 0
    assert output.read_bytes() == PROFILE
    [request] = hce.requests
    assert request.startswith(b"POST /admin/cpu-profile HTTP/1.1\r\n")
    assert f"authorization: bearer {SECRET}".encode() in request.lower()
    assert request.endswith(b'{"durationMs":1500,"intervalUs":250}')


def test_an_api_key_has_a_header_of_its_own(service: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESQ_TOKEN")
    hce = service(answer("200 OK", PROFILE))
    assert main(["hce", "--url", hce.url, "--api-key", "k3y", "-o", str(tmp_path / "x")]) == 0
    assert b"x-api-key: k3y\r\n" in hce.requests[0].lower()
    assert b"authorization" not in hce.requests[0].lower()


def test_proxies_do_not_see_what_stays_on_this_machine(
    service: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, hce = service(answer("502 Bad Gateway")), service(answer("200 OK", PROFILE))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert main(["hce", "--url", hce.url, "-o", str(tmp_path / "x")]) == 0
    assert proxy.requests == []


@pytest.mark.parametrize(
    "chunks",
    [
        (b"",) * 100,
        (b"HTTP/1.1 200 OK\r\n", *(b"x-more: 1\r\n",) * 100),
        (answer("200 OK", length=1000), *(b" ",) * 100),
        (answer("500 Oops", length=1000), *(b" ",) * 100),
    ],
    ids=["silent", "headers that drip", "body that drips", "refusal that drips"],
)
def test_a_service_that_is_too_slow(chunks: tuple[bytes, ...], service: Start) -> None:
    start = time.monotonic()
    with pytest.raises(StageError, match=r"expected an answer within 0.5 s, found it unfinished"):
        http.fetch(asked(service(*chunks, pause=0.1).url), "GET", seconds=0.5)
    assert time.monotonic() - start < 5


def test_an_answer_that_is_too_large(service: Start) -> None:
    endless = service(answer("200 OK", length=10**12), *(b"[" * 65536,) * 1000)
    with pytest.raises(StageError, match="expected at most 1,000,000 bytes, found more"):
        http.fetch(asked(endless.url), "GET", seconds=30, limit=10**6)


def asked(url: str) -> endpoint.Endpoint:
    parser = argparse.ArgumentParser()
    endpoint.add_arguments(parser, url)
    return endpoint.from_arguments(parser.parse_args([]), "/profile")


def refused(url: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """The one error line of a capture that failed as it should."""
    output = folder / "old"
    output.write_text("as it was")
    assert main(["hce", "--url", url, "-d", "1s", "-o", str(output)]) == 1
    out, err = capfd.readouterr()
    assert output.read_text() == "as it was"
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert SECRET not in err
    assert out == ""
    profiling, error = (line for line in err.splitlines() if "waiting for" not in line)  # for its turn
    assert profiling == f"resq-capture: profiling {url}/admin/cpu-profile for 1 s"
    assert error.startswith(f"resq-capture: {url}/admin/cpu-profile: ")
    assert "bug" not in error
    return error
