"""Go's profiles in text (``/debug/pprof/heap?debug=1`` and its kin), and the older ones of gperftools in C++.

By Go 1.26, src/runtime/pprof/pprof.go, and pprof's profile/legacy_profile.go; the leaf comes first:

    heap profile: 112: 29098096 [168: 43516272] @ heap/1048576
    111: 29097984 [166: 43515904] @ 0x4877d3 0x48bc89 0x670c46
    #\t0x670c45\tmain.allocBig+0x25\t/srv/demoapp/gosvc/main.go:32
    goroutine profile: total 8
    2 @ 0x489aee 0x467c52 0x670db1
    --- mutex:
    cycles/second=2400000000
    180001216 992 @ 0x472186 0x4b73a5

The weight of a heap is bytes in use (--sample-type inuse_objects, alloc_space, alloc_objects), scaled up from what was
sampled to what it stands for, as pprof does; of goroutines and threads their number; of contention and mutexes
nanoseconds of delay (--sample-type contentions). Without ``#`` lines the frames are addresses, or FILE+OFFSET where
/proc/self/maps stands below MAPPED_LIBRARIES, as gperftools has it. --lines adds file and line.
Dumps of ``?debug=2`` and of panics have a format of their own, goroutines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import BinaryIO

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import SECOND, Ledger, OptionError, ProfileError
from resq_flame.fold.names import mapped_address
from resq_flame.fold.names.frame_name import located
from resq_flame.fold.names.mapped_address import Mappings
from resq_flame.fold.options import Options
from resq_flame.fold.pprof_text import threadz
from resq_flame.folded import Number

_SNIFF = re.compile(
    rb"(?:heap profile: +\d+: |growthz? profile: +\d+: |goroutine profile: total |threadcreate profile: total"
    rb"|--- (?:contentionz?|mutex|threadz|heapz)\b)"
)
_HEAP = re.compile(r"\w+ profile: +\d+: +\d+ \[ *\d+: +\d+\] @ *(?P<kind>[\w]*)(?:/(?P<rate>\d{1,18}))?")
_COUNTED = re.compile(r"(?P<kind>\w+) profile: total \d+")
_CONTENTION = re.compile(r"--- (contention|mutex)")
_THREADS = re.compile(r"--- threadz\b")
_RATE = re.compile(r"cycles/second ?= ?(\d{1,18})|sampling period ?= ?(\d{1,18})")
_RECORD = re.compile(
    r" *(\d{1,18})(?:: +(\d{1,18}) \[ *(\d{1,18}): +(\d{1,18})\])?(?: +(\d{1,18}))? @((?: 0x[0-9a-f]+)*) *"
)
_FRAME = re.compile(r"#\t0x[0-9a-f]+\t(?P<name>.+?)(?:\+0x[0-9a-f]+)?\t+(?P<file>.*?)(?::(?P<line>\d+))?\s*")
_HEAP_TYPES = ("inuse_objects", "inuse_space", "alloc_objects", "alloc_space")
_DELAY_TYPES = ("contentions", "delay")
_UNITS = {"inuse_space": "bytes", "alloc_space": "bytes", "delay": "nanoseconds"}


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.match(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The weight of each stack, root first. Raises OptionError for a sample type that the profile has not."""
    text = lines(stream)
    header = next(text, "")
    if _THREADS.match(header):
        ledger.unit = "count"
        yield from threadz.samples(text, options, ledger)
        return
    types, default, rate = _described(header)
    chosen = options.sample_type or default
    if chosen not in types:
        raise OptionError(f"expected a sample type it has ({', '.join(types)}), found {chosen!r}")
    ledger.unit = _UNITS.get(chosen, "count")
    if len(types) > 1:
        ledger.note(f"has the sample types {', '.join(types)}: these are {chosen} (--sample-type takes another)")
    if rate > 1:
        ledger.note(f"scaled up from one sample in {rate} bytes, as pprof does")
    position, cycles, period = types.index(chosen), 1_000_000_000, 1
    record: re.Match[str] | None = None
    frames: list[str] = []
    nameless: list[tuple[list[str], Number]] = []
    for line in text:
        if found := _FRAME.fullmatch(line):
            frames.append(_name(found, bool(options.lines)))
        elif line.startswith("MAPPED_LIBRARIES:"):
            break
        elif (rated := _RATE.fullmatch(line)) and not record:
            cycles, period = int(rated[1] or cycles), int(rated[2] or period)
        elif found := _RECORD.fullmatch(line):
            weight = _weight(record, types, position, rate, cycles, period)
            yield from _sample(record, frames, weight, nameless, ledger)
            record, frames = found, []
    weight = _weight(record, types, position, rate, cycles, period)
    yield from _sample(record, frames, weight, nameless, ledger)
    yield from _nameless(nameless, mapped_address.read(_alone(text)), options, ledger)


