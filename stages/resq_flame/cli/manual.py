"""Man pages (man(7), the macros of groff_man) made from the parsers that read the flags."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from resq_flame import __version__
from resq_flame.cli.commands import COMMANDS, GROUPS
from resq_flame.cli.definition import PROG, PROGRAMS
from resq_flame.parser import Parser

EXIT_CODES = (
    ("0", "Done."),
    ("1", "Bad input, or the service or process could not be profiled. One line on stderr says what to do."),
    ("2", "Bad usage."),
    ("3", "The gate (\\-\\-fail\\-above) found a regression."),
    ("128+N", "Ended by signal N."),
)
ENVIRONMENT = (
    ("RESQ_TOKEN, RESQ_API_KEY", "The secret that a service asks for: as a bearer token, or as x\\-api\\-key."),
    ("RESQ_FLAME_DEBUG", "Set to 1, a traceback in place of the error line."),
    ("NO_COLOR, CI", "Set, messages have no colour; with CI there is no progress either."),
)


def page(parser: Parser) -> str:
    """The page of a command or a stage: its flags, group by group."""
    summary, about = _parted(parser.description or "")
    lines = [*_head(parser.prog, summary), ".SH SYNOPSIS", *_synopsis(parser), *_sections(about)]
    for title, actions in parser.groups():
        lines += [f".SH {_quoted(title.upper())}", *_flags(actions)]
    return "\n".join([*lines, *_foot(parser.prog), ""])


def front() -> str:
    """The page of ``resq-flame`` itself: its commands."""
    from resq_flame.cli import overview

    summary, about = _parted(overview.DOC)
    lines = [*_head(PROG, summary), ".SH SYNOPSIS", f".B {_text(PROG)}"]
    lines.append(r"[\fICOMMAND\fR] [\fIflags\fR] [\-\- \fIPROGRAM ...\fR]")
    lines += [*_sections(about), ".SH COMMANDS", f"Each has a page of its own: {_text(PROG)}\\-COMMAND(1)."]
    for group in GROUPS:
        lines.append(f".SS {_quoted(group)}")
        for command in COMMANDS.values():
            if command.group == group:
                lines += [".TP", f".B {_text(command.name)}", _text(command.doc)]
    return "\n".join([*lines, *_foot(PROG), ""])


def _head(prog: str, summary: str) -> Iterator[str]:
    name = prog.replace(" ", "-")
    yield f'.TH {_quoted(name.upper())} 1 "" {_quoted(f"{PROG} {__version__}")}'
    yield ".SH NAME"
    yield f"{_text(name)} \\- {_text(summary[:1].lower() + summary[1:].rstrip('.'))}"


def _foot(prog: str) -> Iterator[str]:
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES:
        yield from (".TP", f".B {code}", meaning)
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", f".B {name}", meaning)
    yield ".SH SEE ALSO"
    others = [name for name in PROGRAMS if name != prog]
    yield from (f".BR {_text(name)} (1)," for name in others[:-1])
    yield f".BR {_text(others[-1])} (1)"


def _synopsis(parser: Parser) -> Iterator[str]:
    yield f".B {_text(parser.prog)}"
    yield _text(parser.synopsis())


def _parted(doc: str) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    summary, _, about = doc.strip().partition("\n")
    return summary, about.strip("\n")


def _sections(about: str) -> Iterator[str]:
    """The description, and the examples: lines as they are, indented in the help."""
    prose = [line for line in about.splitlines() if not line.startswith(" ")]
    literal = [line for line in about.splitlines() if line.startswith(" ")]
    described = "\n".join(line for line in prose if line != "Examples:").strip()
    if described:
        yield ".SH DESCRIPTION"
        yield from (_text(line) if line else ".PP" for line in described.splitlines())
    if literal:
        yield from (".SH EXAMPLES", ".nf", *(_text(line.strip()) for line in literal), ".fi")


def _flags(actions: Iterable[argparse.Action]) -> Iterator[str]:
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield from (".TP", f".B {_text(choice.dest)}", _text(choice.help or ""))
            continue
        yield ".TP"
        yield _flag(action)
        # argparse's own way to fill in %(default)s
        yield _text(argparse.HelpFormatter(PROG)._expand_help(action) if action.help else "")


def _flag(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else action.metavar if isinstance(action.metavar, str) else _choices(action)
    if not action.option_strings:
        return rf"\fI{_text(value)}\fR"
    names = ", ".join(rf"\fB{_text(name)}\fR" for name in action.option_strings)
    return names + (rf" \fI{_text(value)}\fR" if value else "")


def _choices(action: argparse.Action) -> str:
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _text(plain: str) -> str:
    r"""Text of which no character is markup: \ and - are spelled out, and no line is taken for a request."""
    escaped = plain.replace("\\", r"\e").replace("-", r"\-")
    plain_ascii = "".join(char if char.isascii() else rf"\[u{ord(char):04X}]" for char in escaped)
    return rf"\&{plain_ascii}" if plain_ascii.startswith((".", "'")) else plain_ascii


def _quoted(plain: str) -> str:
    return '"' + _text(plain).replace('"', r"\(dq") + '"'
