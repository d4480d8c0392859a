"""A service that answers what a test wants, over a real socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time

SECRET = "s3cr3t-t0ken"


class Service:
    """Answers every request on a free port of 127.0.0.1 with the same ``chunks``, and keeps the requests.

    ``reset`` breaks the connection off afterwards, ``tls`` encrypts it.
    """

    def __init__(
        self, chunks: tuple[bytes, ...], pause: float, *, reset: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[bytes] = []
        self._chunks, self._pause, self._reset, self._tls = chunks, pause, reset, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):  # the client went away, or does not trust us
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        peer = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        with peer:
            self.requests.append(_request(peer))
            for chunk in self._chunks:
                peer.sendall(chunk)
                time.sleep(self._pause)
            if self._reset:  # closed at once, what is on its way is lost
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _request(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        more = connection.recv(65536)
        body, received = body + more, received + more
    return received
