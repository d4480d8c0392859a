"""The maps that bpftrace prints when it ends, as text or with ``-f json``.

By bpftrace 0.17, src/output.cpp and src/printf.cpp (seen with 0.17.0); kstack and ustack in a key print the leaf first:

    @[
        getppid+7
        request()+129
    ,\x20
        __task_pid_nr_ns+158
        entry_SYSCALL_64_after_hwframe+118
    , wcpp]: 3

``ustack(perf)`` has ``\\t7f84b5cf34f7 getppid+7 (/usr/lib/libc.so.6)`` lines, a key without a stack is one line
(``@[wcpp, 601]: 99``), and JSON has one map in a line, its keys in the same form. An empty stack leaves nothing
between its commas.

The weight is the value of the map: a count, or the sum that the script makes (of stats() the total), in microseconds
where the map's name says so (@us, @usecs, @blocked_us). Keys that are no
stacks, such as comm and pid, are root frames in their order; a kernel stack stands on the user stack, wherever it is in
the key. Of several maps the first one with stacks is folded (--sample-type names another); histograms are passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from resq_flame.fold.documents.text_lines import lines
from resq_flame.fold.ledger import Ledger, OptionError
from resq_flame.fold.names import symbols
from resq_flame.fold.names.frame_name import base_name
from resq_flame.fold.options import Options
from resq_flame.folded import Number

Key: TypeAlias = "list[str | list[str]]"
"""Texts, and stacks as lists of their frames, leaf first."""

_SNIFF = re.compile(
    rb'^(?:\{"type": "(?:attached_probes|map|hist|stats|lhist)", "data": \{'
    rb"|@\w*\[(?:\s*$|, |[^\n]*, ?\r?$|[^\]\n]*\]: (?:\d|count \d)))",
    re.MULTILINE,
)
_OPENS = re.compile(r"@(\w*)\[(.*)")
_CLOSES = re.compile(r"(.*)\]:(?: (.*))?")
_VALUE = re.compile(r"(\d+)|count \d+, average -?\d+, total (\d+)")
_MICROSECONDS = re.compile("(?:.*_)?(?:us|usecs)")  # by the custom of bpftrace's own tools
_BUCKET = re.compile(r"[\[(](?:-?\d|\.\.\.)\S*.*\|[@ ]*\|$")
_PERF_FRAME = re.compile(r"[0-9a-f]{4,16} (.+?)(?:\+\d+)?(?: \(([^()]*)\))?")
_KERNEL_ENTRY = re.compile(
    r"entry_|asm_|ret_from_fork|do_syscall_64|el0t?_|secondary_startup|start_secondary|ret_to_user"
)


class Entry(NamedTuple):
    """The name of a map and one of its keys, as text with this between its parts."""

    name: str
    key: str
    separator: str


def sniff(head: bytes) -> bool:
    return bool(_SNIFF.search(head))


def samples(stream: BinaryIO, options: Options, ledger: Ledger) -> Iterator[tuple[list[str], Number]]:
    """The count of each stack. Raises OptionError where no map has the name that is asked for."""
    ledger.unit = "count"
    weights: dict[Entry, int] = {}  # a script may print its maps every second
    for entry, weight in _entries(stream, ledger):
        weights[entry] = weights.get(entry, 0) + weight
    chosen = _chosen(weights, options.sample_type)
    if _MICROSECONDS.fullmatch(chosen):
        ledger.unit = "microseconds"
    keys = [(_key(entry), weight) for entry, weight in weights.items() if entry.name == chosen]
    for entry, weight in weights.items():
        if entry.name != chosen:
            ledger.drop(f"entries of the map @{entry.name} (--sample-type takes another)", weight)
    kernel = _kernel_position(key for key, _ in keys)
    for key, weight in keys:
        frames = _frames(key, kernel)
        if frames and weight:
            yield frames, weight
        elif weight:
            ledger.drop("entries without a frame", weight)


def _chosen(entries: Iterable[Entry], asked: str | None) -> str:
    """The name of the map to fold: the one asked for, the first with stacks, the first."""
    names = list(dict.fromkeys(entry.name for entry in entries))
    if asked is not None:
        if asked.removeprefix("@") not in names:
            raise OptionError(f"expected a map it has ({', '.join(f'@{name}' for name in names)}), found {asked!r}")
        return asked.removeprefix("@")
    stacks = (entry.name for entry in entries if "\n" in entry.key)
    return next(stacks, names[0] if names else "")


def _entries(stream: BinaryIO, ledger: Ledger) -> Iterator[tuple[Entry, int]]:
    name, key = "", None
    for line in lines(stream):
        if key is None and line.startswith('{"type"'):
            yield from _json_entries(line, ledger)
        elif opened := _OPENS.match(line):
            if key is not None:
                ledger.drop("entries cut short")
            name, key = opened[1], [opened[2]]
        elif key is not None:
            key.append(line)
        elif _BUCKET.match(line):
            ledger.drop("lines of histograms")
        if key is not None and (opened or not line[:1].isspace()) and (closed := _CLOSES.fullmatch(key[-1])):
            entry = Entry(name, "\n".join([*key[:-1], closed[1]]), ", ")
            yield from _weighted(entry, closed[2] or "", ledger)
            key = None
    if key is not None:
        ledger.drop("entries cut short")


def _weighted(entry: Entry, value: str, ledger: Ledger) -> Iterator[tuple[Entry, int]]:
    weight = _VALUE.fullmatch(value.strip())
    if weight:
        yield entry, int((weight[1] or weight[2])[:30])
    else:
        ledger.drop("map entries that are no number (histograms, tuples, texts)")


def _json_entries(line: str, ledger: Ledger) -> Iterator[tuple[Entry, int]]:
    import json

    try:
        said: Any = json.loads(line)
        maps = said["data"].items() if said["type"] in ("map", "stats") else ()
        for name, content in maps:
            if isinstance(content, dict):
                for key, value in content.items():
                    weight = value.get("total") if isinstance(value, dict) else value
                    yield from _weighted(Entry(name.removeprefix("@"), key, ","), str(weight), ledger)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        ledger.drop("lines of JSON cut short or damaged")


def _key(entry: Entry) -> Key:
    """``"\\n    f+7\\n, , wcpp"`` as ``[["f"], "", "wcpp"]``."""
    parts: Key = []
    for number, line in enumerate(entry.key.split("\n")):
        if number and line[:1].isspace():
            if not isinstance(parts[-1], list):
                parts[-1:] = [[]] if not parts[-1] else [parts[-1], []]
            stack = parts[-1]
            assert isinstance(stack, list)
            stack += _frame(line.strip())
        elif number and not line.startswith(","):
            continue  # a blank line
        else:
            listed = line.removeprefix(",").strip() if number else line.strip()
            parts += re.split(rf"{entry.separator}|,$", listed)
    return parts


def _frame(text: str) -> list[str]:
    """The frames of one line, leaf first."""
    if found := _PERF_FRAME.fullmatch(text):
        symbol, module = found[1], found[2] or ""
        if module and (symbol == "[unknown]" or symbol.startswith("0x")):
            return [f"[{base_name(module).strip('[]')}]"]
    else:
        symbol = re.sub(r"\+\d+$", "", text)
    return symbols.tidy(symbol)[::-1]


def _kernel_position(keys: Iterable[Key]) -> int:
    """Which part of the keys is the kernel's stack, by where most of such stacks come from."""
    votes: Counter[int] = Counter()
    for key in keys:
        for position, part in enumerate(key):
            if isinstance(part, list) and part and _KERNEL_ENTRY.match(part[-1]):
                votes[position] += 1
    return votes.most_common(1)[0][0] if votes else -1


def _frames(key: Key, kernel: int) -> list[str]:
    """Root first: the texts, the user stack, the kernel stack."""
    frames = [part for part in key if isinstance(part, str) and part]
    order = sorted(range(len(key)), key=lambda position: position == kernel)
    for position in order:
        part = key[position]
        if isinstance(part, list):
            frames += part[::-1]
    return frames
