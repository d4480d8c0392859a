"""jemalloc's heap profile (``MALLOC_CONF=prof:true``, ``prof.dump``): bytes in use by stack.

By jemalloc 5.3, src/prof_data.c (the writer) and bin/jeprof.in (the reader); addresses are leaf first:

    heap_v2/4096
      t*: 448: 23274042 [0: 0]
    @ 0x7fcdfa0a2630 0x7fcdfa022045 0x55fad5d011ba 0x55fad5d01253
      t*: 200: 22937600 [0: 0]

``200: 22937600`` are objects and bytes in use, the brackets hold all that were ever allocated (with prof_accum). On
average every 4096th byte is sampled, which small objects mostly escape: as in jeprof, counts are scaled up by their
chance, 1 - exp(-size/4096). Below MAPPED_LIBRARIES is where files were mapped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names import mapped_address
from resq_flame.fold.names.addr2line import SourceLines
from resq_flame.fold.names.mapped_address import Mappings
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

_PERIOD = re.compile(rb"heap_v2/(\d{1,18})")
_COUNTS = re.compile(rb"t\*: (\d{1,18}): (\d{1,18}) \[(\d{1,18}): (\d{1,18})\]")
_ADDRESS = re.compile(rb"0x[0-9a-f]{1,16}")

_TYPES = {"inuse_space": "bytes", "inuse_objects": "objects", "alloc_space": "bytes", "alloc_objects": "objects"}


def sniff(head: bytes) -> bool:
    return head.startswith(b"heap_v2/")


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    name = options.sample_type or "inuse_space"
    if name not in _TYPES:
        raise OptionError(f"expected a sample type it has ({', '.join(_TYPES)}), found {name!r}")
    ledger.unit = _TYPES[name]
    lines = [line.strip() for line in stream]
    mappings = mapped_address.read(lines[lines.index(b"MAPPED_LIBRARIES:") :] if b"MAPPED_LIBRARIES:" in lines else ())
    named = mapped_address.source_lines(options, ledger)
    for addresses, weight in _sites(lines, name):
        if weight:
            yield _frames(addresses, mappings, named), weight


def _sites(lines: list[bytes], name: str) -> Iterator[tuple[list[int], int]]:
    """The addresses and weight of each allocation site."""
    found = next((found for line in lines if (found := _PERIOD.fullmatch(line))), None)
    if not found:
        raise ProfileError("expected heap_v2/PERIOD, found none")
    period, addresses = int(found[1]), list[int]()
    for number, line in enumerate(lines, 1):
        if line.startswith(b"@"):
            words = line[1:].split()
            if not all(map(_ADDRESS.fullmatch, words)):
                raise ProfileError(f'{number}: expected "@ 0xADDRESS …", found {quoted(line)}')
            addresses = [int(word, 16) for word in words]
        elif addresses and (counts := _COUNTS.fullmatch(line)):
            yield addresses, _weight(counts, name, period)
            addresses = []


def _weight(counts: re.Match[bytes], name: str, period: int) -> int:
    """The objects or bytes that the sampled ones stand for."""
    first = 1 if name.startswith("inuse") else 3
    objects, size = int(counts[first]), int(counts[first + 1])
    found = size if name.endswith("space") else objects
    if not objects or not size or period <= 1:
        return found
    return round(found / -math.expm1(-size / objects / period))


def _frames(addresses: list[int], mappings: Mappings, named: SourceLines | None) -> list[str]:
    """Root first, without jemalloc itself at the leaf. A return address is one behind its call."""
    calls = [max(address - 1, 0) for address in addresses]
    allocator = [(found := mappings.find(call)) is not None and "jemalloc" in found.file for call in calls]
    inside = allocator.index(False) if False in allocator else 0
    return [frame for call in reversed(calls[inside:]) for frame in mappings.frames(call, named)]
