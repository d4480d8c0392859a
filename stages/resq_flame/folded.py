"""The folded stream: stacks, their weights and what the weights mean.

One line a stack, frames root first, the weight after the last space; a header line carries the unit:

    # resq-flame {"source":"py-spy","unit":"samples"}
    main;serve;parse_body 31
    main;serve;render 12.5

A differential stream has several weights a line and names them in its header (``"columns":["before","after"]``). The
rounds of one side alone, kept for a later comparison, are columns of that one name.
Weights are exact (int, or Decimal where a decimal point was read), so sums do not depend on their order.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

Stack: TypeAlias = str
"""``root;child;leaf``: clean frame names, root first, joined by ``;``."""

Number: TypeAlias = "int | Decimal"

BEFORE_AFTER = ("before", "after")

HEADER = b"# resq-flame {"
# What is_tidy looks for: two of ";", blank and line end side by side, and any byte that needs a closer look.
_ODD = b"!"
_KINDS = bytes(
    ord(";") if byte in b"; \n" else ord(_ODD) if byte < 32 or byte > 126 or byte == ord("#") else ord("a")
    for byte in range(256)
)
_BATCH = 512  # stacks that are looked at in one go
_COMMENT = b"# "  # also with a number at its end: "# duration: 3046605" (austin); "#run" is a method in JavaScript
# A ";" would split a frame; the rest may not stand in XML 1.0, or would break a line or turn its direction.
_UNCLEAN = re.compile("[;\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_DECIMAL = re.compile(rb"[0-9]{1,30}\.[0-9]{1,30}")
_LONGEST = 30  # digits of a whole number; longer ones are no weights, and float() of them may overflow
_EXACT = 100  # digits a sum of decimals may need: 30 + 30 and carries


class FoldedError(ValueError):
    """The stream is not what its lines or its header say; the message tells where."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the header says: the unit of the weights, the format they came from, the names of several columns."""

    unit: str = "samples"
    source: str = ""
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Folded:
    """One weight a stack. ``unread`` counts the lines that were no stack, ``first_unread`` is the first of them."""

    meta: Meta = Meta()
    stacks: dict[Stack, Number] = field(default_factory=dict)
    unread: int = field(default=0, compare=False)
    first_unread: str = field(default="", compare=False)


@dataclass(slots=True)
class Differential:
    """One weight a column and stack, in the order of ``meta.columns`` (at least two)."""

    meta: Meta = Meta(columns=BEFORE_AFTER)
    stacks: dict[Stack, tuple[Number, ...]] = field(default_factory=dict)
    unread: int = field(default=0, compare=False)
    first_unread: str = field(default="", compare=False)


def clean(name: str) -> str:
    """A frame name that can stand in a stack.

    ``;`` becomes ``:``, a control character a space; outer blanks go, and nothing at all becomes ``(unnamed)``.
    A name never starts like a comment.
    """
    if not name.isprintable() or ";" in name:
        name = _UNCLEAN.sub(lambda found: ":" if found[0] == ";" else " ", name)
    name = name.strip()
    return f"#{name[1:].lstrip()}" if name.startswith("# ") else name or "(unnamed)"


def stack(frames: Iterable[str]) -> Stack:
    """The stack of these frames, root first."""
    return ";".join([clean(frame) for frame in frames])


def exact(value: float) -> Number:
    """The weight that a producer's float stands for, to a billionth of its unit. ValueError for inf and nan."""
    if value in (math.inf, -math.inf):
        raise ValueError(f"no weight: {value}")
    if value == int(value):
        return int(value)
    return _decimal(f"{value:.9f}")


def order(entry: Stack) -> str:
    """The sort key of a stack: frame by frame, so that the children of one parent stand together.

    Plain text order puts ``foo;bar-baz`` between ``foo;bar`` and ``foo;bar;x``.
    """
    return entry.replace(";", "\x00")


def total(stacks: Iterable[Number]) -> Number:
    """The sum of weights, exact also for decimals."""
    return sum(stacks, 0)


