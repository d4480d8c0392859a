"""Take a CPU profile from a Coordination HCE, or from any other program that Node or Bun runs.

Examples:
    RESQ_TOKEN=… resq-capture hce --url http://localhost:5000 --duration 10s > hce.cpuprofile
    resq-capture hce --pid 1234 --duration 10s > hce.cpuprofile
    resq-capture hce --inspect 127.0.0.1:9229 > hce.cpuprofile
    resq-capture hce -o hce.cpuprofile -- node app.js

By --url it asks the service: POST /admin/cpu-profile with {"durationMs":10000,"intervalUs":100}, which answers with a
V8 CPU profile. The credential is $RESQ_TOKEN (Authorization: Bearer) or $RESQ_API_KEY (x-api-key).
By --pid it opens Node's inspector (SIGUSR1), profiles the main thread and closes it again; by --inspect it takes one
that is open. A command of node or bun is started with --cpu-prof, and ended when the time is over.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from resq_flame.capture import PROG, cpu_prof, cpuprofile, duration, endpoint, http, inspector, numbers
from resq_flame.stage import UsageError, say

PATH = "/admin/cpu-profile"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    endpoint.add_arguments(parser, "http://localhost:5000")
    parser.add_argument("-p", "--pid", type=numbers.positive, metavar="PID", help="a Node process, by its inspector")
    parser.add_argument("--inspect", metavar="ADDRESS", help="an open inspector: HOST:PORT or ws://HOST:PORT/ID")
    parser.add_argument(
        "-d",
        "--duration",
        type=duration.seconds_or_milliseconds,
        default=30.0,
        metavar="TIME",
        help="30s, 2m, …; a bare 1000 or more is milliseconds (default: 30s)",
    )
    parser.add_argument(
        "--interval", type=_interval, default=100, metavar="US", help="microseconds between samples (default: 100)"
    )


def capture(options: argparse.Namespace) -> Iterator[bytes]:
    """The profile: JSON, stacks as a tree of nodes, microseconds."""
    _check(options)
    if options.command:
        yield cpu_prof.record(options.command, options.duration, options.interval)
    elif options.pid is not None:
        yield inspector.profile_process(options.pid, options.duration, options.interval)
    elif options.inspect is not None:
        yield inspector.profile(options.inspect, options.duration, options.interval, options.wait)
    else:
        yield _asked(options)


def _asked(options: argparse.Namespace) -> bytes:
    target = endpoint.from_arguments(options, PATH)
    say(PROG, f"profiling {target.url} for {duration.spoken(options.duration)}")
    profile = http.fetch(
        target,
        "POST",
        document={"durationMs": round(options.duration * 1000), "intervalUs": options.interval},
        seconds=options.duration + http.PATIENCE,
    )
    cpuprofile.check(target.url, profile, target.without_secret)
    return profile


def _check(options: argparse.Namespace) -> None:
    """Raises UsageError where the flags name more than one target."""
    local = {"--pid": options.pid, "--inspect": options.inspect, "a command after --": options.command}
    found = [name for name, value in local.items() if value]
    if len(found) > 1:
        raise UsageError(f"expected one target, found {' and '.join(found)}")
    if found and endpoint.given(options):
        raise UsageError(f"{endpoint.given(options)[0]} goes with --url, not with {found[0]}: no request is sent there")


def _interval(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 7 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected microseconds, a positive whole number, found {text!r}")
    return int(text)
