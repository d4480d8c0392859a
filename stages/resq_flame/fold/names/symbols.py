"""Tidies the symbols of native profiles, to the names that ``inferno-collapse-perf`` 0.12 gives them.

Arguments go, Java signatures and Rust's mangling become readable, quotes stay:

    std::function<void (int)>::operator()(int) const   std::function<void (int)>::operator
    net/http.(*Client).Do(0xc0000)                     net/http.(*Client).Do
    Lorg/x/Y;.call(Lorg/x/Z;)V                         org/x/Y:.call
    _$LT$F$u20$as$u20$core..Fn$GT$::call::h0123456789abcdef   <F as core::Fn>::call
"""

from __future__ import annotations

import re

from resq_flame.fold.names import rust_v0

_ANONYMOUS = "(anonymous namespace)"
_BRACKETS = re.compile(r"->|[<{\[(>}\])]")
_JAVA_CLASS = re.compile(r"L(?=(?:[\w$]+/)+[\w$]+(?:[;:.]|$))")

# rustc's legacy mangling (rustc-demangle, src/legacy.rs): perf takes off _ZN…E and leaves the escapes and the hash.
_RUST_HASH = re.compile(r"::h[0-9a-f]{16}$")
_RUST_LEGACY = re.compile(r"_ZN(.+)17h[0-9a-f]{16}E(?:\.llvm\.\w+)?")
_RUST_ESCAPE = re.compile(r"\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{1,6})\$|\.\.")
_RUST_ESCAPES = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}


def tidy(symbol: str) -> list[str]:
    """The frames of one demangled or mangled symbol, caller first; inlined Java callees are marked ``_[i]``."""
    first, *inlined = split_inlined(demangled(symbol))
    return [without_signature(first), *(f"{without_signature(name).removesuffix('_[i]')}_[i]" for name in inlined)]


def without_signature(name: str) -> str:
    """The name without argument list and without the ``L`` of a Java class; what is nothing but arguments stays."""
    name = without_arguments(name.replace(";", ":")) or name
    return _JAVA_CLASS.sub("", name, count=1) if name.startswith("L") else name


def without_arguments(name: str) -> str:
    """The name up to its argument list: the first parenthesis outside of brackets, be it not Go's receiver
    (``net/http.(*Client).Do``) or C++'s ``(anonymous namespace)``."""
    if "(" not in name:
        return name
    depth = 0
    for bracket in _BRACKETS.finditer(name):
        at, found = bracket.start(), bracket[0]
        if found == "(" and depth == 0 and not name.startswith(_ANONYMOUS, at) and name[at - 1 : at] != ".":
            return name[:at]
        if found != "->":
            depth += 1 if found in "<{[(" else -1
    return name


def split_inlined(name: str) -> list[str]:
    """``a->b->c`` of Java's perf-map-agent, apart; arrows of C++ operators and of types in brackets stay.

    inferno splits at those too, and so finds ``_[i]`` as a function in ``Ptr<int>::operator->()``.
    """
    if "->" not in name:
        return [name]
    parts, depth, start = [], 0, 0
    for bracket in _BRACKETS.finditer(name):
        at, found = bracket.start(), bracket[0]
        if found != "->":
            depth += 1 if found in "<{[(" else -1
        elif depth == 0 and at > start and name[at - 1] != " " and not name.endswith("operator", 0, at):
            parts.append(name[start:at])
            start = bracket.end()
    return [*parts, name[start:]] if name[start:] else [name]


def demangled(symbol: str) -> str:
    """The readable form of a Rust symbol, v0 or legacy; any other symbol as it is."""
    if symbol.startswith(("_R", "__R")):
        return rust_v0.demangled(symbol) or symbol
    if symbol.startswith(("_ZN", "__ZN")) and (mangled := _RUST_LEGACY.fullmatch(symbol.replace("__ZN", "_ZN", 1))):
        return _unescaped("::".join(_legacy_path(mangled[1]))) or symbol
    if _RUST_HASH.search(symbol):
        return _unescaped(symbol[: -len("::h0123456789abcdef")]) or symbol
    return symbol


def _legacy_path(mangled: str) -> list[str]:
    """The identifiers of ``4core3ptr13drop_in_place``; none where a length does not fit."""
    parts = []
    while mangled:
        digits = re.match("[0-9]{1,6}", mangled)
        if not digits:
            return []
        name = mangled[digits.end() : digits.end() + int(digits[0])]
        if len(name) < int(digits[0]) or not name:
            return []
        parts.append(name.removeprefix("_") if name.startswith("_$") else name)
        mangled = mangled[digits.end() + len(name) :]
    return parts


def _unescaped(path: str) -> str:
    path = path[1:] if path.startswith("_$") else path
    return _RUST_ESCAPE.sub(_plain, path)


def _plain(escape: re.Match[str]) -> str:
    code = escape[1]
    if code is None:
        return "::"
    if code in _RUST_ESCAPES:
        return _RUST_ESCAPES[code]
    value = int(code[1:], 16)
    return chr(value) if value < 0x110000 else escape[0]
