"""V8's own sampling log as JSON: ``node --prof app.js``, then ``node --prof-process --preprocess isolate*.log``.

By V8 11.3, tools/profile.mjs (``JsonProfile``); one of Node 20.20, cut:

    {"code":[{"name":"/usr/bin/node","type":"SHARED_LIB"},
       {"name":"hotLoop /srv/plain.js:2:17","type":"JS","kind":"Opt","func":138,"tm":42685}],
     "functions":[{"name":"hotLoop /srv/plain.js:2:17","codes":[1]}],
     "ticks":[{"tm":873182,"vm":0,"s":[1,155,-1,22424782]}]}

A tick's stack is pairs, leaf first: the number of a code object, or -1 for an address outside of all, and the offset.
``vm`` is the state V8 was in. Weights are samples. Frames are called as in a cpuprofile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from resq_flame.fold.documents import json_document
from resq_flame.fold.documents.json_document import described, member
from resq_flame.fold.documents.json_tables import an_object, text
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.frame_name import base_name, called
from resq_flame.fold.names.symbols import without_arguments
from resq_flame.fold.options import Options
from resq_flame.folded import Number

# src/common/globals.h, StateTag; 7 is ATOMICS_WAIT, and was IDLE before there was that.
_GC, _IDLE = 1, (7, 8)

_NO_CODE = -1
_SYMBOL_TYPE = re.compile(r"^[A-Za-z] (?=\S)")  # of nm, which Node 8 left in: "T v8::internal::Heap::Scavenge()"
_JS = re.compile(r"((?:(?:get|set) )?\S*) (.*?):(\d{1,9}):\d+")


def sniff(head: bytes) -> bool:
    return re.match(rb'\s*\{\s*"code"\s*:\s*\[', head) is not None and {"code[].name", "code[].type"} <= (
        json_document.paths(head)
    )


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[tuple[str, ...], Number]]:
    profile = an_object(json_document.load(stream), "the document")
    code = member(profile, "code", list)
    names: dict[int, str] = {_NO_CODE: "[unknown]"}
    for found in member(profile, "ticks", list):
        tick = an_object(found, "a tick")
        if tick.get("vm") in _IDLE and not options.idle:
            ledger.drop("idle samples")
            continue
        frames = []
        for index in reversed(member(tick, "s", list)[::2]):
            if type(index) is not int or not _NO_CODE <= index < len(code):
                raise ProfileError(
                    f"expected the number of one of {len(code)} code objects, found {described(index)}: damaged?"
                )
            if index not in names:
                names[index] = _name(an_object(code[index], "a code object"), options.lines)
            frames.append(names[index])
        if tick.get("vm") == _GC:
            frames.append("(garbage collector)")
        if frames:
            yield tuple(frames), 1
        else:
            ledger.drop("samples without a frame")


def js_name(name: str, lines: bool | None) -> str:
    """The frame of ``hotLoop /srv/plain.js:2:17``; before the space is nothing for an anonymous function."""
    found = _JS.fullmatch(name)
    return (
        called(found[1].replace("<anonymous>", ""), found[2], int(found[3]), lines) if found else called(name.strip())
    )


def _name(code: dict[str, Any], lines: bool | None) -> str:
    name = text(code.get("name"))
    match code.get("type"):
        case "JS":
            return js_name(name, lines)
        case "CPP":
            name = _SYMBOL_TYPE.sub("", name)
            return without_arguments(name) or name
        case "SHARED_LIB":
            return f"[{base_name(name)}]"
    return name
