"""Whether bytes are a V8 CPU profile, as Node and Bun make them.

{"nodes":[{"id":1,"callFrame":{"functionName":"(root)",…},"children":[2]},…],
 "startTime":…,"endTime":…,"samples":[2,…],"timeDeltas":[96,…]}
"""

from __future__ import annotations

from collections.abc import Callable

from resq_flame.folded import quoted
from resq_flame.stage import StageError


def check(where: str, profile: bytes, without_secret: Callable[[bytes], bytes] = bytes) -> None:
    """Raises StageError unless this is a whole profile that holds samples."""
    import orjson

    expected = f"{where}: expected a CPU profile (JSON with nodes)"
    start = profile.lstrip()[:1]
    if not start:
        raise StageError(f"{expected}, found nothing")
    if start == b"<":
        raise StageError(f"{expected}, found a web page: does --url point at the service itself?")
    try:
        document = orjson.loads(profile)
    except orjson.JSONDecodeError as error:
        what = "JSON that is cut short or damaged" if start in b"{[" else quoted(without_secret(profile[:4096]))
        raise StageError(f"{expected}, found {what} ({len(profile)} bytes; {error})") from None
    if not isinstance(document, dict) or not (document.get("nodes") or document.get("head")):
        raise StageError(f"{expected}, found other JSON: {quoted(without_secret(profile[:4096]))}")
    if not document.get("samples"):
        raise StageError(f"{where}: expected samples, found none: try a longer --duration")
