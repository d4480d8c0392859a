"""What a pipelines/NAME.toml may say, as a JSON schema: editors complete and check from it.

Made of the tables in ``target.keys``; a key's description is the help of its flag.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TypeAlias

from resq_flame import capture
from resq_flame.target import keys
from resq_flame.target.keys import Kind
from resq_flame.target.values import actions

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
    return {key: _meaning(key, actions(table, source)) for key in keys.of_table(table, source)}


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
    return {name: _table(name, keys.of_table(name, ""), actions(name)) for name in names}


def _capture() -> Schema:
    """One shape a source, told apart by it."""
    shapes = []
    for source in keys.SOURCES:
        shape = _table("capture", keys.of_source(source), actions("capture", source))
        properties = shape["properties"]
        assert isinstance(properties, dict)
        about = f"{capture.SOURCES[source].target}"
        properties["source"] = {"const": source, "description": about}
        if "pid" in properties and "command" in properties:
            shape["not"] = {"required": ["pid", "command"]}
        shapes.append({**shape, "title": source, "required": ["source"]})
    return {"type": "object", "description": TABLES["capture"], "oneOf": shapes}


def _table(name: str, known: Mapping[str, Kind], flags: Mapping[str, argparse.Action]) -> Schema:
    return {
        "type": "object",
        "description": TABLES[name],
        "properties": {key: _value(key, kind, flags) for key, kind in known.items()},
        "additionalProperties": False,
    }


def _value(key: str, kind: Kind, flags: Mapping[str, argparse.Action]) -> Schema:
    schema = {**TYPES[kind], "description": _meaning(key, flags)}
    if key == "command":
        schema["minItems"] = 1
    choices = flags[key].choices if key in flags else None
    if choices and kind is keys.TEXT:
        schema["enum"] = list(choices)
    return schema


def _meaning(key: str, flags: Mapping[str, argparse.Action]) -> str:
    if key in keys.NOTES:
        return keys.NOTES[key]
    action = flags[key]
    return (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")


def _every_source() -> dict[str, argparse.Action]:
    return {key: action for name in keys.SOURCES for key, action in actions("capture", name).items()}