def row_sum(left: tuple[Number, ...], right: tuple[Number, ...]) -> tuple[Number, ...]:
    """The sum of two rows of a differential stream, column by column."""
    return tuple(a + b for a, b in zip(left, right, strict=True))


def scaled(value: Number, numerator: Number, denominator: Number, places: int) -> Number:
    """``value * numerator / denominator``, exact but for its last step: it has at most so many decimal places."""
    import decimal

    with decimal.localcontext(decimal.Context(prec=_EXACT)):
        quotient = decimal.Decimal(value) * numerator / denominator
        rounded = round(quotient, places)
    return int(rounded) if rounded == int(rounded) else rounded


def summed(profile: Differential) -> Differential:
    """The same with the rounds of each side added up: the two plain columns ``before`` and ``after``."""
    places = [[at for at, name in enumerate(profile.meta.columns) if name == side] for side in BEFORE_AFTER]
    stacks = {
        entry: tuple(total(row[at] for at in column) for column in places) for entry, row in profile.stacks.items()
    }
    return Differential(replace(profile.meta, columns=BEFORE_AFTER), stacks)


def parse(stream: Iterable[bytes], *, differential: bool = False, first: int = 1) -> Folded | Differential:
    """Read a folded stream of LF or CRLF lines, UTF-8 or UTF-16 with its mark.

    Equal stacks are summed. Lines that are neither stack, header nor comment are counted in ``unread``.
    ``differential`` reads two weights a line where no header says how many there are. ``first`` is the number that
    messages give to the first line.

    Raises FoldedError for a malformed header, headers that disagree, and a line with too few weights.
    """
    reader = _Reader(2 if differential else 1)
    one = reader.one
    for number, line in enumerate(_utf8(stream), first):
        parts = line.rsplit(None, 1)
        # The one shape that matters for speed; everything else takes the long way.
        if len(parts) == 2 and reader.columns == 1 and parts[1].isdigit() and len(parts[1]) <= _LONGEST:
            key = parts[0]
            one[key] = one.get(key, 0) + int(parts[1])
        else:
            reader.take(number, line)
    return reader.profile()


def dump(profile: Folded | Differential, *, header: bool = True) -> Iterator[bytes]:
    """The stream of a profile: header, then the stacks in ``order``. Same profile, same bytes."""
    if header:
        yield (_header(profile.meta) + "\n").encode()
    stacks = profile.stacks
    if isinstance(profile, Folded):
        for entry in sorted(stacks, key=order):
            yield f"{entry} {text(profile.stacks[entry])}\n".encode()
    else:
        for entry in sorted(stacks, key=order):
            yield f"{entry} {' '.join(map(text, profile.stacks[entry]))}\n".encode()


def weight(digits: bytes) -> Number | None:
    """The weight written so, or None: digits, or digits with a decimal point. Nothing negative, no exponents."""
    if digits.isdigit():
        return int(digits) if len(digits) <= _LONGEST else None
    if _DECIMAL.fullmatch(digits):
        return _decimal(digits.decode())
    return None


def text(value: Number) -> str:
    """A weight in plain digits, without an exponent and without trailing zeros after the point."""
    if isinstance(value, int):
        return str(value)
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def quoted(found: bytes, longest: int = 60) -> str:
    """What was found, short enough for one error line."""
    found = found.strip()
    return repr(found[:longest] + b"..." if len(found) > longest else found)


def _decimal(digits: str) -> Number:
    import decimal  # most streams hold whole numbers only

    decimal.getcontext().prec = _EXACT
    return decimal.Decimal(digits)


