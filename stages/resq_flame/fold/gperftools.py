"""The CPU profile of gperftools (``CPUPROFILE=FILE``, libprofiler): addresses, which their reader has to name.

By gperftools 2.10, docs/cpuprofile-fileformat.html: words of the machine (8 or 4 bytes, of either order), then
/proc/self/maps as text. In words, with a period of 5,000 microseconds:

    0 3 0 5000 0                                header: count, words that follow, version, period, padding
    2 5 5628544e116e 5628544e1233 7f9ccc58f24a …   2 samples of a stack of 5 addresses, leaf first
    0 1 0                                       trailer

``pprof --raw`` (bin/pprof, PrintSymbolizedProfile) puts the symbols before the same words, without the period and the
trailer; its addresses are those of the calls, and inlined functions stand behind their callers:

    --- symbol
    binary=./h
    0x000055576d4164e2 db::Pool::grow(unsigned long)<0000000000001488>--std::vector<void*>::push_back(void* const&)
    ---
    --- profile
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents import whole_file
from resq_flame.fold.ledger import Ledger, OptionError, ProfileError
from resq_flame.fold.names import mapped_address
from resq_flame.fold.names.symbols import without_signature
from resq_flame.fold.options import Options
from resq_flame.folded import Number, quoted

LIMIT = 1 << 30

_HEADER_WORDS = 5
_TYPES = {"cpu": "microseconds", "samples": "samples"}
_RAW = b"--- symbol\nbinary="
_SYMBOL = re.compile(rb"0x([0-9a-f]{1,16}) (.+)")
_START = re.compile(r"<[0-9a-f]{16}>")  # where the function starts, behind its name
_LAYOUTS = [(code, order) for code in ("Q", "I") for order in ("little", "big")]


def sniff(head: bytes) -> bool:
    return head.startswith(_RAW) or _layout(head) is not None


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    data = whole_file.read(stream, LIMIT, "a CPU profile of gperftools")
    symbols: dict[int, list[str]] = {}
    if raw := data.startswith(_RAW):
        table, _, data = data.partition(b"\n--- profile\n")
        symbols = _symbols(table)
    layout = _layout(data)
    if layout is None:
        raise ProfileError(f"expected the header of a CPU profile of gperftools, found {quoted(data[:40])}")
    name = options.sample_type or ("samples" if raw else "cpu")
    if name not in _TYPES:
        raise OptionError(f"expected a sample type it has ({', '.join(_TYPES)}), found {name!r}")
    ledger.unit = _TYPES[name]
    words = _words(data, *layout)
    period = words[3] if name == "cpu" else 1
    records, end = _records(words, closed=not raw)
    mappings = mapped_address.read(data[end * words.itemsize :].splitlines())
    named = None if raw else mapped_address.source_lines(options, ledger)
    for count, addresses in records:
        # a return address is one behind its call
        calls = [address - (at > 0 and not raw) for at, address in enumerate(addresses) if address]
        frames = [symbols.get(call) or mappings.frames(call, named) for call in reversed(calls)]
        yield [frame for call in frames for frame in call], count * period


def _symbols(table: bytes) -> dict[int, list[str]]:
    """The functions at each address, caller first."""
    return {
        int(found[1], 16): [
            without_signature(_START.sub("", name)) for name in found[2].decode("utf-8", "replace").split("--")
        ]
        for line in table.splitlines()
        if (found := _SYMBOL.fullmatch(line))
    }


def _layout(data: bytes) -> tuple[str, str] | None:
    """The type and order of the words, by their header."""
    for code, order in _LAYOUTS:
        size = array(code).itemsize
        words = _words(data[: size * _HEADER_WORDS], code, order)
        if len(words) == _HEADER_WORDS and [*words[:3], words[4]] == [0, 3, 0, 0] and 0 < words[3] < 1 << 31:
            return code, order
    return None


def _words(data: bytes, code: str, order: str) -> array[int]:
    words = array(code)
    words.frombytes(data[: len(data) // words.itemsize * words.itemsize])
    if order != sys.byteorder:
        words.byteswap()
    return words


def _records(words: array[int], *, closed: bool) -> tuple[list[tuple[int, list[int]]], int]:
    """The samples and addresses of each stack, and the word behind the trailer."""
    records: list[tuple[int, list[int]]] = []
    at = _HEADER_WORDS
    while at + 3 <= len(words):
        count, depth = words[at], words[at + 1]
        addresses = words[at + 2 : at + 2 + depth].tolist() if depth < len(words) else []
        if (count, addresses) == (0, [0]):
            return records, at + 3
        if not count or count >= 1 << 40 or not addresses or len(addresses) < depth:
            break
        records.append((count, addresses))
        at += 2 + depth
    if not closed and at == len(words):
        return records, at
    raise ProfileError(f"expected samples and a trailer, found neither at byte {at * words.itemsize}: cut short?")
