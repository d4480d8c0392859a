"""From the frame lines of ``perf script`` to stacks, each distinct text read once.

Return addresses repeat, so the callers of a sample mostly were seen before, as one text; the leaf's address varies,
and is looked up by what stands behind it. What a sample becomes is a ``Key`` of shared strings: joining them waits
until the weights are summed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from resq_flame.fold.names import symbols
from resq_flame.fold.names.addr2line import SourceLines
from resq_flame.fold.options import Options
from resq_flame.fold.perf import text as perf_text
from resq_flame.fold.perf.text import Location
from resq_flame.folded import clean

Key: TypeAlias = "tuple[str, str, str]"
"""Root, callers and leaf; joined they are the stack. Callers and leaf begin with their ``;``, or are empty."""

_KNOWN_BYTES = 32 << 20
"""How much text is remembered; ASLR and raw addresses (perf before 4.8) would let it grow with the file."""

_UNKNOWN = (b"", b"[unknown]")


class NotPlainError(Exception):
    """The lines of a sample hold more than ``address symbol (module)``."""


class Frame(NamedTuple):
    """One frame line, and the line of ``-F +srcline`` below it."""

    address: bytes
    text: bytes
    source: bytes = b""


class Frames:
    """The names of frames under the user's options, and of whole stacks."""

    def __init__(self, options: Options) -> None:
        """``callers`` has ``;root;…;caller`` by the lines below the leaf's, ``leaves`` has ``;leaf`` by what stands
        behind the address; ``plain`` says whether these two are enough for the user's options."""
        self.options = options
        self.plain = not (options.addrs or options.inline or options.lines or options.skip_after)
        self.callers = _Memory(self._read_callers)
        self.leaves = _Memory(self._read_leaf)
        self._joined: dict[str, str] = {}
        self._names: dict[Location, str] = {}
        self._source_lines = SourceLines(context=options.context)
        self._bytes = 0

    def stack(self, root: str, frames: Sequence[Frame]) -> Key:
        """The stack of any frames, leaf first; ``--skip-after`` takes the callers and the root away."""
        names = []
        for frame in frames:
            where = perf_text.location(frame.text)
            name = self._inlined(frame.address, where) or self.name(where, frame.address)
            if self.options.lines and frame.source:
                name += ":" + clean(frame.source.decode("utf-8", "replace"))
            names.append(name)
            if self.options.skip_after and not {name, where.symbol.decode("utf-8", "replace")}.isdisjoint(
                self.options.skip_after
            ):
                return "", "", ";".join(reversed(names))
        if not names:
            return root, "", ""
        return root, self._shared("".join(f";{name}" for name in reversed(names[1:]))), f";{names[0]}"

    def name(self, where: Location, address: bytes = b"") -> str:
        """The clean name of a frame; Java's inlined callees follow behind their ``;``."""
        if self.options.addrs and where.symbol in _UNKNOWN:
            return clean(_module_name(where.module, address))
        name = self._names.get(where)
        if name is None:
            name = self._names[where] = self._name(where)
        return name

    def _name(self, where: Location) -> str:
        if where.symbol in _UNKNOWN:
            first, *inlined = [_module_name(where.module)]
        else:
            first, *inlined = symbols.tidy(where.symbol.decode("utf-8", "replace"))
            if self.options.modules and where.module not in (b"", b"[unknown]", b"inlined"):
                first = f"{_base_name(where.module)}`{first}"
        if self.options.kernel and is_kernel(where.module):
            first += "_[k]"
        elif self.options.jit and is_jit(where.module):
            first = first.removesuffix("_[j]") + "_[j]"
        return ";".join(map(clean, [first, *inlined]))

    def _inlined(self, address: bytes, where: Location) -> str:
        """The chain that addr2line finds at an address; empty without ``--inline``, or where it finds none."""
        if not self.options.inline or is_kernel(where.module) or is_jit(where.module):
            return ""
        return ";".join(map(clean, self._source_lines.at(address, where.module)))

    def _read_callers(self, lines: bytes) -> str:
        texts = perf_text.plain_frames(lines) if lines else []
        if texts is None:
            raise NotPlainError
        self._count(lines)
        return self._shared("".join([self.leaves[text] for text in reversed(texts)]))

    def _read_leaf(self, text: bytes) -> str:
        if not perf_text.plain_frames(b"\t0 " + text) or perf_text.is_one_line_record(text):
            raise NotPlainError
        self._count(text)
        return self._shared(f";{self.name(perf_text.location(text))}")

    def _shared(self, text: str) -> str:
        """One string for equal texts: a Key is then compared by identity, and held once."""
        return self._joined.setdefault(text, text)

    def _count(self, text: bytes) -> None:
        self._bytes += len(text)
        if self._bytes > _KNOWN_BYTES:
            self._bytes = 0
            self.callers.clear()
            self.leaves.clear()


class _Memory(dict[bytes, str]):
    """What was read before, by its text. Reading raises NotPlainError."""

    def __init__(self, read: Callable[[bytes], str]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: bytes) -> str:
        name = self[text] = self._read(text)
        return name


def is_kernel(module: bytes) -> bool:
    """Whether inferno marks frames of this module with ``_[k]``: ``[kernel.kallsyms]``, ``[nf_conntrack]``,
    ``vmlinux-5.4``, ``ext4.ko``."""
    file_name = module.rpartition(b"/")[2]
    kernel = module.startswith(b"[") or file_name.endswith(b".ko") or file_name == b"vmlinux"
    return (kernel or file_name.startswith(b"vmlinux-")) and module != b"[unknown]"


def is_jit(module: bytes) -> bool:
    """Whether the module is the map or the image of a just-in-time compiler."""
    is_map = module.startswith(b"/tmp/perf-") and module.endswith(b".map")
    return is_map or (b"/jitted-" in module and module.endswith(b".so"))


def _module_name(module: bytes, address: bytes = b"") -> str:
    """What stands for an unknown symbol: ``[libc.so.6]``, with ``--addrs`` ``[libc.so.6 <7f53>]``."""
    name = _base_name(module)
    if module in _UNKNOWN or not name:
        name = "unknown"
    return f"[{name} <{address.decode()}>]" if address else f"[{name}]"


def _base_name(module: bytes) -> str:
    return module.rpartition(b"/")[2].decode("utf-8", "replace")
