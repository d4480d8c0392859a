"""Asks binutils' ``addr2line`` for the functions inlined at an address (``--inline``), one process a module.

One process for each frame is what makes this take hours elsewhere. ``addr2line -a -f -i -C`` answers an address with

    0x0000000000401b97
    std::vector<int>::size() const
    /usr/include/c++/12/bits/stl_vector.h:987
    main
    /home/me/app.cpp:12
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from resq_flame.fold.ledger import OptionError
from resq_flame.fold.names.symbols import tidy

if TYPE_CHECKING:
    import subprocess

_MARK = "0xffffffffffffffff"  # asked behind every address: its own line says where the answer ends


class SourceLines:
    """The chains of functions at addresses of modules; remembers what was asked."""

    def __init__(self, *, context: bool) -> None:
        self.context = context
        self._known: dict[tuple[bytes, bytes], list[str]] = {}
        self._processes: dict[bytes, subprocess.Popen[str]] = {}

    def at(self, address: bytes, module: bytes) -> list[str]:
        """Caller first, with ``--context`` as ``name:file:line``; empty where the module or the address is unknown."""
        key = (address, module)
        if key not in self._known:
            self._known[key] = self._ask(address.decode(), module) if module.startswith(b"/") else []
        return self._known[key]

    def _ask(self, address: str, module: bytes) -> list[str]:
        process = self._processes.get(module) or self._start(module)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{address}\n{_MARK}\n")
            process.stdin.flush()
        except BrokenPipeError:  # it could not read the module, and said so
            return []
        return self._chain(process.stdout)

    def _start(self, module: bytes) -> subprocess.Popen[str]:
        import shutil
        import subprocess

        program = shutil.which("addr2line")
        if program is None:
            raise OptionError("--inline needs addr2line, found none: install binutils")
        process = subprocess.Popen(
            [program, "-a", "-f", "-i", "-C", "-e", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._processes[module] = process
        return process

    def _chain(self, answers: IO[str]) -> list[str]:
        chain: list[str] = []
        answers.readline()  # the address
        while (name := answers.readline().strip()) and name != _MARK:
            place = answers.readline().strip().partition(" (discriminator")[0]
            if name != "??":
                chain.insert(0, f"{tidy(name)[0]}:{place}" if self.context else tidy(name)[0])
        if name:  # what it knows of the mark: nothing
            answers.readline()
            answers.readline()
        return chain
