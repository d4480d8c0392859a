"""The settings of a plan as a form: its fields, what is wrong with what was typed, and the flags that it makes.

What a value may be is what resq-capture's own parser says.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from resq_flame import capture, parser
from resq_flame.stage import UsageError
from resq_flame.tui.plan import DURATION, SECRETS, Plan

_HTTP = ("url", "token", "api_key", "duration")
_PROCESS = ("pid", "url", "duration", "rate")
_MACHINE = ("pid", "duration")

# By source, the flags that a form shows, in this order; what else a pipeline says is kept as it is.
FIELDS: dict[str, tuple[str, ...]] = {
    "hce": (*_HTTP, "pid"),
    "api": (*_HTTP, "path"),
    "python": _PROCESS,
    "pdie": _PROCESS,
    "perf": (*_MACHINE, "rate"),
    "offcpu": _MACHINE,
    "exec": ("duration",),
    "file": (),
}
OUTPUT = "output"
LABELS = {
    "url": "URL",
    "token": "Token",
    "api_key": "API key",
    "duration": "Duration",
    "pid": "Process",
    "path": "Path",
    "rate": "Rate",
    OUTPUT: "Picture",
}
EMPTY = {
    "pid": {"hce": "none: the URL is asked", "perf": "none: the whole system", "offcpu": "none: the whole system"},
    "token": {"": "none"},
    "api_key": {"": "none"},
    "path": {"api": "/admin/profile"},
}
_PID_BY_URL = "none: who listens at the URL"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form in order: the capture's flags, its secrets by their variables, its length, where the picture goes."""

    flags: tuple[str, ...]
    seconds: float
    output: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Form:
    """The fields of a plan. Values are texts, as they stand in the fields."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._parser = parser.Parser("resq-capture", "")
        capture.SOURCES[plan.source].module.add_arguments(self._parser)
        self._actions = {action.dest: action for action in self._parser._actions}
        self.fields = (*(name for name in FIELDS[plan.source] if not (plan.command and name in ("pid", "url"))), OUTPUT)

    def initial(self, name: str) -> str:
        """What a field holds at first. Variables that are set are read; a secret is never shown."""
        if name == OUTPUT:
            return f"{self.plan.name}.svg"
        if name in SECRETS:
            return ""
        given = self.plan.given.get(name)
        if given is not None:
            return _expanded(given)
        if name == "duration":
            return DURATION
        default = self._actions[name].default
        if name == "url" and "pid" in self.plan.given:
            return ""
        return "" if default is None else f"{default}"

    def hint(self, name: str) -> str:
        """What an empty field means."""
        if name in SECRETS:
            variable = self.plan.secret_from.get(name)
            return f"from ${variable}" if variable and os.environ.get(variable) else "none"
        if name == "pid" and self.plan.source in ("python", "pdie"):
            return _PID_BY_URL
        return EMPTY.get(name, {}).get(self.plan.source, "")

    def problem(self, name: str, value: str) -> str:
        """What is wrong with the value of one field; nothing where it is right."""
        if (unset := re.search(r"\$\{?(\w+)", value)) and name not in SECRETS:
            return f"${unset[1]} is not set: type a value"
        if name == OUTPUT:
            return _output_problem(value)
        if name == "path" and value and not value.startswith("/"):
            return f"expected a path such as /admin/profile, found {value!r}"
        action = self._actions.get(name)
        if not value or action is None:
            return "expected one" if name in ("duration", "rate") else ""
        try:
            if callable(action.type):
                action.type(value)
        except argparse.ArgumentTypeError as error:
            return str(error)
        return ""

    def problems(self, values: Mapping[str, str]) -> str:
        """What is wrong with the form as a whole, its fields being right."""
        from resq_flame.capture import api, endpoint, hce

        options = self._options(values)
        if self.plan.command or options is None or not values.get("url") or values.get("pid"):
            return ""
        try:
            if self.plan.source == "hce":
                endpoint.from_arguments(options, hce.PATH)
            elif self.plan.source == "api":
                endpoint.from_arguments(options, values.get("path") or api.PATH, open_to_all=True)
            else:
                from resq_flame.capture import listeners

                listeners.port_of(values["url"])
        except UsageError as error:
            said = str(error).removeprefix("--url: ")
            return said.replace(endpoint.SET_CREDENTIAL, "type a token or an API key")  # a form has fields for them
        return ""

    def filled(self, values: Mapping[str, str]) -> Filled:
        """The flags that the values make; both kinds of problems are ruled out."""
        options = self._options(values)
        seconds = getattr(options, "duration", None)
        output = os.path.abspath(os.path.expanduser(values[OUTPUT]))
        return Filled(tuple(self._flags(values)), float(seconds or 0), output, self._secrets(values))

    def _secrets(self, values: Mapping[str, str]) -> dict[str, str]:
        """By their variables: those that were typed, else those that the plan names itself, else none."""
        typed = {SECRETS[name]: values[name] for name in SECRETS if values.get(name)}
        if typed or self.plan.secret_from == SECRETS:
            return typed
        return {SECRETS[key]: os.environ[name] for key, name in self.plan.secret_from.items() if name in os.environ}

    def _flags(self, values: Mapping[str, str]) -> list[str]:
        shown = [name for name in self.fields if name not in SECRETS and name != OUTPUT and values.get(name)]
        if values.get("pid"):  # one target: a pid, or an address
            shown = [name for name in shown if name != "url"]
        return [*(f"--{name.replace('_', '-')}={values[name]}" for name in shown), *map(_expanded, self.plan.fixed)]

    def _options(self, values: Mapping[str, str]) -> argparse.Namespace | None:
        if any(self.problem(name, values.get(name, "")) for name in self.fields):
            return None
        try:
            options: argparse.Namespace = self._parser.parse_args(self._flags(values))
        except SystemExit:
            return None
        for name in SECRETS:
            variable = self.plan.secret_from.get(name, "")
            setattr(options, name, values.get(name) or os.environ.get(variable))
        return options


def _expanded(text: str) -> str:
    """The text with the variables that are set in their places."""
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: os.environ.get(found[1] or found[2], found[0]), text)


def _output_problem(value: str) -> str:
    path = Path(value).expanduser()
    if path.suffix != ".svg":
        return "expected a name that ends in .svg"
    if path.is_dir():
        return "is a folder"
    parent = path.absolute().parent
    return "" if parent.is_dir() and os.access(parent, os.W_OK) else f"cannot write in {parent}"
