"""perf's binary file, ``perf.data``: what ``perf script`` would print of it, folded as that (``perf``).

By Linux 6.1, tools/perf/Documentation/perf.data-file-format.txt (``file``) and include/uapi/linux/
perf_event.h (``sample``); also what ``perf record -o -`` and ``perf record -z`` write:

    PERFILE2 68000000 00000000 …           magic, size of the header; attributes, data, features
    09000000 0200 7000 …                   PERF_RECORD_SAMPLE, in user mode, of 112 bytes

It has no symbols. Where ``perf`` is installed, that is asked for them: it knows the kernel's and, by their build ids,
those of the libraries and programs that are still there. Any other frame is ``wcpp+0x1414``, the address in the file.
Callers that perf finds in copies of the stack (--call-graph dwarf), and what a tracepoint recorded (off-CPU time by
sched:sched_switch), only ``perf script`` can tell: such a file is folded by what that prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, TypeAlias

from resq_flame.fold import offcpu, perf
from resq_flame.fold.documents import whole_file
from resq_flame.fold.ledger import Ledger, ProfileError
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options
from resq_flame.fold.perf import account as perf_account
from resq_flame.fold.perf_data import file as perf_data_file
from resq_flame.fold.perf_data import script as perf_script
from resq_flame.fold.perf_data.file import Recording
from resq_flame.fold.perf_data.sample import Sample
from resq_flame.fold.perf_data.script import Symbols
from resq_flame.fold.perf_data.tasks import Place, Tasks
from resq_flame.folded import Number, Stack

_SAMPLE = 9
_CHUNK = 1000
_SHOWN = 3

_Resolved: TypeAlias = "tuple[str, Sample, list[Place]]"


def sniff(head: bytes) -> bool:
    return head.startswith((perf_data_file.MAGIC, perf_data_file.MAGIC_SWAPPED))


def fold(stream: BinaryIO, options: Options, ledger: Ledger) -> dict[Stack, Number]:
    """The stacks as ``perf script`` text has them. Raises ProfileError where there is no sample."""
    content = whole_file.read(stream, perf_data_file.LIMIT, "perf.data (perf script makes a text of it)")
    recording = perf_data_file.read(content, ledger)
    samples = _samples(recording, ledger)
    if not samples:
        raise ProfileError("expected a perf.data with samples, found none: cut short?")
    if any(event.needs_perf for event in recording.events):
        if text := perf_script.text(content):
            if offcpu.sniff(text.peek()):
                return offcpu.fold(text, options, ledger)
            return perf.fold(text, options, ledger)
        ledger.note(f"has callers or fields that only perf can read: {perf_script.ADVICE}")
    files = {place.file for _, _, places in samples for place in places}
    symbols = perf_script.symbols(content, files)
    account = perf_account.account(_texts(samples, recording, symbols), options)
    unnamed = {file for _, _, places in samples for place in places if (file := place.file) and not symbols.name(place)}
    if unnamed:
        shown = ", ".join(sorted(unnamed)[:_SHOWN]) + (", …" if len(unnamed) > _SHOWN else "")
        ledger.note(f"symbols of {shown} are not known here, so frames are FILE+ADDRESS; {perf_script.ADVICE}")
    account.say(options, ledger)
    return account.stacks


def _samples(recording: Recording, ledger: Ledger) -> list[_Resolved]:
    """Each sample with the name of its task and the places of its frames, leaf first."""
    tasks, samples = Tasks(), list[_Resolved]()
    for _, kind, misc, body in recording.records:
        if kind != _SAMPLE:
            tasks.take(kind, misc, body, ledger)
            continue
        sample = recording.sample(body, misc)
        if sample is None:
            ledger.drop("samples of no event that the file describes")
            continue
        places = [tasks.place(sample.pid, address, kernel=kernel) for address, kernel in sample.frames]
        samples.append((tasks.comm(sample.pid, sample.tid), sample, places))
    return samples


def _texts(samples: list[_Resolved], recording: Recording, symbols: Symbols) -> Iterator[bytes]:
    """The samples as ``perf script`` prints them, some at a time."""
    for at in range(0, len(samples), _CHUNK):
        yield b"\n\n".join([_text(*entry, recording, symbols) for entry in samples[at : at + _CHUNK]])


def _text(comm: str, sample: Sample, places: list[Place], recording: Recording, symbols: Symbols) -> bytes:
    seconds, nanoseconds = divmod(sample.time, 10**9)
    task = f"{comm} {sample.pid}/{sample.tid} {seconds}.{nanoseconds // 1000:06}:"
    lines = [f"{task} {sample.period} {recording.events[sample.event].name}:"]
    for place in places:
        file = place.file or "[unknown]"
        name = symbols.name(place) or (f"{base_name(file)}+{place.offset:#x}" if place.file else "[unknown]")
        lines.append(f"\t{place.printed:x} {name}+0x0 ({file})")  # what follows a name's last + is taken off
    return "\n".join(lines).encode("utf-8", "replace")
