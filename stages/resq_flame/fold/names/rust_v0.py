"""Demangles Rust's v0 symbols, as rustc writes them since ``-C symbol-mangling-version=v0``.

Authority: RFC 2603 (rust-lang/rfcs, text/2603-rust-symbol-name-mangling-v0.md) and the symbol-mangling chapter of the
rustc book for ``const`` values. Names come without crate hashes and integer suffixes, as by rustc-demangle's ``{:#}``:

    _RNvCs4fqI2P2rA04_1w5apply                      w::apply
    _RNvXNtCs_1w5CacheNtB2_7Handler6handle          <w::Cache as w::Handler>::handle
    _RINvCs_1w5applyNCNvB2_4main0EB2_               w::apply::<w::main::{closure#0}>
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SYMBOL = re.compile(r"_{1,2}R([A-Z][0-9A-Za-z_]*)(?:\.llvm\.\w+|@@?[\w.]+)?((?:\.\w+)*)")
_BASIC = (
    {"a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8", "i": "isize", "j": "usize"}
    | {"l": "i32", "m": "u32", "n": "i128", "o": "u128", "p": "_", "s": "i16", "t": "u16", "u": "()", "v": "..."}
    | {"x": "i64", "y": "u64", "z": "!"}
)
_POINTERS = {"P": "*const ", "O": "*mut "}
_BASE_62 = {
    digit: value for value, digit in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
_STEPS = 1 << 16
"""Letters that may be read: by references back into itself a short symbol can grow without end."""


class _NotV0Error(Exception):
    """The symbol ends early, or holds what the grammar does not have."""


def demangled(symbol: str) -> str | None:
    """The name of a v0 symbol, or None where it is none. A compiler's suffix such as ``.cold`` stays."""
    parts = _SYMBOL.fullmatch(symbol)
    if not parts:
        return None
    reader = _Reader(parts[1])
    try:
        name = reader.path(in_value=True)
        if reader.at < len(reader.text):
            reader.path(in_value=False)  # the crate that made this instance
    except (_NotV0Error, RecursionError):
        return None
    return name + parts[2] if reader.at == len(reader.text) else None


