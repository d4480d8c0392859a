"""argparse as the stage contract wants it: one error line, the nearest name for a mistyped one, a help that reads."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from resq_flame import __version__, messages
from resq_flame.messages import Level

USAGE = 2
"""The exit code of bad usage."""

_FEW = 8
"""So many choices are all named to who mistyped one."""

_MISSING = "the following arguments are required: "  # argparse's words

# How often a positional argument may stand, in the usage.
_REPEATED: dict[object, str] = {None: "{}", "?": "[{}]", "*": "[{} ...]", "+": "{} [{} ...]", argparse.PARSER: "{} ..."}


class Parser(argparse.ArgumentParser):
    """A parser with the flags of every program: --help, --version, --quiet, --verbose. No flag can be abbreviated."""

    def __init__(self, prog: str, doc: str) -> None:
        super().__init__(
            prog=prog,
            description=doc.strip(),
            formatter_class=_Formatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._positionals.title, self._optionals.title = "arguments", "flags"
        self._general = self.add_argument_group("general")
        add = self._general.add_argument
        add("-h", "--help", action="help", help="show this and exit")
        add("--version", action="version", version=f"{prog} {__version__}", help="show the version and exit")
        # no defaults: those of a sub-parser would undo what stood before its name
        loudness: Any = {"dest": "level", "action": "store_const", "default": argparse.SUPPRESS}
        add("-q", "--quiet", const=Level.QUIET, help="say nothing but errors", **loudness)
        add("-v", "--verbose", const=Level.VERBOSE, help="say what is done, and how long it takes", **loudness)

    def format_help(self) -> str:
        self._action_groups.sort(key=lambda group: group is self._general)  # stable: the general ones go last
        self.usage = f"%(prog)s {self.synopsis()}"
        return super().format_help()

    def synopsis(self) -> str:
        """What follows the program's name. The flags are thirty, and the help lists them."""
        if self.usage:
            return self.usage.removeprefix("%(prog)s ")
        words = [_REPEATED[action.nargs].format(*[_named(action)] * 2) for action in self._get_positional_actions()]
        return " ".join(["[flags]", *words])

    def groups(self) -> list[tuple[str, list[argparse.Action]]]:
        """The arguments and flags in the order of the help, under the titles that it has for them."""
        ordered = sorted(self._action_groups, key=lambda group: group is self._general)
        return [(group.title or "", group._group_actions) for group in ordered if group._group_actions]

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        if args is not None and self._subparsers is None:
            # before argparse misses what a mistyped flag was to give
            self._check_flags(args)
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self._check_flags(rest)
            flag = next((argument.partition("=")[0] for argument in rest if argument.startswith("-")), None)
            self.error(f"unknown flag {flag}" if flag else f"expected no more arguments, found {len(rest)}")
        return found, []

    def _check_flags(self, arguments: Sequence[str]) -> None:
        """Names the first unknown flag, and no values: one may be a secret behind a mistyped --token."""
        for argument in arguments:
            flag = argument.partition("=")[0]
            if argument == "--":
                return
            if flag.startswith("--") and flag not in self._option_string_actions and " " not in flag:
                self.error(f"unknown flag {flag}{_nearest(flag, self._option_string_actions)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if wrong := no_choice(action, value):
            raise argparse.ArgumentError(action, wrong)

    def error(self, message: str) -> NoReturn:
        """argparse's messages in the words of all others: what was expected, what was found."""
        if message.startswith(_MISSING):
            message = f"expected {message.removeprefix(_MISSING)}, found none"
        message = message.removeprefix("argument ").replace("expected one argument", "expected a value, found none")
        messages.error(self.prog, f"{message} ({self.prog} --help shows the usage)")
        raise SystemExit(USAGE)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(text, width, break_on_hyphens=False)  # resq-render is one word


def pattern(text: str) -> re.Pattern[str]:
    """The type of an argument that is a regular expression."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"expected a regular expression, found {text!r}: {error}") from None


def unknown(what: str, found: str, known: Iterable[str]) -> str:
    """What is said of a name that nothing has: the nearest of the ``known``, or all of them."""
    names = list(known)
    return f"unknown {what} {found!r}{_nearest(found, names) or ': expected one of ' + ', '.join(names)}"


def no_choice(action: argparse.Action, value: Any) -> str:
    """What is said of a value that is none of the choices; nothing of one that is."""
    if action.choices is None or value in action.choices:
        return ""
    names = [str(choice) for choice in action.choices]
    if len(names) > _FEW:
        return unknown("name", value, names)
    return f"expected one of {', '.join(names)}, found {value!r}{_nearest(str(value), names)}"


def _nearest(found: str, known: Iterable[str]) -> str:
    import difflib  # only for those who mistyped

    near = difflib.get_close_matches(found, list(known), 1)
    return f": did you mean {near[0]}?" if near else ""


def _named(action: argparse.Action) -> str:
    return action.metavar if isinstance(action.metavar, str) else action.dest.upper()
