"""``py-spy dump``: the stacks of one moment.

By py-spy 0.4.3, src/dump.rs; the leaf comes first, and with --locals the values are indented further:

    Process 21918: /srv/demoapp/pyv/bin/python work.py 60
    Thread 21918 (active+gil): "MainThread"
        render_template (work.py:9)
        request_loop (work.py:21)
    Thread 21920 (idle): "idle-waiter"

One stack is one sample; idle threads are left out without --idle, as py-spy record leaves them out. --no-lines takes
out the line numbers, --threads makes the thread the root frame, as it is in py-spy's folded output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import blocks
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import without_line
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^Thread (?:\d+|0x[0-9A-F]+) \((?:idle|active)[a-z+]*\)", re.MULTILINE)
_THREAD = re.compile(r'Thread (?P<id>\d+|0x[0-9A-F]+) \((?P<state>[a-z+]+)\)(?:: "(?P<name>.*)")?')
_FRAME = re.compile(r"    (?P<frame>\S.* \(.*\))\s*$")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each thread that runs, root first."""
    for header, found in blocks(stream, _THREAD, _FRAME):
        if not found:
            ledger.drop("threads without a Python frame")
        elif header and header["state"].startswith("idle") and not options.idle:
            ledger.drop("idle threads (--idle keeps them)")
        else:
            frames = [_name(frame["frame"], options.lines) for frame in reversed(found)]
            yield [_thread(header), *frames] if options.threads else frames, 1


def _name(frame: str, lines: bool | None) -> str:
    return without_line(frame) if lines is False else frame


def _thread(header: re.Match[str] | None) -> str:
    if header is None:
        return "thread (unknown)"
    return f"thread ({header['id']}): {header['name']}" if header["name"] else f"thread ({header['id']})"
