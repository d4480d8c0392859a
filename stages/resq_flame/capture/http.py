"""Asks a service for a profile, within limits of time and size, and has one line for everything that can go wrong.

Redirects are not followed, so that the secret stays with the service it is for; what a service says is quoted without
the secret, should it send it back.
"""

from __future__ import annotations

import io
import time
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from resq_flame import compressed, progress
from resq_flame.capture import PROG, stopping, tls
from resq_flame.capture.endpoint import Endpoint
from resq_flame.folded import quoted
from resq_flame.stage import StageError, detail

if TYPE_CHECKING:
    import httpx

LIMIT = 256 << 20
"""Bytes that an answer may have: an hour of a busy service's CPU profile stays below it."""

PATIENCE = 30.0
"""Seconds that a service may take beyond the recording itself."""

_EXCERPT = 4096
_RETRY = 0.2

# By status code: what it means here, and what to do.
_STATUS = {
    400: "the service did not accept the request",
    401: "the service did not accept the credential: check {credential}",
    403: "the credential may not take profiles: {credential} must be an administrator's",
    404: "the service has no such endpoint: check --url",
    405: "the service has no such endpoint: check --url",
    408: "the service gave up waiting: try a shorter --duration",
    409: "another profile is being recorded: wait until it is done",
    413: "the service refused the request as too large: try a shorter --duration",
    429: "the service takes no more profiles for now: wait and repeat",
    502: "the service behind this proxy does not answer: is it running?",
    503: "the service is not ready: wait and repeat",
    504: "a proxy gave up waiting: try a shorter --duration, or a --url that reaches the service itself",
}


def fetch(
    target: Endpoint,
    method: str,
    *,
    document: object = None,
    seconds: float,
    limit: int = LIMIT,
    stoppable: bool = True,
) -> bytes:
    """The body of the service's answer, which has ``seconds`` over all to arrive, after ``target.wait`` for its start.

    Raises StageError for any other answer than 200, for a body over ``limit`` bytes, and where there is no answer.
    Ctrl-C and SIGTERM end it (SystemExit), unless whoever asks hears them and says that it is not ``stoppable``.
    """
    import asyncio
    import ssl

    import httpx

    patient_until = time.monotonic() + target.wait
    profiled = seconds - PATIENCE if seconds > PATIENCE else None
    received: list[int] = []
    while True:
        work = _fetch(target, method, document, seconds, limit)
        try:
            with progress.recording(PROG, profiled, kept=False):
                return asyncio.run(_cancelled_by_signals(work, received) if stoppable else work)
        except asyncio.CancelledError:
            raise SystemExit(128 + received[0]) from None
        except TimeoutError:
            raise StageError(f"{target.url}: expected an answer within {seconds:g} s, found it unfinished") from None
        except (httpx.HTTPError, ssl.SSLError) as error:  # TLS 1.3 refuses us only after the handshake
            # Refused, the request was not received: repeating it is safe, also where it is a POST.
            if not _is_refused(error) or time.monotonic() >= patient_until:
                raise StageError(f"{target.url}: {_failure(error, secure=target.url.startswith('https:'))}") from None
            time.sleep(_RETRY)


async def _cancelled_by_signals(work: Coroutine[None, None, bytes], received: list[int]) -> bytes:
    """The work, until a signal; an exception out of its handler would come up anywhere in the event loop."""
    import asyncio

    task, loop = asyncio.create_task(work), asyncio.get_running_loop()

    def receive(number: int) -> None:
        received.append(number)
        loop.call_soon_threadsafe(task.cancel)

    with stopping.heard(receive):
        return await task


async def _fetch(target: Endpoint, method: str, document: object, seconds: float, limit: int) -> bytes:
    import asyncio

    import httpx

    headers = {"accept-encoding": "gzip", **target.sent()}
    # Proxies of the environment would see what is sent to this very machine.
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(
            timeout=None, follow_redirects=False, trust_env=not target.loopback, verify=tls.context(target)
        ) as client,
        client.stream(method, target.url, headers=headers, json=document) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise StageError(_refusal(target, response, await _excerpt(response)))
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if max(len(body), _announced(response)) > limit:
                raise StageError(
                    f"{target.url}: expected at most {limit:,} bytes, found more; try a shorter --duration"
                )
        detail(PROG, f"{target.url} answered {method} with {len(body):,} bytes")
        return _decoded(target, response, bytes(body), limit)


