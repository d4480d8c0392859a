"""The stacks of all threads, as gperftools' kin in C++ print them (``/threadz``).

By pprof's profile/legacy_profile.go (parseThread); who created a thread stands behind its own functions:

    --- threadz 1 ---
    --- Thread 7f794964e700 (name: thread1/14751) stack: ---
      PC:  0x7f794a32bf7d: nanosleep
      0x7f794a32414e: start_thread
          creator: 0xa45b96 0xa460b4
    --- Thread 7f7948978700 (name: thread3/14759) stack: ---
      [same as previous thread]
    --- Memory map: ---
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from resq_flame.fold.ledger import SECOND, Ledger, ProfileError
from resq_flame.fold.names import symbols
from resq_flame.fold.options import Options

_THREAD = re.compile(r"--- Thread [0-9a-f]+ \(name: (.*)/(\d+)\) stack: ---")
_FRAMES = re.compile(r" *(?:PC:|creator:)?((?: +0x[0-9a-f]+)*)(?:: (?P<name>.+))?")
_SAME = "[same as previous thread]"


def samples(text: Iterator[str], options: Options, ledger: Ledger) -> Iterator[tuple[list[str], int]]:
    """One for each thread, root first."""
    thread, frames, before = "", list[str](), list[str]()
    for line in text:
        if line.startswith("--- threadz"):
            raise ProfileError(SECOND)
        if line.startswith("---"):
            yield from _sample(thread, frames, options, ledger)
            found = _THREAD.fullmatch(line.strip())
            thread, before, frames = f"{found[1]} {found[2]}" if found else "", frames or before, []
        elif line.strip() == _SAME:
            frames = before
        elif thread and (found := _FRAMES.fullmatch(line)):
            frames = [*frames, *(reversed(symbols.tidy(found["name"])) if found["name"] else found[1].split())]
    yield from _sample(thread, frames, options, ledger)


def _sample(thread: str, frames: list[str], options: Options, ledger: Ledger) -> Iterator[tuple[list[str], int]]:
    if frames:
        yield [*([f"thread {thread}"] if options.threads else []), *frames[::-1]], 1
    elif thread:
        ledger.drop("threads without a frame")
