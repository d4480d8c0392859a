"""Whom a TLS connection trusts, and with which certificate it shows who we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resq_flame.capture.endpoint import Endpoint
from resq_flame.stage import UsageError

if TYPE_CHECKING:
    import ssl


def context(target: Endpoint) -> ssl.SSLContext | bool:
    """What httpx's ``verify`` takes: True stands for the public authorities. Raises UsageError for unfit files."""
    import ssl

    import httpx

    if target.cacert is None and target.client_cert is None:
        return True
    try:
        trusting = ssl.create_default_context(cafile=target.cacert) if target.cacert else httpx.create_ssl_context()
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--cacert: {target.cacert}: expected PEM certificates, found {_found(error)}") from None
    if target.client_cert is not None:
        try:
            trusting.load_cert_chain(target.client_cert, password=lambda: "")  # else OpenSSL asks on the terminal
        except (OSError, ValueError, ssl.SSLError) as error:
            raise UsageError(
                f"--client-cert: {target.client_cert}: expected a PEM certificate with its unencrypted key,"
                f" found {_found(error)}"
            ) from None
    return trusting


def _found(error: Exception) -> str:
    import ssl

    if isinstance(error, ssl.SSLError) or not isinstance(error, OSError):
        return "something else"
    return str(error.strerror).lower()
