"""resq-capture api against services that answer with something else than a pprof profile."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.fixed_answer import SECRET, Service
from captures import FIXTURES, content
from resq_flame.capture import pprof
from resq_flame.capture.__main__ import main

Start = Callable[..., Service]

PROFILES = sorted(path for path in (FIXTURES / "pprof").glob("*") if path.suffix not in (".folded", ".txt", ".md"))
PROFILE = content(PROFILES[0])
EMPTY = bytes.fromhex("0a040801100232003206") + b"sample" + bytes.fromhex("3205") + b"count"


def answer(body: bytes, content_type: str = "application/octet-stream") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n" % (content_type.encode(), len(body)) + body
    )


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: str(path.name))
def test_every_recorded_profile_is_one(path: Path) -> None:
    assert pprof.samples(content(path)) > 0


@pytest.mark.parametrize("body", [PROFILE, gzip.compress(PROFILE)], ids=["plain", "gzip"])
def test_a_profile_is_written_as_it_came_whatever_its_type(body: bytes, service: Start, tmp_path: Path) -> None:
    api = service(answer(body, "text/plain"))
    assert main(["api", "--url", api.url, "-d", "1500ms", "-o", str(tmp_path / "api.pb")]) == 0
    assert (tmp_path / "api.pb").read_bytes() == body
    assert api.requests[0].startswith(b"GET /admin/profile?seconds=2 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("flags", "asked"),
    [
        ([], "/admin/profile?seconds=30"),
        (["--path", "/debug/pprof/profile", "-d", "5"], "/debug/pprof/profile?seconds=5"),
        (["--path", "/p?hz=99", "-d", "5"], "/p?hz=99&seconds=5"),
        (["--kind", "heap"], "/debug/pprof/heap"),
        (["--kind", "mutex", "-d", "2m"], "/debug/pprof/mutex?seconds=120"),
        (["--kind", "heap", "--path", "/heap"], "/heap"),
    ],
)
def test_what_is_asked_for(flags: list[str], asked: str, service: Start, tmp_path: Path) -> None:
    api = service(answer(PROFILE))
    assert main(["api", "--url", api.url, *flags, "-o", str(tmp_path / "x")]) == 0
    assert api.requests[0].split(b" ")[1].decode() == asked


REFUSALS = [
    (b"", "expected a pprof profile, found nothing"),
    (b"<!doctype html><title>Sign in</title>", "found a web page: does --url point at the service itself?"),
    (b'{"error": "busy"}', 'found JSON: b\'{"error": "busy"}\''),
    (f"heap profile of {SECRET}\n".encode(), "found text: b'heap profile of [secret]'"),
    (PROFILE[:-3], "bytes that are cut short or something else"),
    (PROFILE[: len(PROFILE) // 2], "bytes that are cut short or something else"),
    (gzip.compress(PROFILE)[:-9], "the compressed data ends before its end mark: cut short?"),
    (gzip.compress(b"{}"), "found JSON"),
    (gzip.compress(bytes(300_000_000), 9), "the compressed data grows too large to be a profile"),
    (b"\x7fELF\x02\x01\x01" + bytes(99), "bytes that are cut short or something else"),
    (bytes(1000), "bytes that are cut short or something else"),
    (EMPTY, "expected samples, found none: it only waited: put load on it"),
]


@pytest.mark.parametrize(("body", "words"), REFUSALS, ids=[words[:40] for _, words in REFUSALS])
def test_an_answer_that_is_no_profile(
    body: bytes, words: str, service: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "old"
    output.write_text("as it was")
    assert main(["api", "--url", service(answer(body)).url, "-o", str(output)]) == 1
    out, err = capfd.readouterr()
    assert (out, err.count("\n"), output.read_text()) == ("", 2, "as it was")
    assert words in err.splitlines()[1]
    assert SECRET not in err


@pytest.mark.parametrize("path", ["profile", "/a b", "/a\nb", "/a#b", ""])
def test_what_is_no_path(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["api", f"--path={path}"]) == 2
    assert capfd.readouterr().err.count("\n") == 1


@given(st.binary(max_size=300) | st.binary(max_size=20).map(lambda tail: PROFILE[:100] + tail))
def test_no_bytes_at_all_are_more_than_refused(found: bytes) -> None:
    try:
        assert pprof.samples(found) >= 0
    except pprof.NotPprofError as error:
        assert str(error).startswith("found ")