def _announced(response: httpx.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() and len(length) < 20 else 0


def _decoded(target: Endpoint, response: httpx.Response, body: bytes, limit: int) -> bytes:
    """The body without the compression of its transfer. httpx would take one that is cut short for whole."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise StageError(f"{target.url}: expected a body as it is or with gzip, found content-encoding {encoding:.40}")
    if not body.startswith(compressed.GZIP):
        raise StageError(f"{target.url}: expected a body compressed as its header says, found it damaged")
    return peeled(target, body, limit)


def peeled(target: Endpoint, body: bytes, limit: int = LIMIT) -> bytes:
    """The body without any compression. Raises compressed.CorruptError, which says what is wrong with it."""
    return compressed.peel(io.BytesIO(body), target.url, limit).read()


async def _excerpt(response: httpx.Response) -> bytes:
    """The start of an answer's body, or nothing where it cannot be read."""
    import httpx

    start = b""
    try:
        async for chunk in response.aiter_bytes():
            start += chunk
            if len(start) >= _EXCERPT:
                break
    except httpx.HTTPError:
        pass
    return start[:_EXCERPT]


def _refusal(target: Endpoint, response: httpx.Response, body: bytes) -> str:
    """One line for an answer that is no profile."""
    status = f"{target.url}: expected 200, found {response.status_code}"
    if response.is_redirect:
        return f"{status}: it redirects to {_place(target, response)}, where the secret is not sent: is --url right?"
    meaning = _meaning(target, response.status_code)
    if not meaning and response.is_server_error:
        meaning = "the service failed, its log tells more"
    parts = [
        status,
        meaning,
        _retry_after(response),
        _words(target, body),
    ]
    return ": ".join(part for part in parts if part)


def _meaning(target: Endpoint, status: int) -> str:
    if target.credential is None and not target.headers and status in (401, 403):
        return "the service wants a credential: set $RESQ_API_KEY (x-api-key) or $RESQ_TOKEN (bearer token)"
    credential = target.credential.given_as if target.credential else "--header"
    return _STATUS.get(status, "").format(credential=credential)


def _place(target: Endpoint, response: httpx.Response) -> str:
    """A redirect's Location without its user and query, which may hold secrets."""
    location = response.headers.get("location", "")
    try:
        parts = urlsplit(unquote(location))
    except ValueError:
        return "no valid address"
    place = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return quoted(target.without_secret(place.encode("utf-8", "replace")), 200).removeprefix("b")


def _retry_after(response: httpx.Response) -> str:
    after = response.headers.get("retry-after", "")
    return f"it asks to wait {after} s" if after.isdigit() and len(after) < 6 else ""


def _words(target: Endpoint, body: bytes) -> str:
    """What the service says about its refusal; pages made for people's eyes are left out."""
    said = target.without_secret(body).strip()
    return f"it said {quoted(said, 120)}" if said and not said.startswith(b"<") else ""


def _failure(error: Exception, *, secure: bool) -> str:
    """One line for an answer that did not come, from the errors behind httpx's."""
    import httpx

    causes = list(_causes(error))
    if _is_refused(error):
        return "connection refused: is the service running, and is --url right?"
    said = [str(cause) for cause in causes]
    certificate = next((text for text in said if "CERTIFICATE_VERIFY_FAILED" in text), None)
    if certificate:
        why = certificate.partition("CERTIFICATE_VERIFY_FAILED")[2].strip(" ]:")
        return f"its TLS certificate is not trusted ({why}); --cacert FILE says whom to trust"
    if any("CERTIFICATE_REQUIRED" in text for text in said):
        return "it wants to know who asks: --client-cert FILE"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        # TLS 1.3 asks after the handshake; where the refusal meets our request on its way, only a reset arrives
        doubt = " or does it want to know who asks: --client-cert FILE?" if secure else ""
        return f"the connection ended in the middle of the answer: did the service stop?{doubt} ({said[0] or 'reset'})"
    return f"cannot connect: {next((text for text in reversed(said) if text), type(error).__name__)}"


def _is_refused(error: BaseException) -> bool:
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                yield from _causes(one)
        error = error.__cause__ or error.__context__
