"""What a pipelines/NAME.toml may say: its tables, their keys, and what the value of each may be.

Each table is a stage, each key one of its flags with "_" for "-"; tests/pipeline/test_target.py holds them against the
stages' parsers, whose help is what editors and docs/PIPELINES.md show. A key that is no flag has its line in NOTES.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What the value of a key may be."""

    expected: str
    types: tuple[type, ...]


TEXT = Kind('a "text"', (str,))
NUMBER = Kind("a number", (int, float))
AMOUNT = Kind('a number or a "text"', (int, float, str))
SWITCH = Kind("true or false", (bool,))
TEXTS = Kind('a list of "texts"', (list,))
COUNT = Kind("a whole number from 1 on", (int,))
WHOLE = Kind("a whole number from 0 on", (int,))
URL = Kind("an address with no password in it (token_env names the variable that holds a secret)", (str,))
VARIABLE = Kind("the name of the environment variable that holds the secret", (str,))

STAGES: dict[str, dict[str, Kind]] = {
    "fold": {
        "format": TEXT,
        "lines": SWITCH,
        "idle": SWITCH,
        "sample_type": TEXT,
        "event": TEXT,
        "all_events": SWITCH,
        "pid": SWITCH,
        "tid": SWITCH,
        "kernel": SWITCH,
        "jit": SWITCH,
        "addrs": SWITCH,
        "inline": SWITCH,
        "context": SWITCH,
        "skip_after": TEXTS,
    },
    "merge": {
        "tag": TEXTS,
        "focus": TEXTS,
        "ignore": TEXTS,
        "hide": TEXTS,
        "show": TEXTS,
        "show_from": TEXTS,
        "prune_from": TEXTS,
        "collapse_recursion": SWITCH,
        "min_share": NUMBER,
    },
    "diff": {
        "normalize": SWITCH,
        "comparable": SWITCH,
        "strip_generics": SWITCH,
        "strip_hashes": SWITCH,
        "strip_lambdas": SWITCH,
        "strip_lines": SWITCH,
        "strip_suffixes": SWITCH,
        "strip_addresses": SWITCH,
        "map": TEXTS,
    },
    "render": {
        "title": TEXT,
        "subtitle": TEXT,
        "notes": TEXT,
        "countname": TEXT,
        "nametype": TEXT,
        "factor": NUMBER,
        "width": AMOUNT,
        "height": NUMBER,
        "minwidth": AMOUNT,
        "fonttype": TEXT,
        "fontsize": NUMBER,
        "fontwidth": NUMBER,
        "inverted": SWITCH,
        "reverse": SWITCH,
        "no_sort": SWITCH,
        "base": TEXTS,
        "colors": TEXT,
        "bgcolors": TEXT,
        "theme": TEXT,
        "random": SWITCH,
        "search_color": TEXT,
        "delta": TEXT,
        "negate": SWITCH,
    },
    "report": {"top": NUMBER, "sort": TEXT, "format": TEXT},
}
HISTORY: dict[str, Kind] = {"keep": WHOLE, "days": WHOLE}
GATE: dict[str, Kind] = {"fail_above": AMOUNT, "fail_on": TEXT}
_HTTP = {
    "duration": AMOUNT,
    "url": URL,
    "token_env": VARIABLE,
    "api_key_env": VARIABLE,
    "token_file": TEXT,
    "api_key_file": TEXT,
    "insecure_http": SWITCH,
    "cacert": TEXT,
    "client_cert": TEXT,
    "wait": AMOUNT,
}
_NODE = {**_HTTP, "interval": NUMBER, "pid": AMOUNT, "inspect": TEXT, "command": TEXTS}
_PYTHON = {
    **_HTTP,
    "path": TEXT,
    "rate": NUMBER,
    "pid": AMOUNT,
    "command": TEXTS,
    "native": SWITCH,
    "subprocesses": SWITCH,
    "gil": SWITCH,
    "idle": SWITCH,
}
_OFFCPU = {
    "duration": AMOUNT,
    "call_graph": TEXT,
    "pid": AMOUNT,
    "cgroup": TEXT,
    "container": TEXT,
    "command": TEXTS,
}
SOURCES: dict[str, dict[str, Kind]] = {
    "hce": _NODE,
    "node": _NODE,
    "bun": _NODE,
    "api": {**_HTTP, "path": TEXT, "kind": TEXT},
    "python": _PYTHON,
    "pdie": _PYTHON,
    "perf": {**_OFFCPU, "rate": NUMBER, "event": TEXT},
    "offcpu": {**_OFFCPU, "engine": TEXT},
    "exec": {"duration": AMOUNT, "command": TEXTS},
    "file": {"file": TEXT},
}
CAPTURE: dict[str, Kind] = {"source": TEXT, "rounds": COUNT, "watch": TEXTS}
"""What every source's [capture] may say."""

TABLES = ("capture", *STAGES, "gate", "history")
NO_FLAGS = frozenset((*CAPTURE, "command", "token_env", "api_key_env", *HISTORY))
POSITIONAL = frozenset(("file",))
OWN = frozenset(("source", "command", "file", "pid", "cgroup", "container", "inspect"))
"""What is profiled: each target says that itself, resq-flame.toml does not."""

NOTES: dict[str, str] = {
    "source": "what to profile, and how",
    "rounds": "captures, one after the other: their scatter tells noise from change (default: 1)",
    "watch": "files on which the profile depends, as globs from the root: where one changed, the target is captured"
    " again; ! before a glob leaves files out",
    "command": "the program to start and profile, with its arguments",
    "token_env": "the variable that holds the bearer token",
    "api_key_env": "the variable that holds the API key",
    "keep": "profiles to keep; 0 keeps none (default: 100)",
    "days": "how long to keep them (default: 365)",
}


def of_source(source: str) -> dict[str, Kind]:
    """The keys of [capture] for a source."""
    return {**CAPTURE, **SOURCES[source]}


def of_table(table: str, source: str) -> dict[str, Kind]:
    """The keys of a table of a target with this source, in the order of their flags."""
    if table == "capture":
        return of_source(source)
    return {"gate": GATE, "history": HISTORY}.get(table) or STAGES[table]


def of_defaults(table: str) -> dict[str, Kind]:
    """The keys of a table of resq-flame.toml: those of every source, without what is a target's own."""
    if table != "capture":
        return of_table(table, "")
    every = {key: kind for source in SOURCES for key, kind in of_source(source).items()}
    return {key: kind for key, kind in every.items() if key not in OWN}
