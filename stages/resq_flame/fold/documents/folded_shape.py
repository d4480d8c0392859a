"""Which dialect of the folded stream it is: several producers write ``stack NUMBER`` lines, with frames of their own.

The one place that tells them apart, so that each stream is known by exactly one format. A dialect is added as a
row of DIALECTS: what a stack of its own looks like.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from resq_flame.folded import weight

GENERAL = "folded"

LINES = 50
"""Lines that are looked at."""

# py-spy ends every frame in its file, which Python's own modules have as <frozen importlib._bootstrap>.
_PY_SPY = rb"""(?:^|;) (?: [^;]+[ ]\( (?: [^;()]*\.pyx? | <[^;()]*> ) (?: :\d+ )? \)
                       | process[ ]\d+:"
                       | thread[ ]\( (?: \d+ | 0x[0-9A-F]+ ) \) )"""

# austin's root frames are the process and the thread.
_AUSTIN = rb"""^P\d+;T[0-9A-Fa-f:]+ (?:;|$)"""

DIALECTS = {
    "austin": re.compile(_AUSTIN, re.VERBOSE),
    "py-spy": re.compile(_PY_SPY, re.VERBOSE),
}

_OURS = b"# resq-flame {"
_COMMENT = (b"# ", b"//")
_MARKUP = (b"<?", b"<!", b"<svg", b"<html")
_ENDLESS = 1 << 15
"""Bytes: a first line longer than this is none of prose."""
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_JSON = re.compile(rb"""\s*(?:\{\s*["}]|\[\s*[\[{"])""")  # whose first bytes may be one line that ends in a number
_SYMBOL = re.compile(rb"::|[;(<_$\[]")


@functools.lru_cache(maxsize=2)
def dialect(head: bytes) -> str:
    """The name of the format that these first bytes are folded stacks of; "" if they are none.

    Nine of ten lines have to be stacks, or half of them where these have callers; and most of a form that prose or a
    table of numbers has not. Stacks without a frame, of which a short profile may have as many, are of any form.
    """
    if _BINARY.search(head) or _JSON.match(head):
        return ""
    lines = [line for line in _whole_lines(head)[:LINES] if line.strip() and not line.lstrip().startswith(_COMMENT)]
    stacks = [stack for line in lines if (stack := stack_of(line)) is not None]
    if _OURS in head and len(stacks) == len(lines):
        return GENERAL
    named = [stack for stack in stacks if stack]
    sure = 2 if not _few(named, _has_a_caller) else 10
    if not named or len(named) * 2 < len(stacks) or (len(lines) - len(stacks)) * sure > len(lines):
        return ""
    if _few(named, _looks_like_a_stack):
        return ""
    for name, own in DIALECTS.items():
        if not _few(named, own.search):
            return name
    return GENERAL


def stack_of(line: bytes) -> bytes | None:
    """The stack of a ``stack NUMBER`` line, which may be without a frame; None for any other line."""
    stack, _, number = line.strip(b"\r\n").rpartition(b" ")
    return stack if weight(number) is not None else None


def _few(stacks: list[bytes], test: Callable[[bytes], object]) -> bool:
    """Whether at most half of the stacks pass."""
    return sum(bool(test(stack)) for stack in stacks) * 2 <= len(stacks)


def _has_a_caller(stack: bytes) -> bool:
    return b";" in stack and b"; " not in stack


def _looks_like_a_stack(stack: bytes) -> bool:
    """A caller and a callee, or a name: no number, no sentence, and no column of a table."""
    if stack.endswith(b" "):
        return False
    return bool(_SYMBOL.search(stack)) or (len(stack.split()) <= 3 and any(map(str.isalpha, stack.decode("latin-1"))))


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    if len(lines) > 1:
        return lines[:-1]
    if _is_deep(head):
        return [head.rpartition(b";")[0] + b" 1"]
    return lines


def _is_deep(head: bytes) -> bool:
    """Whether it is the start of one stack, of a recursion so deep that its weight is not in sight."""
    return len(head) > _ENDLESS and head.count(b";") > len(head) >> 10 and not head.lstrip().startswith(_MARKUP)
