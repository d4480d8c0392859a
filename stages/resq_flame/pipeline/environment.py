"""What a capture takes from the environment: its $VARIABLES and its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from resq_flame.target import Target

# Where resq-capture looks for secrets.
TOKEN, API_KEY = "RESQ_TOKEN", "RESQ_API_KEY"

PACKAGES = Path(__file__).parents[2]

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})")


class UnsetError(KeyError):
    """A variable that a target names is not set."""


def expand(texts: Iterable[str], outside: Mapping[str, str]) -> list[str]:
    """The texts with their $VARIABLES, ${VARIABLES} and, as in a shell, ${VARIABLES:-or this}. Raises UnsetError."""

    def value(found: re.Match[str]) -> str:
        name, default = found[1] or found[2], found[3]
        if default is not None:
            return outside.get(name) or default
        if name not in outside:
            raise UnsetError(name)
        return outside[name]

    return [_VARIABLE.sub(value, text) for text in texts]


def unset(target: Target, outside: Mapping[str, str]) -> str | None:
    """The one line to say where the capture of this target lacks a variable."""
    try:
        expand(target.flags["capture"], outside)
        expand([f"${name}" for name in (target.token_env, target.api_key_env) if name], outside)
    except UnsetError as error:
        name = error.args[0]
        return f"{target.path}: capture: expected ${name} in the environment, found it unset (export {name}=...)"
    return None


def of_stage(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment in which ``python -m resq_flame.…`` finds this package, from a bare checkout too."""
    inside = dict(outside)
    # An installed package is found anyway, and its neighbours are nothing for the path of what a capture starts.
    if PACKAGES.name not in ("site-packages", "dist-packages"):
        inside["PYTHONPATH"] = ":".join(filter(None, (str(PACKAGES), outside.get("PYTHONPATH"))))
    return inside


def of_capture(target: Target, outside: dict[str, str]) -> dict[str, str]:
    """The same with the target's secrets where resq-capture looks; once it names one, it gets no others."""
    named = {TOKEN: target.token_env, API_KEY: target.api_key_env}
    if not any(named.values()):
        return outside
    others = {name: value for name, value in outside.items() if name not in named}
    return others | {place: outside[name] for place, name in named.items() if name in outside}
