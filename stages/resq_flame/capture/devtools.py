"""The DevTools protocol over a websocket: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/

> {"id":1,"method":"Profiler.enable"}
< {"id":1,"result":{}}
> {"id":4,"method":"Profiler.stop"}
< {"id":4,"result":{"profile":{"nodes":[…],"samples":[…],"timeDeltas":[…]}}}
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from resq_flame import progress
from resq_flame.capture import PROG, http, stopping
from resq_flame.capture.endpoint import is_loopback
from resq_flame.folded import quoted
from resq_flame.stage import StageError, say

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_OPENING = 10.0
_POLL = 0.2
_NO_SUCH_METHOD = -32601

# The command line's require is there for modules as well as for scripts; process.binding is deprecated.
_CLOSE = "require('node:inspector').close()"


class _Session:
    """One conversation: commands are numbered, and events that come between are nobody's."""

    def __init__(self, where: str, socket: ClientConnection) -> None:
        self._where, self._socket, self._numbers = where, socket, itertools.count(1)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """The command's result. Raises StageError where it is refused, or does not come."""
        import orjson

        number = next(self._numbers)
        self._socket.send(orjson.dumps({"id": number, "method": method, "params": parameters}), text=True)
        end = time.monotonic() + http.PATIENCE
        while True:
            message = orjson.loads(self._socket.recv(timeout=max(0.0, end - time.monotonic())))
            if isinstance(message, dict) and message.get("id") == number:
                break
        if "error" in message:
            raise StageError(f"{self._where}: {_refusal(method, message['error'])}")
        result = message.get("result")
        return result if isinstance(result, dict) else {}

    def rest(self, seconds: float, stop: stopping.Stop) -> bool:
        """Let the time pass; whether all of it did. Raises websockets' ConnectionClosed when the program ends."""
        due = time.monotonic() + seconds
        with progress.recording(PROG, seconds):
            while not stop and (left := due - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    self._socket.recv(timeout=min(_POLL, left))
        return time.monotonic() >= due


def cpu_profile(where: str, address: str, seconds: float, interval: int, stop: stopping.Stop) -> bytes:
    """Profile for ``seconds``, or until ``stop``, with ``interval`` microseconds between samples.

    Raises StageError where the inspector speaks another protocol, refuses, or ends, or before the first sample.
    """
    import orjson

    with _session(where, address) as session:
        session.call("Profiler.enable")
        session.call("Profiler.setSamplingInterval", interval=interval)
        if stop:
            raise StageError(f"{where}: stopped before the first sample was taken")
        session.call("Profiler.start")
        if not session.rest(seconds, stop):
            say(PROG, "stopped early; the samples until then are kept")
        profile = session.call("Profiler.stop").get("profile")
    return orjson.dumps(profile)


def close_inspector(where: str, address: str) -> None:
    """Have Node close its inspector, which ends the connection before there is an answer."""
    from websockets.exceptions import ConnectionClosed

    with _session(where, address) as session, contextlib.suppress(ConnectionClosed):
        session.call("Runtime.evaluate", expression=_CLOSE, includeCommandLineAPI=True)


@contextlib.contextmanager
def _session(where: str, address: str) -> Iterator[_Session]:
    from urllib.parse import urlsplit

    import orjson
    from websockets.exceptions import ConnectionClosed, WebSocketException
    from websockets.sync.client import connect

    try:
        with connect(
            address,
            open_timeout=_OPENING,
            close_timeout=1,
            ping_interval=None,  # Node's inspector answers no pings
            compression=None,
            max_size=http.LIMIT,
            # Proxies of the environment would see what is sent to this very machine.
            proxy=None if is_loopback(urlsplit(address).hostname or "") else True,
        ) as socket:
            yield _Session(where, socket)
    except ConnectionClosed as error:
        why = f": it sent more than {http.LIMIT:,} bytes" if "1009" in str(error) else ": did it end?"
        raise StageError(f"{where}: the inspector closed the connection during the recording{why}") from None
    except TimeoutError:
        raise StageError(
            f"{where}: expected the inspector to answer, found it silent (is the program stopped?)"
        ) from None
    except ConnectionRefusedError:
        raise StageError(f"{where}: connection refused: is the inspector open there?") from None
    except (WebSocketException, OSError, orjson.JSONDecodeError) as error:
        raise StageError(f"{where}: expected an inspector, found none: {str(error).splitlines()[0]}") from None


def _refusal(method: str, error: object) -> str:
    code, said = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, error)
    if code == _NO_SUCH_METHOD:
        return (
            f"expected the DevTools protocol, found an inspector without {method} (Bun's speaks WebKit's protocol:"
            " use its endpoint, --url, or resq-capture bun -- bun app.js)"
        )
    return f"{method} was refused: {quoted(str(said).encode(), 120)}"
