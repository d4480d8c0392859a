"""Certificates: whom a capture trusts, and how it shows who it is."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.fixed_answer import SECRET, Service
from capture.test_http import PROFILE, answer
from requirements import needs
from resq_flame.capture.__main__ import main

Start = Callable[..., Service]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only itself vouches for, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9"]
    names = ["-subj", "/CN=resq-flame", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([needs("openssl"), *made, *names, *files], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both


@pytest.fixture
def tls(pem: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(pem))
    context.load_cert_chain(pem)
    return context


def test_a_certificate_that_nobody_vouches_for(
    service: Start, tls: ssl.SSLContext, capfd: pytest.CaptureFixture[str]
) -> None:
    hce = service(answer("200 OK", PROFILE), tls=tls)
    assert main(["hce", "--url", hce.url]) == 1
    out, err = capfd.readouterr()
    assert (out, hce.requests) == ("", [])
    assert "its TLS certificate is not trusted (certificate verify failed: self" in err.splitlines()[1]
    assert "--cacert" in err.splitlines()[1]
    assert SECRET not in err


def test_one_that_the_user_trusts(service: Start, tls: ssl.SSLContext, pem: Path, tmp_path: Path) -> None:
    hce = service(answer("200 OK", PROFILE), tls=tls)
    assert main(["hce", "--url", hce.url, "--cacert", str(pem), "-o", str(tmp_path / "x")]) == 0
    assert (tmp_path / "x").read_bytes() == PROFILE


def test_one_for_another_name(
    service: Start, tls: ssl.SSLContext, pem: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = service(answer("200 OK", PROFILE), tls=tls).url.replace("127.0.0.1", "localhost")
    assert main(["hce", "--url", url, "--cacert", str(pem)]) == 1
    assert "its TLS certificate is not trusted (certificate verify failed: Hostname mismatch" in capfd.readouterr().err


def test_a_service_that_wants_to_know_who_asks(
    service: Start, tls: ssl.SSLContext, pem: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tls.verify_mode = ssl.CERT_REQUIRED
    hce = service(answer("200 OK", PROFILE), tls=tls)
    flags = ["hce", "--url", hce.url, "--cacert", str(pem), "-o", str(tmp_path / "x")]
    assert main(flags) == 1
    assert re.search("wants? to know who asks: --client-cert FILE", capfd.readouterr().err)
    assert main([*flags, "--client-cert", str(pem)]) == 0


@pytest.mark.parametrize("flag", ["--cacert", "--client-cert"])
@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such file or directory"), (b"", "something else"), (b"\0x", "something else")]
)
def test_what_is_no_certificate(
    flag: str, content: bytes | None, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    assert main(["hce", "--url", "https://127.0.0.1:1", flag, str(file)]) == 2
    assert f"{flag}: {file}: expected " in (error := capfd.readouterr().err)
    assert error.rstrip().endswith(f"found {words}")