def _described(header: str) -> tuple[tuple[str, ...], str, int]:
    """The sample types, the default one, and how many bytes there are to a sample; 1 is no sampling."""
    if heap := _HEAP.match(header):
        rate = int(heap["rate"] or 1)
        # Go and tcmalloc write "heap/" with twice the rate; "heapprofile" has counted everything
        scaled = rate // 2 if heap["kind"] == "heap" else rate if heap["kind"] in ("heap_v2", "heapz_v2") else 1
        return _HEAP_TYPES, "inuse_space", scaled
    if _CONTENTION.match(header):
        return _DELAY_TYPES, "delay", 1
    counted = _COUNTED.match(header)
    kind = counted["kind"] if counted else "thread"
    return (kind,), kind, 1


def _weight(
    record: re.Match[str] | None, types: tuple[str, ...], position: int, rate: int, cycles: int, period: int
) -> Number:
    if record is None:
        return 0
    if types == _HEAP_TYPES:
        values = [int(value or 0) for value in record.group(1, 2, 3, 4)]
        pair = position // 2 * 2
        return _unsampled(values[pair], values[pair + 1], rate)[position - pair]
    if types == _DELAY_TYPES:
        delay, count = int(record[1]) * period, int(record[5] or 0) * period
        return count if types[position] == "contentions" else delay * 1_000_000_000 // max(cycles, 1)
    return int(record[1])


def _unsampled(objects: int, size: int, rate: int) -> tuple[int, int]:
    """What sampled objects stand for: one of size s is seen with the probability 1 - exp(-s/rate)."""
    if not objects or not size or rate <= 1:
        return objects, size
    scale = 1 / -math.expm1(-(size / objects) / rate)
    return int(objects * scale), int(size * scale)


def _sample(
    record: re.Match[str] | None,
    frames: list[str],
    weight: Number,
    nameless: list[tuple[list[str], Number]],
    ledger: Ledger,
) -> Iterator[tuple[list[str], Number]]:
    """A sample with its names; one without is put aside, as what its addresses are of stands at the end."""
    if record is None or not weight:
        return
    addresses = [address for address in record[6].split() if address != "0x0"]  # Go pads thread creations with these
    if frames:
        yield frames[::-1], weight
    elif addresses:
        nameless.append((addresses, weight))
    else:
        ledger.drop("samples without a frame", weight)


def _nameless(
    samples: list[tuple[list[str], Number]], mappings: Mappings, options: Options, ledger: Ledger
) -> Iterator[tuple[list[str], Number]]:
    if samples and not mappings:
        ledger.note("has stacks without symbols, such as those of Go's runtime: their frames are addresses")
    named = mapped_address.source_lines(options, ledger) if samples and mappings else None
    for addresses, weight in samples:
        if mappings:  # each is a return address, one behind its call
            calls = [max(int(address, 16) - 1, 0) for address in addresses]
            yield [frame for call in reversed(calls) for frame in mappings.frames(call, named)], weight
        else:
            yield addresses[::-1], weight


def _alone(text: Iterator[str]) -> Iterator[bytes]:
    """The lines behind the samples. Raises ProfileError where they are another profile."""
    for line in text:
        if sniff(encoded := line.encode()):
            raise ProfileError(SECOND)
        yield encoded


def _name(found: re.Match[str], lines: bool) -> str:
    return located(found["name"], found["file"], int((found["line"] or "0")[:9])) if lines else found["name"]
