"""What a pipelines/NAME.toml may say, as a JSON schema: editors complete and check from it.

Made of the tables in ``target.keys``; a key's description is the help of its flag.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import TypeAlias

from resq_flame import capture, stage
from resq_flame.target import keys
from resq_flame.target.keys import Kind

Schema: TypeAlias = dict[str, object]

DRAFT = "http://json-schema.org/draft-07/schema#"  # what taplo and the editors' TOML servers read

TYPES: dict[Kind, Schema] = {
    keys.TEXT: {"type": "string"},
    keys.NUMBER: {"type": "number"},
    keys.AMOUNT: {"type": ["number", "string"]},
    keys.SWITCH: {"type": "boolean"},
    keys.TEXTS: {"type": "array", "items": {"type": "string"}},
    keys.COUNT: {"type": "integer", "minimum": 1},
    keys.WHOLE: {"type": "integer", "minimum": 0},
    keys.URL: {"type": "string", "not": {"pattern": "//[^/@]*:[^/@$]+[^/@]*@"}},
    keys.VARIABLE: {"type": "string", "pattern": r"^[A-Za-z_]\w*$"},
}
TABLES = {
    "capture": "what to profile, and when again",
    "fold": "how the capture becomes folded stacks: flags of resq-fold",
    "merge": "filters: flags of resq-merge",
    "diff": "comparison with the baseline: flags of resq-diff",
    "render": "the flame graph: flags of resq-render",
    "report": "the report: flags of resq-report",
    "gate": "when a comparison fails: flags of resq-report",
    "history": "what is kept of the past",
}


def of_target() -> Schema:
    """The schema of a pipelines/NAME.toml."""
    return _document("A target of resq-flame", {"capture": _capture(), **_tables()}, ["capture"])


def of_defaults() -> Schema:
    """The schema of a resq-flame.toml: the same tables, without what is a target's own."""
    known = {"capture": _table("capture", keys.of_defaults("capture"), _every_source()), **_tables()}
    return _document("What all targets of resq-flame have in common", known, [])


def descriptions(table: str, source: str = "") -> dict[str, str]:
    """What each key of a table means, in its order."""
    actions = _source(source) if table == "capture" else _actions("report" if table == "gate" else table)
    return {key: _meaning(key, actions) for key in keys.of_table(table, source)}


def _document(title: str, tables: Mapping[str, Schema], required: list[str]) -> Schema:
    return {
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "properties": dict(tables),
        "required": required,
        "additionalProperties": False,
    }


def _tables() -> dict[str, Schema]:
    names = [name for name in keys.TABLES if name != "capture"]
    return {
        name: _table(name, keys.of_table(name, ""), _actions("report" if name == "gate" else name)) for name in names
    }


def _capture() -> Schema:
    """One shape a source, told apart by it."""
    shapes = []
    for source in keys.SOURCES:
        shape = _table("capture", keys.of_source(source), _source(source))
        properties = shape["properties"]
        assert isinstance(properties, dict)
        about = f"{capture.SOURCES[source].target}"
        properties["source"] = {"const": source, "description": about}
        if "pid" in properties and "command" in properties:
            shape["not"] = {"required": ["pid", "command"]}
        shapes.append({**shape, "title": source, "required": ["source"]})
    return {"type": "object", "description": TABLES["capture"], "oneOf": shapes}


def _table(name: str, known: Mapping[str, Kind], actions: Mapping[str, argparse.Action]) -> Schema:
    return {
        "type": "object",
        "description": TABLES[name],
        "properties": {key: _value(key, kind, actions) for key, kind in known.items()},
        "additionalProperties": False,
    }


def _value(key: str, kind: Kind, actions: Mapping[str, argparse.Action]) -> Schema:
    schema = {**TYPES[kind], "description": _meaning(key, actions)}
    if key == "command":
        schema["minItems"] = 1
    choices = actions[key].choices if key in actions else None
    if choices and kind is keys.TEXT:
        schema["enum"] = list(choices)
    return schema


def _meaning(key: str, actions: Mapping[str, argparse.Action]) -> str:
    if key in keys.NOTES:
        return keys.NOTES[key]
    action = actions[key]
    return (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")


def _actions(name: str) -> dict[str, argparse.Action]:
    """The flags of a stage by their keys; none for a table that is no stage's."""
    if name == "history":
        return {}
    package = importlib.import_module(f"resq_flame.{name}")
    program = package if hasattr(package, "arguments") else importlib.import_module(f"resq_flame.{name}.__main__")
    parser = stage.Parser(name, "")
    program.arguments(parser)
    return _by_key(parser)


def _source(name: str) -> dict[str, argparse.Action]:
    parser = stage.Parser(name, "")
    capture.SOURCES[name].module.add_arguments(parser)
    return _by_key(parser)


def _every_source() -> dict[str, argparse.Action]:
    return {key: action for name in keys.SOURCES for key, action in _source(name).items()}


def _by_key(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    found = {}
    for action in parser._actions:
        names = [option for option in action.option_strings if option.startswith("--")] or [action.dest]
        found.update({name.removeprefix("--").replace("-", "_"): action for name in names})
    return found