def _utf8(stream: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(stream)
    first = next(lines, b"")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        whole = (first + b"".join(lines)).decode("utf-16", "replace")
        yield from whole.encode("utf-8", "replace").splitlines()
        return
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from lines


def _header(meta: Meta) -> str:
    said: dict[str, object] = {"unit": meta.unit}
    if meta.source:
        said["source"] = meta.source
    if meta.columns:
        said["columns"] = meta.columns
    return f"# resq-flame {json.dumps(said, sort_keys=True, separators=(',', ':'))}"


def _read_header(line: bytes, number: int) -> Meta:
    try:
        said = json.loads(line[len(HEADER) - 1 :])
    except ValueError:
        raise FoldedError(f'{number}: expected "# resq-flame {{JSON}}", found {quoted(line)}') from None
    unit, source, columns = said.get("unit", "samples"), said.get("source", ""), said.get("columns", [])
    if not (isinstance(unit, str) and isinstance(source, str) and isinstance(columns, list)):
        raise FoldedError(f"{number}: expected a unit, a source and columns, found {quoted(line)}")
    if columns and (not all(name in BEFORE_AFTER for name in columns) or len(columns) < 2):
        raise FoldedError(f'{number}: expected several columns named "before" or "after", found {quoted(line)}')
    return Meta(clean(unit), clean(source) if source else "", tuple(columns))


class _Reader:
    """The state of one parse: the header so far, and the weights by stack in one column or in several."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.meta: Meta | None = None
        self.one: dict[bytes, Number] = {}
        self.many: dict[bytes, tuple[Number, ...]] = {}
        self.unread, self.first_unread = 0, ""

    def take(self, number: int, line: bytes) -> None:
        if line.startswith(HEADER):
            self._take_header(number, _read_header(line, number))
            return
        key, *digits = line.rsplit(None, self.columns) or [b""]
        weights = [value for value in map(weight, digits) if value is not None]
        if len(weights) == self.columns:
            if self.columns == 1:
                self.one[key] = self.one.get(key, 0) + weights[0]
            else:
                before = self.many.get(key)
                self.many[key] = row_sum(before, tuple(weights)) if before else tuple(weights)
        elif self.columns > 1 and weights:
            raise FoldedError(f'{number}: expected "stack{" NUMBER" * self.columns}", found {quoted(line)}')
        elif line.strip() and not line.lstrip().startswith(b"#"):
            self.unread += 1
            self.first_unread = self.first_unread or f'{number}: expected "stack NUMBER", found {quoted(line)}'

    def _take_header(self, number: int, found: Meta) -> None:
        if self.meta is not None and found != self.meta:
            raise FoldedError(
                f"{number}: expected the same header as before, {_header(self.meta)}, found {_header(found)}"
            )
        if found.columns:
            if len(found.columns) != self.columns and (self.one or self.many):
                raise FoldedError(f"{number}: expected the header that names the columns before the first stack")
            self.columns = len(found.columns)
        self.meta = found

    def profile(self) -> Folded | Differential:
        meta = self.meta or Meta()
        if self.columns == 1:
            one: dict[Stack, Number] = {}
            for entry, value in zip(entries(self.one), self.one.values(), strict=True):
                if entry:
                    one[entry] = one[entry] + value if entry in one else value
            return Folded(meta, one, self.unread, self.first_unread)
        many: dict[Stack, tuple[Number, ...]] = {}
        for entry, row in zip(entries(self.many), self.many.values(), strict=True):
            if entry:
                many[entry] = row_sum(many[entry], row) if entry in many else row
        named = meta if meta.columns else Meta(meta.unit, meta.source, BEFORE_AFTER)
        return Differential(named, many, self.unread, self.first_unread)


def entries(keys: Iterable[bytes]) -> Iterator[Stack]:
    """The clean stack of each key, in their order; of a comment it is empty.

    Nearly all are clean as they are, so many are looked at in one go: that takes a third of the time.
    """
    waiting = iter(keys)
    while batch := list(itertools.islice(waiting, _BATCH)):
        together = b"\n".join(batch)
        if is_tidy(together):
            yield from together.decode().split("\n")
        else:
            yield from map(_entry, batch)


def _entry(key: bytes) -> Stack:
    if key.startswith(_COMMENT):
        return ""
    if is_tidy(key):
        return key.decode()
    name = key.decode("utf-8", "replace").strip().rstrip(";")  # heaptrack ends each stack with one
    return stack(name.split(";"))


def is_tidy(lines: bytes) -> bool:
    """Are these stacks, a line each, surely clean as they are? Two blanks in a name are, but it says no."""
    kinds = b";%b;" % lines.translate(_KINDS)
    return b";;" not in kinds and _ODD not in kinds
