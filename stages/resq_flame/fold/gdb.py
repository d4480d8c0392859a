"""gdb's backtraces, and so the poor man's profiler: ``gdb -ex "thread apply all bt" -batch -p PID``, often.

By gdb 13.1, gdb/stack.c (print_frame); one stack is one sample:

    Thread 2 (Thread 0x7fbd31b3d6c0 (LWP 30305) "my worker: 1"):
    #0  0x000055fa649bb403 in (anonymous namespace)::Anon::run (n=3000000, this=<optimized out>) at w.cpp:20
    #1  via_function(std::function<unsigned long (unsigned long)>, unsigned long) (f=..., n=3000000) at w.cpp:21
    #6  0x00007fbd31ed44a3 in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6

--threads makes the thread's name the root frame, --lines adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names import symbols
from resq_flame.fold.names.frame_name import base_name, located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(
    rb"^Thread \d+ \((?:Thread|LWP|process) [^\n]*\):?\s*\n#0 +|^#\d+ +0x[0-9a-f]+ in [^\n]+ \([^\n]*$", re.MULTILINE
)
_THREAD = re.compile(r'Thread (?P<number>\d+) \(.*?(?:"(?P<name>.*)")?\)?\):?$')
_FRAME = re.compile(r"#(?P<number>\d+) +(?:(?P<address>0x[0-9a-f]+) in )?(?P<text>.+)")
_PLACE = re.compile(r"(?P<call>.*\))(?: at (?P<file>.+?):(?P<line>\d+)| from (?P<module>.+))?\s*")
_OPERATOR = re.compile(r"operator *(?:<=>|<<=?|>>=?|->\*?|[<>]=?|\(\))")
_BRACKETS = re.compile(r"[<{\[(>}\])]")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, _ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each stack, root first."""
    for block in blocks(stream, _THREAD, _FRAME):
        thread = (
            [block.header["name"] or f"Thread {block.header['number']}"] if block.header and options.threads else []
        )
        frames: list[str] = []
        for found in block.frames:
            if int(found["number"][:9]) == 0 and frames:  # one bt after the other, of processes without threads
                yield thread + frames[::-1], 1
                frames = []
            frames += reversed(_frames(found, bool(options.lines)))
        if frames:
            yield thread + frames[::-1], 1


def _frames(found: re.Match[str], lines: bool) -> list[str]:
    place = _PLACE.fullmatch(found["text"])
    call = place["call"] if place else found["text"]
    name = _function(call)
    if name == "??":
        return [f"[{base_name(place['module'])}]" if place and place["module"] else "[unknown]"]
    outer, *inlined = symbols.tidy(name)
    if lines and place and place["file"]:
        outer = located(outer, place["file"], int(place["line"][:9]))
    return [outer, *inlined]


def _function(call: str) -> str:
    """``f<int>(long) (x=1, s="a (b")`` without the values of its arguments, by the first `` (`` outside of brackets."""
    plain = _OPERATOR.sub(lambda found: "_" * len(found[0]), call)
    depth = 0
    for bracket in _BRACKETS.finditer(plain):
        at = bracket.start()
        if bracket[0] == "(" and depth == 0 and at and plain[at - 1] == " ":
            return call[: at - 1]
        depth = max(depth + (1 if bracket[0] in "<{[(" else -1), 0)
    return call
