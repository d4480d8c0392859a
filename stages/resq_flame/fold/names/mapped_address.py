"""Addresses of a process, and the files they were mapped from: ``small+0x11b9``, as addr2line wants it.

Some profilers leave it to their reader to find the symbols, and put /proc/PID/maps beside the addresses (man 5 proc):

    55fad5d01000-55fad5d02000 r-xp 00001000 fe:00 10134058                   /srv/demo/small
    7fcdfa45b000-7fcdfa45d000 r-xp 00000000 00:00 0                          [vdso]
    7fcdc3208000-7fcdc320a000: /lib/libdl-2.15.so                            as shortened by Google's tools
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.addr2line import SourceLines
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options

_MAPPING = re.compile(rb"\s*([0-9a-f]{1,16})-([0-9a-f]{1,16})(?: [r-]\S* ([0-9a-f]{1,16}) \S+ \d+|:)\s*(.*)")

NOTE = "holds addresses, not symbols: frames are FILE+OFFSET (--inline asks addr2line, where the files are at hand)"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A range of addresses, and where in a file it lies."""

    start: int
    end: int
    offset: int
    file: str


@dataclass(slots=True)
class Mappings:
    """Looks addresses up. A later mapping hides what it covers of an earlier one."""

    _starts: list[int] = field(default_factory=list)
    _mappings: list[Mapping] = field(default_factory=list)

    def add(self, mapping: Mapping) -> None:
        at = bisect_right(self._starts, mapping.start)
        if at and self._starts[at - 1] == mapping.start:
            self._mappings[at - 1] = mapping
            return
        self._starts.insert(at, mapping.start)
        self._mappings.insert(at, mapping)

    def __bool__(self) -> bool:
        return bool(self._mappings)

    def copy(self) -> Mappings:
        return Mappings(self._starts[:], self._mappings[:])

    def find(self, address: int) -> Mapping | None:
        at = bisect_right(self._starts, address)
        found = self._mappings[at - 1] if at else None
        return found if found and address < found.end else None

    def frames(self, address: int, source_lines: SourceLines | None = None) -> list[str]:
        """``file+0xoffset``, which stays the same from run to run; the address itself where nothing is mapped.

        With source lines the functions there, caller first, where they are found."""
        found = self.find(address)
        file = base_name(found.file) if found else ""
        if not found or not file:
            return [f"{address:#x}"]
        offset = address - found.start + found.offset
        known = source_lines.at(b"%x" % offset, found.file.encode()) if source_lines else []
        return known or [f"{file}+{offset:#x}"]


def source_lines(options: Options, ledger: Ledger) -> SourceLines | None:
    """What names addresses where the user wants it; the ledger learns of addresses that stay."""
    if options.inline:
        return SourceLines(context=options.context)
    ledger.note(NOTE)
    return None


def read(lines: Iterable[bytes]) -> Mappings:
    """The mappings that lines of /proc/PID/maps show; other lines are passed over."""
    mappings = Mappings()
    for line in lines:
        if found := _MAPPING.fullmatch(line.rstrip()):
            start, end, offset = (int(found[group] or b"0", 16) for group in (1, 2, 3))
            mappings.add(Mapping(start, end, offset, found[4].removesuffix(b" (deleted)").decode("utf-8", "replace")))
    return mappings
