"""The tasks of a recording as it goes on: their names, and which files are mapped where."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from resq_flame.fold.ledger import Ledger
from resq_flame.fold.names.mapped_address import Mapping, Mappings

_MMAP, _LOST, _COMM, _FORK, _MMAP2, _LOST_SAMPLES = 1, 2, 3, 7, 10, 13
_COMM_EXEC = 1 << 13

_KERNEL = -1
_RANGE = struct.Struct("<iIQQQ")
_FILE_AT = {_MMAP: 32, _MMAP2: 64}

_SYMBOLS_OF_THE_KERNEL = ("_text", "_stext")  # [kernel.kallsyms]_text: where its mapping starts
_ANONYMOUS = ("//anon", "/dev/zero", "/anon_hugepage", "[heap]", "[stack", "/SYSV")


class Place(NamedTuple):
    """Where a frame's code is: in a file, as perf script prints it, and in the memory of its process."""

    file: str
    offset: int
    printed: int
    address: int


@dataclass(slots=True)
class Tasks:
    """Takes records in the order of their times."""

    comms: dict[int, str] = field(default_factory=dict)
    mappings: dict[int, Mappings] = field(default_factory=dict)

    def take(self, kind: int, misc: int, body: bytes, ledger: Ledger) -> None:
        if kind in _FILE_AT and len(body) > _FILE_AT[kind]:
            self._map(body, _FILE_AT[kind])
        elif kind == _COMM and len(body) > 8:
            pid, tid = struct.unpack_from("<ii", body)
            self.comms[tid] = _text(body[8:])
            if misc & _COMM_EXEC:
                self.mappings.pop(pid, None)
        elif kind == _FORK and len(body) >= 16:
            self._fork(*struct.unpack_from("<iiii", body))
        elif kind in (_LOST, _LOST_SAMPLES) and len(body) >= 16:
            lost = int.from_bytes(body[8:16] if kind == _LOST else body[:8], "little")
            if lost:
                ledger.drop("records that perf itself lost", lost, lost)

    def comm(self, pid: int, tid: int) -> str:
        """The name of a thread; perf calls one it knows nothing of by its number."""
        return self.comms.get(tid) or self.comms.get(pid) or ("swapper" if tid == 0 else f":{tid}")

    def place(self, pid: int, address: int, *, kernel: bool) -> Place:
        """The file and the address in it; no file where nothing is mapped."""
        owner = _KERNEL if kernel else pid
        found = self.mappings[owner].find(address) if owner in self.mappings else None
        if found is None:
            return Place("[kernel.kallsyms]" if kernel else "", address, address, address)
        if found.file.startswith(_ANONYMOUS):  # made by a just-in-time compiler, which may leave such a map
            return Place(f"/tmp/perf-{pid}.map", address, address, address)
        if found.file.startswith("[kernel"):
            return Place(found.file, address - found.start, address, address)
        offset = address - found.start + found.offset
        return Place(found.file, offset, offset, address)

    def _map(self, body: bytes, file_at: int) -> None:
        pid, _, start, length, offset = _RANGE.unpack_from(body)
        file = _text(body[file_at:])
        if file.startswith("[") and file.endswith(_SYMBOLS_OF_THE_KERNEL):
            file = file[: file.rindex("]") + 1]
        self.mappings.setdefault(pid, Mappings()).add(Mapping(start, start + length, offset, file))

    def _fork(self, pid: int, parent: int, tid: int, parent_tid: int) -> None:
        comm = self.comms.get(parent_tid) or self.comms.get(parent)
        if comm:
            self.comms[tid] = comm
        if pid != parent and parent in self.mappings:
            self.mappings[pid] = self.mappings[parent].copy()


def _text(data: bytes) -> str:
    text = data.partition(b"\0")[0].decode("utf-8", "replace")
    return text if text.isprintable() else "".join([char if char.isprintable() else " " for char in text])
