"""Take a profile from a running service or process.

Examples:
    resq-capture python --pid 1234 --duration 10s > app.pyspy
    resq-capture python -o app.pyspy -- python app.py
    RESQ_TOKEN=… resq-capture hce --url http://localhost:5000 -o app.cpuprofile
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from resq_flame import capture, messages, stage

PROG = capture.PROG


def main(argv: Sequence[str] | None = None) -> int:
    flags, command = split(sys.argv[1:] if argv is None else argv)

    def work(options: argparse.Namespace) -> None:
        options.command = command
        profile = capture.take(options.source, options)
        stage.write(options.output, profile, binary=capture.SOURCES[options.source].binary)

    return stage.run(PROG, __doc__ or "", arguments, work, flags)


def arguments(parser: argparse.ArgumentParser) -> None:
    stage.add_output(parser)
    sources = parser.add_subparsers(
        dest="source", metavar="SOURCE", required=True, title="sources", parser_class=stage.Parser
    )
    for source in capture.SOURCES.values():
        # stage.Parser asks for its ``doc`` where argparse's own signature has ``description``
        one = sources.add_parser(source.name, help=source.target, doc=source.module.__doc__ or "")
        one.usage = "%(prog)s [flags]" + (" [-- COMMAND ...]" if source.runs_command else "")
        # no default here: it would undo an --output that stood before SOURCE
        one.add_argument("-o", "--output", default=argparse.SUPPRESS, metavar="FILE", help="where to write (or stdout)")
        source.module.add_arguments(one)


def split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The flags before the first ``--``, and the command after it.

    argparse's own treatment of ``--`` under sub-parsers differs between Python 3.11, 3.12 and 3.13.
    """
    at = list(argv).index("--") if "--" in argv else len(argv)
    command = list(argv[at + 1 :])
    if at < len(argv) and not command:
        raise SystemExit(_usage("expected a command after --, found none"))
    return list(argv[:at]), command


def _usage(message: str) -> int:
    messages.error(PROG, message)
    return stage.USAGE


if __name__ == "__main__":
    raise SystemExit(main())
