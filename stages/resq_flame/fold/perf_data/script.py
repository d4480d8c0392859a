"""Asks ``perf script`` for what a perf.data does not hold: symbols, which it finds by build id and in JIT maps.

    \t            1403 (anonymous namespace)::Anon::run (/srv/demoapp/perfw/wcpp)
    \tffffffff81377d68 __x64_sys_getppid ([kernel.kallsyms])

A sample without callers is one line with blanks in front, and with the address in memory, not the one in the file.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from resq_flame.fold.perf import text as perf_text
from resq_flame.fold.perf_data.tasks import Place

PATIENCE = 300
"""Seconds after which perf is given up."""

ADVICE = "perf script -i FILE, where it was recorded, makes a text that has them"

_PLAIN = ("--no-inline", "-f")  # inlined functions would take addr2line for each address
_SYMBOLS = ("-F", "ip,sym,dso")


@dataclass(slots=True)
class Symbols:
    """What perf knows of addresses in files, and of addresses in memory unless they differ between processes."""

    by_offset: dict[tuple[str, int], str] = field(default_factory=dict)
    by_address: dict[tuple[str, int], str] = field(default_factory=dict)

    def name(self, place: Place) -> str:
        """The symbol; empty where it is not known."""
        found = self.by_offset.get((place.file, place.printed))
        return found or self.by_address.get((place.file, place.address), "")


def symbols(content: bytes, files: Iterable[str]) -> Symbols:
    """All that perf can name of these files, which is nothing where it is not installed."""
    found = Symbols()
    if any(map(_is_here, files)) and (text := _asked(content, *_SYMBOLS)):
        for line in set(text):
            _take(line, found)
    return found


def text(content: bytes) -> io.BufferedReader | None:
    """The whole text; None where perf is not installed, or cannot read the file."""
    return _asked(content)


def _take(line: bytes, found: Symbols) -> None:
    address, _, rest = line.strip().partition(b" ")
    where = perf_text.location(rest)
    if where.symbol in (b"", b"[unknown]"):
        return
    known = found.by_offset if line.startswith(b"\t") else found.by_address
    symbol = where.symbol.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        key = where.module.decode("utf-8", "replace"), int(address, 16)
        known[key] = "" if known.get(key, symbol) != symbol else symbol


def _is_here(file: str) -> bool:
    """Whether perf can know a file: the kernel, one of this machine, one in its cache of what was recorded."""
    if not file.startswith("/"):
        return file.startswith("[")
    return os.path.exists(file) or os.path.exists(os.path.expanduser(f"~/.debug{file}"))


def _asked(content: bytes, *fields: str) -> io.BufferedReader | None:
    """What perf prints, as far as it comes: on a damaged file it may end with an error, or not at all."""
    import shutil
    import subprocess
    import tempfile

    program = shutil.which("perf")
    if program is None:
        return None
    with tempfile.TemporaryFile() as out, tempfile.NamedTemporaryFile(suffix=".perf.data") as file:
        file.write(content)
        file.flush()
        command = [program, "script", "-i", file.name, *fields, *_PLAIN]
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False
            )
        out.seek(0)
        found = open(os.dup(out.fileno()), "rb")  # noqa: SIM115  # whoever reads it closes it
    return found if found.peek(1) else None
