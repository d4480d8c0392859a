"""The parsers of all programs, whole: completions and man pages are made from what parses the flags."""

from __future__ import annotations

import importlib

from resq_flame.cli.commands import COMMANDS
from resq_flame.parser import Parser

PROG = "resq-flame"
# Where the flags of each stage are.
STAGES = {
    "resq-capture": "resq_flame.capture.__main__",
    "resq-fold": "resq_flame.fold.__main__",
    "resq-merge": "resq_flame.merge.__main__",
    "resq-render": "resq_flame.render.__main__",
    "resq-diff": "resq_flame.diff.__main__",
    "resq-report": "resq_flame.report",
}
PROGRAMS = (PROG, *STAGES)


def front() -> Parser:
    """Of ``resq-flame``: a sub-parser a command."""
    from resq_flame.cli import overview

    parser = Parser(PROG, overview.DOC)
    listed = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for name, entry in COMMANDS.items():
        # Parser asks for its ``doc`` where argparse's own signature has ``description``
        one = listed.add_parser(name, help=entry.doc, doc=entry.module.__doc__ or "")
        entry.module.add_arguments(one)
    return parser


def command(name: str) -> Parser:
    """Of one command, by itself."""
    module = COMMANDS[name].module
    parser = Parser(f"{PROG} {name}", module.__doc__ or "")
    module.add_arguments(parser)
    return parser


def program(name: str) -> Parser:
    """Of one of PROGRAMS."""
    if name == PROG:
        return front()
    module = importlib.import_module(STAGES[name])
    parser = Parser(name, module.__doc__ or "")
    module.arguments(parser)
    return parser