class _Reader:
    """A recursive descent over the grammar; each method reads one rule at ``at`` and returns it as Rust writes it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lifetimes = 0  # bound by the binders around
        self.steps = 0

    def take(self) -> str:
        if self.at >= len(self.text):
            raise _NotV0Error
        self.steps += 1
        if self.steps > _STEPS:
            raise _NotV0Error
        self.at += 1
        return self.text[self.at - 1]

    def eat(self, letter: str) -> bool:
        found = self.text.startswith(letter, self.at)
        self.at += found
        return found

    def until_end(self, rule: Callable[[], str]) -> list[str]:
        parts = []
        while not self.eat("E"):
            parts.append(rule())
        return parts

    def base_62(self) -> int:
        if self.eat("_"):
            return 0
        value = 0
        while (digit := self.take()) != "_":
            value = value * 62 + _BASE_62[digit]
        return value + 1

    def optional_base_62(self, tag: str) -> int:
        return self.base_62() + 1 if self.eat(tag) else 0

    def back_reference(self, rule: Callable[[], str]) -> str:
        tag_at = self.at - 1
        target = self.base_62()
        if target >= tag_at:
            raise _NotV0Error
        behind, self.at = self.at, target
        found = rule()
        self.at = behind
        return found

    def identifier(self) -> tuple[str, int]:
        """A name and its disambiguator."""
        disambiguator = self.optional_base_62("s")
        return self.plain_identifier(), disambiguator

    def plain_identifier(self) -> str:
        punycode = self.eat("u")
        digits = re.compile("0|[1-9][0-9]{0,5}").match(self.text, self.at)
        if not digits:
            raise _NotV0Error
        self.at = digits.end()
        self.eat("_")
        name = self.text[self.at : self.at + int(digits[0])]
        if len(name) < int(digits[0]):
            raise _NotV0Error
        self.at += len(name)
        self.steps += len(name)
        return _from_punycode(name) if punycode else name

    def path(self, *, in_value: bool) -> str:
        return self.open_path(in_value=in_value)[0]

    def open_path(self, *, in_value: bool, leave_open: bool = False) -> tuple[str, bool]:
        """A path, and whether its ``<`` of generic arguments was left open for the bindings of a ``dyn Trait``."""
        tag = self.take()
        if tag == "C":
            return self.identifier()[0], False
        if tag == "N":
            return self.nested(in_value=in_value), False
        if tag in "MX":  # an impl, told apart by where it stands: that path is not part of the name
            self.optional_base_62("s")
            self.path(in_value=False)
        if tag in "MXY":
            self_type = self.type()
            return f"<{self_type}>" if tag == "M" else f"<{self_type} as {self.path(in_value=False)}>", False
        if tag == "I":
            name = self.path(in_value=in_value)
            arguments = ", ".join(self.until_end(self.generic_argument))
            return f"{name}{'::' * in_value}<{arguments}{'' if leave_open else '>'}", leave_open
        if tag == "B":
            opened = False

            def again() -> str:
                nonlocal opened
                name, opened = self.open_path(in_value=in_value, leave_open=leave_open)
                return name

            return self.back_reference(again), opened
        raise _NotV0Error

    def nested(self, *, in_value: bool) -> str:
        namespace = self.take()
        parent = self.path(in_value=in_value)
        name, disambiguator = self.identifier()
        if namespace.islower():
            return f"{parent}::{name}" if name else parent
        kind = {"C": "closure", "S": "shim"}.get(namespace, namespace)
        return f"{parent}::{{{kind}{':' * bool(name)}{name}#{disambiguator}}}"

    def generic_argument(self) -> str:
        if self.eat("L"):
            return self.lifetime(self.base_62())
        return self.constant() if self.eat("K") else self.type()

    def lifetime(self, index: int) -> str:
        if index == 0:
            return "'_"
        depth = self.lifetimes - index
        if depth < 0:
            raise _NotV0Error
        return f"'{chr(ord('a') + depth)}" if depth < 26 else f"'_{depth}"

    def binder(self, inside: Callable[[], str]) -> str:
        bound = self.optional_base_62("G")
        if bound > 26 * 4:
            raise _NotV0Error
        names = []
        for _ in range(bound):
            self.lifetimes += 1
            names.append(self.lifetime(1))
        text = inside()
        self.lifetimes -= bound
        return f"for<{', '.join(names)}> {text}" if names else text

    def type(self) -> str:
        tag = self.take()
        if tag in _BASIC:
            return _BASIC[tag]
        if tag in _POINTERS:
            return _POINTERS[tag] + self.type()
        if tag in "RQ":
            index = self.base_62() if self.eat("L") else 0
            named = f"{self.lifetime(index)} " if index else ""
            return f"&{named}{'mut ' * (tag == 'Q')}{self.type()}"
        if tag == "A":
            return f"[{self.type()}; {self.constant()}]"
        if tag == "S":
            return f"[{self.type()}]"
        if tag == "T":
            parts = self.until_end(self.type)
            return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
        if tag == "F":
            return self.binder(self.function)
        if tag == "D":
            bounds = self.binder(lambda: " + ".join(self.until_end(self.dyn_trait)))
            index = self.base_62() if self.eat("L") else 0
            return f"dyn {bounds}{f' + {self.lifetime(index)}' if index else ''}"
        if tag == "B":
            return self.back_reference(self.type)
        self.at -= 1
        return self.path(in_value=False)

    def function(self) -> str:
        unsafe = "unsafe " * self.eat("U")
        abi = ""
        if self.eat("K"):
            name = "C" if self.eat("C") else self.plain_identifier().replace("_", "-")
            abi = f'extern "{name}" '
        arguments = ", ".join(self.until_end(self.type))
        result = "" if self.eat("u") else f" -> {self.type()}"
        return f"{unsafe}{abi}fn({arguments}){result}"

    def dyn_trait(self) -> str:
        name, opened = self.open_path(in_value=False, leave_open=True)
        while self.eat("p"):
            name += ", " if opened else "<"
            opened = True
            name += f"{self.plain_identifier()} = {self.type()}"
        return name + ">" * opened

    def constant(self) -> str:
        tag = self.take()
        if tag == "p":
            return "_"
        if tag == "B":
            return self.back_reference(self.constant)
        if tag == "e":
            return f"*{self.text_constant()}"
        if tag in "RQ":
            return self.text_constant() if self.eat("e") else f"&{'mut ' * (tag == 'Q')}{self.constant()}"
        if tag == "A":
            return f"[{', '.join(self.until_end(self.constant))}]"
        if tag == "T":
            parts = self.until_end(self.constant)
            return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
        if tag == "V":
            return self.variant()
        return self.literal(tag)

    def literal(self, tag: str) -> str:
        """A number, ``bool`` or ``char``: its value in hexadecimal."""
        negative = "-" * self.eat("n")
        value = int(self.hexadecimal() or "0", 16)
        if tag == "b" and value < 2:
            return ("false", "true")[value]
        if tag == "c" and value < 0x110000:
            return repr(chr(value))
        if tag not in "ahijlmnostxy":
            raise _NotV0Error
        return f"{negative}{value}"

    def text_constant(self) -> str:
        try:
            return '"' + bytes.fromhex(self.hexadecimal()).decode().replace('"', '\\"') + '"'
        except ValueError:
            raise _NotV0Error from None

    def hexadecimal(self) -> str:
        end = self.text.find("_", self.at)
        digits = self.text[self.at : max(end, self.at)]
        if end < 0 or not re.fullmatch("[0-9a-f]*", digits):
            raise _NotV0Error
        self.at = end + 1
        return digits

    def variant(self) -> str:
        """A value of a struct or enum: its path, then nothing, a tuple, or named fields."""
        name = self.path(in_value=True)
        kind = self.take()
        if kind == "U":
            return name
        if kind == "T":
            return f"{name}({', '.join(self.until_end(self.constant))})"
        if kind == "S":
            return f"{name} {{ {', '.join(self.until_end(self.field))} }}"
        raise _NotV0Error

    def field(self) -> str:
        return f"{self.identifier()[0]}: {self.constant()}"


def _from_punycode(name: str) -> str:
    """Rust writes the hyphen of punycode as ``_``."""
    plain, _, deltas = name.rpartition("_")
    try:
        return f"{plain}-{deltas}".encode().decode("punycode") if plain else deltas.encode().decode("punycode")
    except ValueError:
        raise _NotV0Error from None
