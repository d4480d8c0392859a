"""Go's dump of all goroutines: ``/debug/pprof/goroutine?debug=2``, SIGQUIT, a panic.

By Go 1.26, src/runtime/traceback.go; the leaf comes first:

    goroutine 22 [sync.Mutex.Lock, 2 minutes]:
    internal/sync.(*Mutex).Lock(0xc00001e0a8)
    \t/usr/local/go/src/internal/sync/mutex.go:70 +0x32
    main.lockFight()
    \t/srv/demoapp/gosvc/main.go:35 +0x31
    created by main.main in goroutine 1

A goroutine is one sample, whatever it waits for, as in Go's goroutine profile. --lines adds file and line, --threads
makes its state the root frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.options import Options
from resq_flame.folded import Number

_SNIFF = re.compile(rb"^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]+\]:\s*$", re.MULTILINE)
_GOROUTINE = re.compile(r"goroutine \d+ [^\[\]]*\[(?P<state>[^\],]+)(?:,[^\]]*)?\]:")
_CALL = re.compile(r"(?P<name>\S.*)\([^()]*\)")
_PLACE = re.compile(r"\t(?P<file>.+):(?P<line>\d+)(?: \+0x[0-9a-f]+)?.*")


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """One for each goroutine, root first."""
    frames: list[str] = []
    state, within = "", False
    for line in lines(stream):
        if found := _GOROUTINE.match(line):
            yield from _sample(state, frames, bool(options.threads))
            state, frames, within = found["state"], [], True
        elif not line.strip():
            within = False
        elif line.startswith("created by "):
            within = False  # where it was started is no call of it
        elif within and line.startswith("...") and "elided" in line:
            ledger.note("deep stacks were cut by Go's runtime: additional frames elided")
        elif within and (call := _CALL.fullmatch(line)):
            frames.append(call["name"])
        elif within and frames and options.lines and (place := _PLACE.fullmatch(line)):
            frames[-1] = located(frames[-1], place["file"], int(place["line"][:9]))
    yield from _sample(state, frames, bool(options.threads))


def _sample(state: str, frames: list[str], rooted: bool) -> Iterator[tuple[list[str], Number]]:
    if frames:
        yield ([f"[{state}]"] if rooted else []) + frames[::-1], 1
