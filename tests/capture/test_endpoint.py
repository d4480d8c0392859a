"""Where a secret may go, and that it is never said."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from resq_flame.capture import endpoint
from resq_flame.stage import UsageError


def options(url: str = "http://localhost:5000", **given: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    endpoint.add_arguments(parser, url)
    return argparse.Namespace(**vars(parser.parse_args([])) | given)


def credential(*, open_to_all: bool = False, **given: object) -> endpoint.Credential:
    found = endpoint.from_arguments(options(**given), "/x", open_to_all=open_to_all).credential
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESQ_TOKEN", raising=False)
    monkeypatch.delenv("RESQ_API_KEY", raising=False)


def test_without_a_credential_it_says_where_one_goes() -> None:
    with pytest.raises(UsageError, match=r"\$RESQ_TOKEN .* or \$RESQ_API_KEY"):
        endpoint.from_arguments(options(), "/x")


def test_an_empty_variable_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESQ_TOKEN", "")
    monkeypatch.setenv("RESQ_API_KEY", "key")
    assert credential().header == "x-api-key"


def test_flags_come_before_the_environment_and_a_token_before_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESQ_TOKEN", "c")
    monkeypatch.setenv("RESQ_API_KEY", "d")
    given = [{"token": "a", "api_key": "b"}, {"api_key": "b"}, {}]
    credentials = [credential(**flags) for flags in given]
    assert [(one.secret, one.given_as) for one in credentials] == [
        ("a", "--token"),
        ("b", "--api-key"),
        ("c", "$RESQ_TOKEN"),
    ]


@pytest.mark.parametrize("secret", ["se\ncret", "secret\n", "se\x00cret", "sécret", " secret", "se\x7fcret", "\ud800"])
def test_what_no_header_can_carry_is_refused_without_saying_it(secret: str) -> None:
    with pytest.raises(UsageError) as refusal:
        endpoint.from_arguments(options(token=secret), "/x")
    assert "cret" not in str(refusal.value)
    assert "--token" in str(refusal.value)


def test_no_repr_holds_the_secret() -> None:
    assert "s3cret" not in repr(endpoint.from_arguments(options(token="s3cret"), "/x"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:5000", "http://localhost:5000/x"),
        ("http://localhost:5000/", "http://localhost:5000/x"),
        ("http://127.9.9.9/api/", "http://127.9.9.9/api/x"),
        ("http://[::1]:80", "http://[::1]:80/x"),
        ("http://hce.localhost", "http://hce.localhost/x"),
        ("https://hce.example", "https://hce.example/x"),
    ],
)
def test_the_path_follows_the_url(url: str, address: str) -> None:
    assert endpoint.from_arguments(options(url, token="t"), "/x").url == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:5000",
        "ftp://localhost",
        "http://",
        "http://[::1",
        "http://localhost:99999",
        "http://a b",
        "http://a\nb",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="expected http://HOST:PORT"):
        endpoint.from_arguments(options(url, token="t"), "/x")


@pytest.mark.parametrize("url", ["http://me:pass@localhost", "http://localhost?key=pass", "http://localhost#pass"])
def test_a_url_with_a_secret_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(UsageError) as refusal:
        endpoint.from_arguments(options(url, token="t"), "/x")
    assert "pass" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["http://hce.example", "http://10.0.0.1", "http://localhost.example", "http://127.0.0.1.example"]
)
def test_plain_http_to_another_machine_wants_a_flag(url: str) -> None:
    with pytest.raises(UsageError, match="--insecure-http"):
        endpoint.from_arguments(options(url, token="t"), "/x")
    assert endpoint.from_arguments(options(url, token="t", insecure_http=True), "/x").url == f"{url}/x"


def test_what_is_open_to_all_needs_no_secret_and_tells_none_to_other_machines() -> None:
    target = endpoint.from_arguments(options("http://api.example"), "/x", open_to_all=True)
    assert (target.credential, target.sent()) == (None, {})


def test_what_is_open_to_all_takes_a_key_before_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESQ_TOKEN", "c")
    monkeypatch.setenv("RESQ_API_KEY", "d")
    given = [{"token": "a", "api_key": "b"}, {"token": "a"}, {}]
    assert [credential(open_to_all=True, **flags).given_as for flags in given] == [
        "--api-key",
        "--token",
        "$RESQ_API_KEY",
    ]


@pytest.mark.parametrize(("flag", "header"), [("token_file", "authorization"), ("api_key_file", "x-api-key")])
@pytest.mark.parametrize("content", [b"s3cret", b"s3cret\n", b" s3cret\r\n"])
def test_a_secret_of_a_file(flag: str, header: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    found = credential(**{flag: str(file)})
    assert (found.header, found.secret, found.given_as) == (header, "s3cret", "--" + flag.replace("_", "-"))


@pytest.mark.parametrize("content", [b"", b"\n", b"s3cret\nmore", b"s\xc3\xa9cret", b"s3cret " * 99999])
def test_a_file_that_holds_no_secret_is_not_quoted(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="--token-file") as refusal:
        credential(token_file=str(file))
    assert "cret" not in str(refusal.value)


def test_a_file_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="--token-file: no/such: No such file"):
        credential(token_file="no/such")


@pytest.mark.parametrize(
    "header", ["s3cret", "=s3cret", "a b=s3cret", "a=s3\ncret", "a=", "", "Content-Length=3", "host: s3cret"]
)
def test_what_is_no_header_is_refused_without_saying_it(header: str) -> None:
    with pytest.raises(UsageError, match="--header: ") as refusal:
        endpoint.from_arguments(options(header=[header]), "/x")
    assert "s3" not in str(refusal.value)


def test_a_header_may_be_the_credential_and_is_kept_from_plain_http_and_messages() -> None:
    target = endpoint.from_arguments(options(header=["Cookie=s=s3cret"]), "/x")
    assert target.sent() == {"cookie": "s=s3cret"}
    assert "s3cret" not in repr(target)
    with pytest.raises(UsageError, match="--insecure-http"):
        endpoint.from_arguments(options("http://hce.example", header=["cookie=s3cret"]), "/x")


def test_the_path_may_have_a_query() -> None:
    assert endpoint.from_arguments(options("http://h.localhost/a/", token="t"), "/x?a=1&b=/").url.endswith(
        "/a/x?a=1&b=/"
    )
