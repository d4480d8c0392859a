"""One thread of a Firefox profile: its tables, and the frames of its stacks.

The tables come in two forms, columns (``{"prefix":[null,0],"frame":[0,1]}``) and, from Gecko itself, rows with their
schema (``{"schema":{"prefix":0,"frame":1},"data":[[null,0],[0,1]]}``). Since version 56 of the processed form tables
that threads have in common may be under ``shared``. In Gecko's form a frame has one text for all that is known of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from resq_flame.fold.documents.json_tables import a_list, an_object, called, row, text
from resq_flame.fold.ledger import ProfileError
from resq_flame.fold.names.mapped_address import Mapping, Mappings

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_LOCATION = re.compile(r"(.*?) \((.*?)(?::(\d{1,9}))?(?::\d+)?\)(?:\[\d+\])?", re.DOTALL)  # [10] is of "sources"
_ROOT = "(root)"


class Thread:
    """The samples of a thread; what their stacks are is looked up once each."""

    def __init__(
        self, thread: dict[str, Any], shared: dict[str, Any], meta: dict[str, Any], libraries: Mappings
    ) -> None:
        self._thread, self._shared, self._libraries = thread, shared, libraries
        self.name = f"{text(thread.get('name'))} {_number(thread.get('tid'))}".strip()
        self.process = f"{text(thread.get('processName'))} {_number(thread.get('pid'))}".strip()
        self.samples = self._table("samples")
        self.stacks: list[Any] = self._column(self.samples, "stack")
        self._tree, self._frames = self._table("stackTable"), self._table("frameTable")
        self._prefixes, self._leaves = self._column(self._tree, "prefix"), self._column(self._tree, "frame")
        self._functions, self._resources = self._table("funcTable"), self._table("resourceTable")
        self._strings: list[Any] = next(
            (table for place in (thread, shared) for key in ("stringArray", "stringTable")
             if isinstance(table := place.get(key), list)), []
        )  # fmt: skip
        self._idle = _numbers_of("Idle", meta.get("categories"))
        units = meta.get("sampleUnits")
        self.cpu_unit = text(units.get("threadCPUDelta")) if isinstance(units, dict) else ""
        self._names: dict[int, str] = {}
        self._paths: dict[int, tuple[str, ...]] = {}
        self._addresses: set[int] = set()

    def frames(self, stack: object, lines: bool | None) -> tuple[str, ...]:
        """The names of a stack's frames, root first. Raises ProfileError where the tables do not fit together."""
        path: list[int] = []
        while stack is not None:
            frame = row(self._leaves, stack, "stacks")
            assert isinstance(stack, int)  # or row would have raised
            if (known := self._paths.get(stack)) is not None:
                break
            if len(path) > len(self._leaves):
                raise ProfileError(f"expected a tree of stacks, found that stack {stack} is below itself")
            path.append(stack)
            if type(frame) is not int:
                raise ProfileError(f"expected the frame of stack {stack}, found none: damaged?")
            stack = row(self._prefixes, stack, "stacks")
        else:
            known = ()
        for entry in reversed(path):
            name = self._name(self._leaves[entry], lines)
            known = self._paths[entry] = (*known, name) if known or name != _ROOT else ()
        return known

    def is_idle(self, stack: object) -> bool:
        """Whether the leaf, or the stack as a whole (before version 27 that had a category too), is of Idle."""
        frame = row(self._leaves, stack, "stacks")
        marks = (self._entry(self._frames, "category", frame), self._entry(self._tree, "category", stack))
        return any(type(mark) is int and mark in self._idle for mark in marks)

    def unknown(self) -> tuple[int, int]:
        """How many of the functions seen are an address without a name, and how many were seen."""
        return len(self._addresses), len(self._names)

    def _name(self, frame: int, lines: bool | None) -> str:
        name = self._names.get(frame)
        if name is None:
            whole = "location" in self._frames
            name = self._names[frame] = self._located(frame, lines) if whole else self._function(frame, lines)
        return name

    def _located(self, frame: int, lines: bool | None) -> str:
        """Gecko's form: ``beta (http://localhost/simple.js:9:5)``, ``0x7f61d90a7907``, or a label of Firefox's."""
        location = text(self._string(row(self._frames["location"], frame, "frames")))
        found = _LOCATION.fullmatch(location)
        if found is None:
            is_address = self._note_address(frame, location)
            return self._libraries.frames(int(location, 16))[0] if is_address else location
        return called(found[1], found[2], int(found[3] or 0), lines)

    def _function(self, frame: int, lines: bool | None) -> str:
        function = row(self._column(self._frames, "func"), frame, "frames")
        name = text(self._string(row(self._column(self._functions, "name"), function, "functions")))
        if self._note_address(frame, name):
            resource = self._entry(self._functions, "resource", function)
            library = text(self._string(self._entry(self._resources, "name", resource)))
            return f"{library}+{name}" if library else name
        file, line = self._file(function), self._entry(self._frames, "line", frame)
        return called(name, file, line or self._entry(self._functions, "lineNumber", function), lines)

    def _file(self, function: object) -> object:
        """The source of a function: a string of its own, or since version 58 that of an entry of ``sources``."""
        file = self._string(self._entry(self._functions, "fileName", function))
        if file is None and (source := self._entry(self._functions, "source", function)) is not None:
            return self._string(self._entry(self._table("sources"), "filename", source))
        return file

    def _note_address(self, frame: int, name: str) -> bool:
        if _ADDRESS.fullmatch(name):
            self._addresses.add(frame)
            return True
        return False

    def _string(self, index: object) -> object:
        return self._strings[index] if type(index) is int and 0 <= index < len(self._strings) else None

    def _table(self, name: str) -> dict[str, Any]:
        """The columns of a table, by their names."""
        found = self._thread.get(name, self._shared.get(name, {}))
        table = an_object(found, f'the table "{name}"')
        if not isinstance(table.get("schema"), dict):
            return table
        rows = [a_list(entry, f'a row of "{name}"') for entry in a_list(table.get("data"), f'the rows of "{name}"')]
        return {
            column: [entry[at] if at < len(entry) else None for entry in rows]
            for column, at in table["schema"].items()
            if type(at) is int and at >= 0
        }

    @staticmethod
    def _column(table: dict[str, Any], name: str) -> list[Any]:
        return a_list(table[name], f'the column "{name}"') if name in table else []

    @staticmethod
    def _entry(table: dict[str, Any], column: str, index: object) -> object:
        """One cell of a table; nothing where there is none, as most columns are optional."""
        cells = table.get(column)
        inside = isinstance(cells, list) and type(index) is int and 0 <= index < len(cells)
        return cells[index] if inside else None  # type: ignore[index]  # inside says so


def libraries(found: object) -> Mappings:
    """Where the files of a process were mapped, in Gecko's form; other forms have relative addresses."""
    mapped = Mappings()
    for entry in found if isinstance(found, list) else ():
        library = entry if isinstance(entry, dict) else {}
        start, end, offset = (library.get(key) for key in ("start", "end", "offset"))
        if isinstance(start, int) and isinstance(end, int) and start < end:
            mapped.add(Mapping(start, end, offset if isinstance(offset, int) else 0, text(library.get("name"))))
    return mapped


def _number(found: object) -> str:
    """A process or thread id; some are texts (samply), of which one may be ``28836.1``."""
    return str(found) if isinstance(found, int | str) else ""


def _numbers_of(name: str, categories: object) -> set[int]:
    found: Sequence[object] = categories if isinstance(categories, list) else ()
    return {at for at, entry in enumerate(found) if isinstance(entry, dict) and entry.get("name") == name}
