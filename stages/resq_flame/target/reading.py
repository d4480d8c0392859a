"""pipelines/NAME.toml -> Target, with the defaults of resq-flame.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

from resq_flame.target import keys, values
from resq_flame.target.errors import Source, TargetError, unknown
from resq_flame.target.keys import Kind

Table: TypeAlias = Mapping[str, object]

FOLDER, DEFAULTS = "pipelines", "resq-flame.toml"
KEEP, DAYS = 100, 365

_NAME = re.compile(r"\w[\w.-]*")
_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w*")
_PASSWORD = re.compile(r"//[^/@]*:[^/@$]+[^/@]*@")  # http://user:secret@host, not http://user:$SECRET@host


@dataclass(frozen=True, slots=True)
class Target:
    """One target. Flags stand in the order of the tables of ``keys``, whatever their order in the file."""

    name: str
    path: Path
    source: str
    flags: Mapping[str, tuple[str, ...]]
    """The flags of each stage, of ``capture`` and ``gate`` too, as written: $VARIABLES are not read yet."""
    rounds: int = 1
    command: tuple[str, ...] = ()
    """What the capture starts itself and profiles."""
    token_env: str = ""
    api_key_env: str = ""
    watch: tuple[str, ...] = ()
    """Globs of the files on which the profile depends, from the root."""
    keep: int = KEEP
    days: int = DAYS
    """How many profiles of the past are kept, and for how long."""


def load_all(root: Path) -> list[Target]:
    """The targets of a repository by their names. Raises TargetError."""
    given = load_defaults(root / DEFAULTS)
    return [load(path, given) for path in sorted((root / FOLDER).glob("*.toml"))]


def load_defaults(path: Path) -> dict[str, Table]:
    """What a resq-flame.toml says for all targets, checked; nothing where there is none. Raises TargetError."""
    if not path.exists():
        return {}
    source, tables = _read(path)
    for name, table in tables.items():
        _check_table(source, name, table, keys.of_defaults(name))
    return tables


def load(path: Path, defaults: Mapping[str, Table] | None = None) -> Target:
    """The target that a file describes; what it does not say is as in ``defaults``. Raises TargetError."""
    if not _NAME.fullmatch(path.stem):
        raise TargetError(f"{path}: expected a name of letters, digits, _, . and -, found {path.stem!r}")
    file, tables = _read(path)
    source = _source(file, tables["capture"])
    flags: dict[str, tuple[str, ...]] = {}
    said: dict[str, Table] = {}
    for name, table in tables.items():
        known = keys.of_table(name, source)
        _check_table(file, name, table, known)
        said[name] = {key: value for key, value in (defaults or {}).get(name, {}).items() if key in known} | dict(table)
        flags[name] = tuple(_flags(said[name], known))
    capture, history = said["capture"], said["history"]
    if "pid" in capture and "command" in capture:
        raise file.error("capture", "source", "expected either a pid or a command to profile, found both")
    return Target(
        path.stem,
        path,
        source,
        flags,
        rounds=cast("int", capture.get("rounds", 1)),  # every value was checked
        command=tuple(cast("list[str]", capture.get("command", []))),
        token_env=str(capture.get("token_env", "")),
        api_key_env=str(capture.get("api_key_env", "")),
        watch=tuple(cast("list[str]", capture.get("watch", []))),
        keep=cast("int", history.get("keep", KEEP)),
        days=cast("int", history.get("days", DAYS)),
    )


def check_values(target: Target) -> None:
    """Raise TargetError for a value that its flag does not take, in the target's file or in the defaults.

    Apart from ``load``: to import the parsers of all stages takes longer than a run in which nothing is to be done.
    """
    for path, source in ((target.path, target.source), (target.path.parents[1] / DEFAULTS, "")):
        if not path.exists():
            continue
        file, tables = _read(path)
        for name, table in tables.items():
            for key, value in table.items():
                if wrong := values.problem(name, source, key, value):
                    raise file.error(name, key, wrong)


def _read(path: Path) -> tuple[Source, dict[str, Table]]:
    """A file and its tables, each of them, also those of which it says nothing."""
    try:
        source = Source(path, path.read_text("utf-8"))
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise TargetError(f"{path}: expected TOML: {error}") from None
    try:
        return source, _tables(source, tomllib.loads(source.text))
    except tomllib.TOMLDecodeError as error:  # it ends in "(at line 3, column 7)" or "(at end of document)"
        message, _, place = str(error).partition(" (at ")
        line = (
            place.removeprefix("line ").partition(",")[0] if place.startswith("line") else source.text.count("\n") + 1
        )
        raise TargetError(f"{path}:{line}: expected TOML: {message}") from None


def _tables(source: Source, document: Table) -> dict[str, Table]:
    tables: dict[str, Table] = {name: {} for name in keys.TABLES}
    for name, table in document.items():
        if name not in tables:
            raise source.error(name, "", unknown("table", name, tables))
        if not isinstance(table, dict):
            raise source.error(name, "", f"expected a table, [{name}], found {table!r}")
        tables[name] = table
    return tables


def _source(file: Source, capture: Table) -> str:
    source = capture.get("source")
    if source is None:
        every = {key for name in keys.SOURCES for key in keys.of_source(name)}
        if mistyped := next((key for key in capture if key not in every), ""):
            raise file.error("capture", mistyped, unknown("key", mistyped, keys.CAPTURE))
        raise file.error("capture", "", f'expected source = "...", one of {", ".join(keys.SOURCES)}')
    if not isinstance(source, str) or source not in keys.SOURCES:
        raise file.error("capture", "source", unknown("source", str(source), keys.SOURCES))
    return source


def _check_table(file: Source, name: str, table: Table, known: Mapping[str, Kind]) -> None:
    for key, value in table.items():
        if key in known:
            _check(file, name, key, value, known[key])
        elif key in ("token", "api_key"):
            raise file.error(name, key, f'expected no secret in a file; {key}_env = "NAME" says which variable has it')
        else:
            raise file.error(name, key, unknown("key", key, known))


def _check(file: Source, name: str, key: str, value: object, kind: Kind) -> None:
    if kind is keys.VARIABLE and not _VARIABLE_NAME.fullmatch(str(value)):
        raise file.error(name, key, f"expected {kind.expected}")  # not what was found: it may be the secret
    if kind is keys.URL and _PASSWORD.search(str(value)):
        raise file.error(name, key, f"expected {kind.expected}")
    if type(value) not in kind.types or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
        raise file.error(name, key, f"expected {kind.expected}, found {value!r}")
    if kind in (keys.COUNT, keys.WHOLE) and cast("int", value) < (kind is keys.COUNT):
        raise file.error(name, key, f"expected {kind.expected}, found {value}")
    if value == [] and key == "command":
        raise file.error(name, key, "expected a program and its arguments, found an empty list")


def _flags(table: Table, known: Mapping[str, Kind]) -> Iterable[str]:
    for key in known:
        if key in table and key not in keys.NO_FLAGS:
            yield from _flag(key, table[key])


def _flag(key: str, value: object) -> list[str]:
    if key in keys.POSITIONAL:
        return [str(value)]
    flag = "--" + key.replace("_", "-")
    if value is False and key == "lines":  # the one flag for which absent means neither yes nor no
        return ["--no-lines"]
    if isinstance(value, bool):
        return [flag] if value else []
    return [f"{flag}={one}" for one in (value if isinstance(value, list) else [value])]
