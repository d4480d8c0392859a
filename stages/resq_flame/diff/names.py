"""Names that two builds of one program give differently, made the same: so that a function is compared with itself.

Each rule is a flag. What it takes away:

    generics    Vec<Row>::push, parse::<u32>, Map[go.shape.int]
    hashes      main::h0123456789abcdef, core[5f2d1c]::fmt, main.3f2a1b9c.js, .llvm.8143
    lambdas     {lambda(int)#1}, {{closure}}, $_0, Main$$Lambda$14/0x0000000800c03000, lambda$run$0, main.func1.2
    lines       handle (app.py:12), render (view.js:10:4)
    suffixes    memcpy.isra.0.cold, run [clone .part.1], handle_[j], call_[i], parse (inlined)
    addresses   main+0x1f2, 0x7f3a52c0

A name that a rule would leave empty stays as it is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from resq_flame.folded import clean

Rename = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A normalisation of frame names, as its flag ``--strip-NAME`` says."""

    meaning: str
    rename: Rename


def _replacing(*changes: tuple[str, str]) -> Rename:
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in changes]

    def rename(name: str) -> str:
        for pattern, replacement in compiled:
            name = pattern.sub(replacement, name)
        return name

    return rename


# In "operator<<" and "->" it is no bracket; in "<module>" and "<T as Trait>::f" it opens a name, not its arguments.
_BRACKET = re.compile(r"operator(?:<=>|<<=?|>>=?|<=|>=|->\*?|<(?=\s*[(<]|$)|>(?=\s*[(<]|$))|->|=>|(?:::)?<|>")
_GO_ARGUMENTS = re.compile(r"\[(?:go\.shape\.|\.\.\.)[^]]*\]+")


def _without_generics(name: str) -> str:
    if "<" in name:
        name = _without_brackets(name)
    return _GO_ARGUMENTS.sub("", name) if "[" in name else name


def _without_brackets(name: str) -> str:
    kept: list[str] = []
    opened: list[bool] = []  # for each open bracket: does it hold arguments, which go?
    done = operator = 0
    for found in _BRACKET.finditer(name):
        token = found[0]
        if token.startswith("operator") or token in ("->", "=>"):
            operator = found.end()
            continue
        if not any(opened):
            kept.append(name[done : found.start()])
        done = found.end()
        if token == ">":
            if not opened:
                return name
            arguments = opened.pop()
        else:
            before = name[: found.start()].rstrip()
            named = before[-1:].isalnum() or before[-1:] in ("_", ">", "]", "}") or 0 < operator == len(before)
            opened.append(arguments := token != "<" or named)
        if not arguments and not any(opened):
            kept.append(token)
    return name if opened else "".join([*kept, name[done:]])


RULES = {
    "generics": Rule("generic arguments: Vec<Row>::push is Vec::push", _without_generics),
    "hashes": Rule(
        "hashes of compilers and bundlers: ::h0123456789abcdef, main.3f2a1b9c.js",
        _replacing(
            (r"::h[0-9a-f]{16}(?![0-9a-zA-Z_])", ""),
            (r"17h[0-9a-f]{16}E", "E"),  # mangled
            (r"(?<=\w)\[[0-9a-f]{5,16}\]", ""),  # the crate's disambiguator, in Rust's v0 names
            (r"\.llvm\.\d+", ""),
            (r"[.~_-](?=[0-9a-f]*\d)[0-9a-f]{6,64}(?=(?:\.\w+)*\.(?:[cm]?js|css|wasm)\b)", ""),
            (r"-(?=\w*\d)(?=\w*[A-Za-z])[\w-]{8}(?=\.(?:[cm]?js|css|wasm)\b)", ""),  # Vite: base64
        ),
    ),
    "lambdas": Rule(
        "the numbers of lambdas, closures and anonymous classes",
        _replacing(
            (r"(\{(?:lambda|unnamed type|closure|impl|shim|constant)[^{}#]*)#\d+\}", r"\1}"),
            (r"('(?:lambda|unnamed))\d+'", r"\1'"),
            (r"(?<![\w$])\$_\d+", "$_"),
            (r"(\$\$Lambda)(?:\$\d+)?(?:[/.]0x[0-9a-fA-F]+|/\d+)?", r"\1"),
            (r"(\bLambdaForm\$\w+)[/.]0x[0-9a-fA-F]+", r"\1"),
            (r"(\b(?:lambda|access|\$?anonfun)\$\w*?)\$?\d+(?![\w])", r"\1"),
            (r"(\$Proxy|GeneratedMethodAccessor|GeneratedConstructorAccessor)\d+", r"\1"),
            (r"(?<=[\w$])\$\d+(?=[.$:]|$)", "$"),
            (r"\.(func|gowrap|deferwrap)\d+(?:\.\d+)*", r".\1"),
            (r"\bclosure #\d+", "closure"),
        ),
    ),
    "lines": Rule("line numbers behind a file", _replacing((r"(\.[A-Za-z]\w{0,9}|>):\d+(?::\d+)?(?![\w:])", r"\1"))),
    "suffixes": Rule(
        "what compilers and collapsers append: .isra.0, .cold, _[j], (inlined)",
        _replacing(
            (r"(?:\.(?:isra|part|constprop|cold|lto_priv|localalias|clone)(?:\.\d+)*)+(?![\w.])", ""),
            (r" \[clone [^]]*\]", ""),
            (r"_\[[a-z0-9]\](?=$| \()", ""),
            (r" \((?:inlined|inl)\)$", ""),
        ),
    ),
    # last: a lambda's address is a part of its number
    "addresses": Rule(
        "addresses, and offsets behind a name",
        _replacing((r"\+0x[0-9a-fA-F]+", ""), (r"\b0x[0-9a-fA-F]+", "0x...")),
    ),
}


def renaming(rules: Iterable[str], maps: Iterable[tuple[re.Pattern[str], str]]) -> Rename:
    """One name after the other by these rules, in the order of RULES, then by the maps, in theirs."""
    chosen = {*rules}
    renames = [rule.rename for name, rule in RULES.items() if name in chosen]

    @functools.cache
    def rename(name: str) -> str:
        for change in renames:
            name = change(name).strip() or name
        for pattern, replacement in maps:
            name = pattern.sub(replacement, name)
        return clean(name)

    return rename
