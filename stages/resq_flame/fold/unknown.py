"""What to say of content that no format knows: what it looks like, what it may be, and which formats are nearest."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Set

from resq_flame.folded import quoted

# What people hand to a profiler's tool though it is no profile, or not one yet.
_OTHERS = (
    (rb"go 1\.\d+ trace\0", "a Go execution trace: go tool trace -pprof=sched FILE makes a profile of it"),
    (
        rb"(?i)(<!--.*?-->\s*)?<(!doctype\s+html|html)",
        "an HTML page, and none of those that hold a profile: is the address right, does it want a login?",
    ),
    (rb'\[\s*\{[^}]*"webSocketDebuggerUrl"', "the inspector's list of its targets: the profile comes by the WebSocket"),
    (rb'\{\s*"Browser":.{1,200}"Protocol-Version"', "the inspector's version: the profile comes by the WebSocket"),
    (rb'\{\s*"snapshot":\s*\{\s*"meta"', "a heap snapshot, which has no stacks: node --heap-prof records them"),
    (rb"v8-version,\d+,", "V8's own log: node --prof-process --preprocess FILE makes a profile of it"),
    (rb"\x04\x08[\{\}]", "Ruby's Marshal: stackprof --json FILE makes a profile of what StackProf.run wrote"),
    (
        rb"(?:[A-Z][\w ]*: [^\n]*\n){1,9}Showing nodes accounting for",
        "a table of pprof's, which has no stacks: go tool pprof -proto or -traces writes what can be folded",
    ),
    (
        rb"\d+ function calls .{0,60}in \d+\.\d+ seconds",
        "cProfile's table, which has no callers: python -m cProfile -o FILE writes what can be folded",
    ),
    (rb"PK\x03\x04", "a zip archive: unpack it first"),
    (rb"\xfd7zXZ\0|BZh|\x04\x22\x4d\x18", "data compressed in a way that only its own tool undoes: unpack it first"),
    (rb"\x7fELF", "a program, not a profile of it"),
)


NEAREST = 3
"""How many formats an error names."""

_KEY = re.compile(r'"(\w+)"\s*:')
_EXAMPLE = re.compile(r"^    (.*\S)", re.MULTILINE)


def description(head: bytes, formats: Mapping[str, tuple[str, str]]) -> str:
    """One line on an unknown head. ``formats`` has each one's kinds ("text JSON") and its docstring, by its name."""
    text = head.lstrip()
    for pattern, what in _OTHERS:
        if re.match(pattern, text, re.DOTALL):
            return f"expected a profile, found {what} ({quoted(head)})"
    kind = _kind(text)
    near = _nearest(text.decode("utf-8", "replace"), kind, formats)
    return (
        f"expected a profile of a known format, found {kind} that begins {quoted(head)}; nearest: {', '.join(near)}"
        " (--format NAME reads it as one, --list-formats names all)"
    )


def _kind(text: bytes) -> str:
    if text.startswith((b"{", b"[")):
        return "JSON"
    return "binary" if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else "text"


def _nearest(text: str, kind: str, formats: Mapping[str, tuple[str, str]]) -> list[str]:
    """The formats of this kind whose examples, in their modules' docstrings, look most like the text."""
    look = _keys if kind == "JSON" else _shapes
    seen = look(tuple(text.splitlines()[:4]) or ("",))
    alike = {
        name: _likeness(seen, look(tuple(_EXAMPLE.findall(doc))))
        for name, (kinds, doc) in formats.items()
        if kind in kinds.split()
    }
    return sorted(alike, key=lambda name: -alike[name])[:NEAREST]


@functools.cache
def _keys(lines: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_KEY.findall("\n".join(lines)))


@functools.cache
def _shapes(lines: tuple[str, ...]) -> frozenset[str]:
    """The ends of lines, without what differs from one profile to the next: ``a 0 [0] 0.0: 0 a-a:``."""
    ends = {f"{line[:40]} {line[40:][-20:]}" for line in map(str.strip, lines)}
    return frozenset(re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "0", both)) for both in ends)


def _likeness(seen: Set[str], examples: Set[str]) -> float:
    """How much of what was seen stands in the examples, 0 to 1; a line counts by its best match."""
    from difflib import SequenceMatcher

    best = []
    for one in seen:
        matcher = SequenceMatcher(b=one)
        best.append(0.0)
        for other in examples:
            matcher.set_seq1(other)
            if matcher.quick_ratio() > best[-1]:  # an upper bound, much cheaper
                best[-1] = max(best[-1], matcher.ratio())
    return sum(best) / len(best) if best else 0
