"""Where a service is asked for a profile, and with which secret.

Secrets travel in headers to one origin, unencrypted only within this machine, and no message holds one.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from resq_flame.capture import duration
from resq_flame.stage import UsageError

# RFC 9110: a field's name, and its content without the obsolete non-ASCII bytes.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[!-~]+(?:[ \t]+[!-~]+)*")
_FRAMING = frozenset(("connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"))
_LONGEST_FILE = 64 << 10

# What a secret's flags and variables make of it, each kind in the order in which they are looked at.
SET_CREDENTIAL = "set $RESQ_TOKEN (bearer token) or $RESQ_API_KEY (x-api-key)"
"""What who gave no credential is told to do."""

_TOKEN, _API_KEY = ("authorization", "Bearer "), ("x-api-key", "")
_FLAGS = (
    (_TOKEN, "token"),
    (_TOKEN, "token_file"),
    (_API_KEY, "api_key"),
    (_API_KEY, "api_key_file"),
)
_VARIABLES = ((_TOKEN, "RESQ_TOKEN"), (_API_KEY, "RESQ_API_KEY"))


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret, the header it travels in, and how its user gave it."""

    header: str
    prefix: str
    given_as: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, who asks there, and how. The address holds no secret."""

    url: str
    credential: Credential | None
    loopback: bool
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the user adds; the credential's is not among them."""
    cacert: str | None = None
    client_cert: str | None = None
    wait: float = 0.0
    """Seconds in which a connection that is refused is tried again: the service starts."""

    def sent(self) -> dict[str, str]:
        """The headers of a request, secrets included."""
        if self.credential is None:
            return dict(self.headers)
        return {self.credential.header: self.credential.prefix + self.credential.secret, **self.headers}

    def without_secret(self, said: bytes) -> bytes:
        """What a service said, fit for a message."""
        secrets = [*self.headers.values(), *([self.credential.secret] if self.credential else [])]
        for secret in sorted(secrets, key=len, reverse=True):
            said = said.replace(secret.encode(), b"[secret]")
        return said


def add_arguments(parser: argparse.ArgumentParser, url: str) -> None:
    add = parser.add_argument
    add("-u", "--url", default=url, metavar="URL", help=f"the service (default: {url})")
    add("--token", metavar="SECRET", help="bearer token; better in $RESQ_TOKEN, as ps shows flags to all")
    add("--token-file", metavar="FILE", help="a file that holds the bearer token")
    add("--api-key", metavar="SECRET", help="x-api-key; better in $RESQ_API_KEY")
    add("--api-key-file", metavar="FILE", help="a file that holds the x-api-key")
    add("--header", action="append", metavar="NAME=VALUE", help="send this header as well (may be repeated)")
    add("--insecure-http", action="store_true", help="send the secret unencrypted to another machine's http:// URL")
    add("--cacert", metavar="FILE", help="PEM certificates to trust instead of the public authorities")
    add("--client-cert", metavar="FILE", help="PEM file with our certificate and its key")
    add(
        "--wait",
        type=duration.seconds,
        default=0.0,
        metavar="TIME",
        help="try again this long while the connection is refused: the service starts",
    )


def given(options: argparse.Namespace) -> list[str]:
    """The flags above that only HTTP has a use for, as far as they were given."""
    names = ("token", "token_file", "api_key", "api_key_file", "header", "cacert", "client_cert")
    return ["--" + name.replace("_", "-") for name in names if getattr(options, name)]


def from_arguments(options: argparse.Namespace, path: str, *, open_to_all: bool = False) -> Endpoint:
    """The service's ``path`` with the user's credential. Raises UsageError where either does not do.

    Without any credential it raises too, unless the endpoint may be ``open_to_all``, which an API key suits best.
    """
    url = _url(options.url, path)
    headers = dict(_header(text) for text in options.header or ())
    credential = _credential(options, key_first=open_to_all)
    if credential is not None and credential.header in headers:
        credential = None  # the header says the same more exactly
    if credential is None and not headers and not open_to_all:
        raise UsageError(f"expected a credential, found none: {SET_CREDENTIAL}")
    loopback = is_loopback(urlsplit(url).hostname or "")
    secret = credential is not None or bool(headers)
    if url.startswith("http:") and secret and not loopback and not options.insecure_http:
        raise UsageError(f"{url}: would send the secret unencrypted; use https://, or --insecure-http to do so anyway")
    return Endpoint(url, credential, loopback, headers, options.cacert, options.client_cert, options.wait)


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _credential(options: argparse.Namespace, *, key_first: bool) -> Credential | None:
    """From flags first, then from the environment; a token before an API key, or the other way round."""
    for (header, prefix), given_as, secret in _offers(options, key_first):
        if not secret:
            continue
        if not _HEADER_VALUE.fullmatch(secret):
            raise UsageError(f"{given_as}: expected printable ASCII, found other characters (a line break at its end?)")
        return Credential(header, prefix, given_as, secret)
    return None


def _offers(options: argparse.Namespace, key_first: bool) -> Iterator[tuple[tuple[str, str], str, str | None]]:
    for kind, name in sorted(_FLAGS, key=lambda flag: key_first and flag[0] == _TOKEN):
        flag, value = "--" + name.replace("_", "-"), getattr(options, name)
        yield kind, flag, _content(flag, value) if value and name.endswith("_file") else value
    for kind, name in sorted(_VARIABLES, key=lambda variable: key_first and variable[0] == _TOKEN):
        yield kind, f"${name}", os.environ.get(name)


def _content(flag: str, path: str) -> str:
    """The secret in a file, without the line break that editors and ``echo`` put behind it."""
    try:
        with open(path, "rb") as file:
            content = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{flag}: {path}: {error.strerror}") from None
    if not content.strip() or len(content) > _LONGEST_FILE:
        raise UsageError(f"{flag}: {path}: expected one line, found {'more' if content.strip() else 'nothing'}")
    return content.decode("ascii", "replace").strip()


def _header(text: str) -> tuple[str, str]:
    """NAME=VALUE or NAME: VALUE, the name in lower case. What is no header is not repeated: it may be a secret."""
    name, _, value = text.partition(":" if re.match(r"[^=:]*:", text) else "=")
    name, value = name.strip().lower(), value.strip()
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        raise UsageError("--header: expected NAME=VALUE in printable ASCII, found something else")
    if name in _FRAMING:
        raise UsageError(f"--header: {name} belongs to the connection: it cannot be set")
    return name, value


def _url(base: str, path: str) -> str:
    """``base`` with ``path`` behind it. What a user mistypes is not repeated: it may hold a secret."""
    try:
        parts = urlsplit(base)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[^!-~]", base):
        raise UsageError("--url: expected http://HOST:PORT or https://HOST, found something else")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("--url: expected no user, ? or # in it; credentials go into $RESQ_TOKEN or $RESQ_API_KEY")
    path, _, query = path.partition("?")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + path, query, ""))
