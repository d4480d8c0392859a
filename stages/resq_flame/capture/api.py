"""Take a profile from the Infrastructure API (Rust), or from any service that answers with pprof, such as Go's.

Examples:
    RESQ_API_KEY=… resq-capture api --url http://localhost:8080 --duration 10s > api.pb
    resq-capture api --url http://localhost:6060 --path /debug/pprof/profile > go.pb
    resq-capture api --url http://localhost:6060 --kind heap > heap.pb

The endpoint is GET /admin/profile?seconds=10; other kinds are at /debug/pprof/KIND, as net/http/pprof has them.
The credential is $RESQ_API_KEY (x-api-key) or $RESQ_TOKEN (Authorization: Bearer); without either, none is sent.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from resq_flame.capture import PROG, duration, endpoint, http, pprof
from resq_flame.stage import StageError, UsageError, say

PATH = "/admin/profile"
SECONDS = 30.0
CPU = "cpu"

# What a snapshot without samples tells of a Go service.
_EMPTY = {
    CPU: "it only waited: put load on it, or try a longer --duration",
    "heap": "nothing was allocated",
    "allocs": "nothing was allocated",
    "goroutine": "no goroutine was there",
    "block": "the service records none before runtime.SetBlockProfileRate",
    "mutex": "the service records none before runtime.SetMutexProfileFraction",
    "threadcreate": "no thread was started",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    endpoint.add_arguments(parser, "http://localhost:8080")
    parser.add_argument("--kind", choices=_EMPTY, default=CPU, metavar="KIND", help=f"{', '.join(_EMPTY)}")
    parser.add_argument(
        "--path", metavar="PATH", help=f"where the endpoint is (default: {PATH}, or /debug/pprof/KIND but for cpu)"
    )
    parser.add_argument(
        "-d",
        "--duration",
        type=duration.seconds,
        metavar="TIME",
        help=f"30s, 2m, … (default: {duration.spoken(SECONDS)}; other kinds than cpu: all since the start)",
    )


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """The service's profile: protobuf, gzipped or not."""
    seconds = SECONDS if options.duration is None and options.kind == CPU else options.duration
    target = endpoint.from_arguments(options, _path(options, seconds), open_to_all=True)
    place = target.url.partition("?")[0]
    say(PROG, f"profiling {place}" + (f" for {duration.spoken(seconds)}" if seconds else ""))
    profile = http.fetch(target, "GET", seconds=(seconds or 0) + http.PATIENCE)
    check(target, profile, options.kind)
    yield profile


def check(target: endpoint.Endpoint, profile: bytes, kind: str) -> None:
    """Raises StageError (compressed.CorruptError for damaged gzip) unless this is a whole profile with samples."""
    try:
        found = pprof.samples(http.peeled(target, profile))
    except pprof.NotPprofError as error:
        said = target.without_secret(str(error).encode()).decode()
        raise StageError(f"{target.url}: expected a pprof profile, {said}") from None
    if not found:
        raise StageError(f"{target.url}: expected samples, found none: {_EMPTY[kind]}")


def _path(options: argparse.Namespace, seconds: float | None) -> str:
    path: str = options.path
    if options.path is None:
        path = PATH if options.kind == CPU else f"/debug/pprof/{options.kind}"
    if not re.fullmatch(r"/[!-~]*", path) or "#" in path:
        raise UsageError("--path: expected one that starts with /, found something else")
    if seconds is None:
        return path
    # Go reads whole seconds only, and takes another text for its default of 30.
    return f"{path}{'&' if '?' in path else '?'}seconds={max(1, round(seconds))}"
