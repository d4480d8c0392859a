"""Whether the value of a key is one that its flag takes: the parser of the stage knows."""

from __future__ import annotations

import argparse
import importlib
from functools import cache

from resq_flame import capture
from resq_flame.parser import Parser, no_choice
from resq_flame.target import keys


def problem(table: str, source: str, key: str, value: object) -> str:
    """What is wrong with a value of the right type; nothing where it is right, or not known before the capture runs."""
    if isinstance(value, bool) or key in keys.NO_FLAGS:
        return ""
    if table == "capture":  # in resq-flame.toml, that of any source
        action = actions(table, source or next(one for one in keys.SOURCES if key in keys.SOURCES[one]))[key]
    else:
        action = actions(table)[key]
    for text in map(str, value if isinstance(value, list) else [value]):
        if table == "capture" and "$" in text:
            continue
        try:
            wrong = no_choice(action, action.type(text) if callable(action.type) else text)
        except argparse.ArgumentTypeError as error:
            wrong = str(error)
        if wrong:
            return wrong
    return ""


@cache
def actions(table: str, source: str = "") -> dict[str, argparse.Action]:
    """The flags of a table's stage by their keys; none for a table that is no stage's."""
    parser = Parser(table, "")
    if table == "capture":
        capture.SOURCES[source].module.add_arguments(parser)
    elif table != "history":
        name = "report" if table == "gate" else table
        package = importlib.import_module(f"resq_flame.{name}")
        program = package if hasattr(package, "arguments") else importlib.import_module(f"resq_flame.{name}.__main__")
        program.arguments(parser)
    return _by_key(parser)


def _by_key(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    found = {}
    for action in parser._actions:
        names = [option for option in action.option_strings if option.startswith("--")] or [action.dest]
        found.update({name.removeprefix("--").replace("-", "_"): action for name in names})
    return found
