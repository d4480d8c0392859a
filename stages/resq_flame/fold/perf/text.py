"""The grammar of ``perf script`` text: where records begin and end, and what a header and a frame line say.

Authority: tools/perf/builtin-script.c (``process_event``, ``perf_sample__fprintf_start``) and util/evsel_fprintf.c of
Linux 6.1. Blank lines part the records; one without a callchain is a single line, with its one frame at the end:

    wcpp 28829/28829 [000]   912.201519:   10101010 cpu-clock:ppp:
    \t            1414 (anonymous namespace)::Anon::run+0x24 (/srv/my dir/wcpp)
    \t            15be request+0x5e (/srv/my dir/wcpp)

            wcpp 13845  1219.855975:         37 page-faults:      7ff66cf4fb70 _start+0x0 (/usr/lib/ld-2.36.so)
    sh 13829 [000]  1218.427163: syscalls:sys_enter_write: fd: 0x00000001, buf: 0x557a8f332ba0, count: 0x00000003
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from resq_flame.fold.perf.layout import EVENT, HEADER, is_bare, is_of_one_line_records

CHUNK = 1 << 20
_LONGEST = 16 << 20  # bytes after which a text without any end of a record is cut anywhere
_SIDE_BAND = re.compile(rb"[^\t].*: PERF_RECORD_[A-Z]")
_SEARCHED = 100  # lines in which perf's own messages may come first

_ANY_COMM = rb" *(?P<comm>\S(?:.*\S)?)"  # longer ones come from other producers, and from people's notes
_TASK = rb" +(?P<pid>-?\d+)(?:/(?P<tid>-?\d+))?"
_CPU = rb"(?: +\[\d+\])?"
_TIME = rb"(?: +[A-Za-z]{1,5})? +(?P<time>\d+\.\d+):"  # the letters are those of -F +misc
_PERIOD = rb"(?: +(?P<period>\d+))?"
_WIDE_PERIOD = rb" (?= |\d{10})(?: *(?P<period>\d+))"  # "%10llu ": told from a pid by its width
_EVENT = rb" +" + EVENT
_REST = rb"(?P<rest>.*)"

# Headers that do not fit the layout of their text: other producers', and people's; the fullest first.
_PARTS = (
    _ANY_COMM + _TASK + _CPU + _TIME + _PERIOD + _EVENT + _REST,
    _ANY_COMM + _TASK + _CPU + _TIME + rb" *",
    _ANY_COMM + _TASK + _CPU + _WIDE_PERIOD + _EVENT + rb" *",
    _ANY_COMM + _TASK + _CPU + _EVENT + rb" *",
    _ANY_COMM + _TASK + _CPU + rb" *",
    rb" *(?P<event>\S+): *",
    _ANY_COMM + rb" *",
)
PARTIAL_HEADERS = tuple(map(re.compile, _PARTS))

# "\t%16llx": a tab, or (where an editor ate it) any indentation or none when the module closes the line. A line of
# -F +srcline ("  file.cpp:16") is neither.
FRAME = re.compile(rb"(?:\t *+|\s*+(?=.*\)$))([0-9a-f]{1,16})(?: (.*))?")
_SINGLE = re.compile(rb"\s*+(?:[0-9a-f]+ +(?=[0-9a-f]{3,16} [^(\s]))?([0-9a-f]{1,16} .*\))\s*")  # maybe after +addr
_TABBED_FRAME = re.compile(rb"\t *[0-9a-f]{1,16}(?: |$)")
_OFFSET = re.compile(rb"\+0x[0-9a-f]+$")
_OFFSET_MODULE = re.compile(rb".*\+0x[0-9a-f]+ \(")
_HEADER_WITHIN = re.compile(rb"[\d/]+\s+(?:\[\d+\]\s+)?\d+\.\d+:")
_PLAIN_FRAME = re.compile(rb"^[\t ]+[0-9a-f]{1,16} (\S.*\))$", re.MULTILINE)


class Location(NamedTuple):
    """What a frame line says: the symbol without offset and the module, either empty where it was not printed."""

    symbol: bytes
    module: bytes


def location(text: bytes) -> Location:
    """What stands behind the address: ``symbol+0x1e (module)``. Both may hold spaces and parentheses."""
    symbol, module = text, b""
    if text.endswith(b")"):
        at = _module_start(text)
        symbol, module = text[:at], text[at + 1 : -1] if at < len(text) else b""
    return Location(_OFFSET.sub(b"", symbol.strip()), _OFFSET.sub(b"", module.removesuffix(b" (deleted)")))


def _module_start(text: bytes) -> int:
    """Where the parenthesis of the module opens: behind the offset, else the one that matches the last."""
    if found := _OFFSET_MODULE.match(text):
        return found.end() - 1
    depth, at = 0, len(text)
    while at:
        at = max(text.rfind(b"(", 0, at), text.rfind(b")", 0, at))
        depth += 1 if text[at : at + 1] == b")" else -1
        if at <= 0 or depth == 0:
            break
    # "foo(int)" is a symbol that -F left without a module
    return at if depth == 0 and text[max(at - 1, 0) : at] in (b" ", b"") else len(text)


def plain_frames(lines: bytes) -> list[bytes] | None:
    """What stands behind the addresses of frame lines, leaf first; None where a line is anything else."""
    found = _PLAIN_FRAME.findall(lines)
    return found if len(found) == lines.count(b"\n") + 1 else None


def is_one_line_record(text: bytes) -> bool:
    """Whether this follows a comm such as ``cafe``, not an address."""
    return _HEADER_WITHIN.match(text) is not None


def single_frame(rest: bytes) -> bytes | None:
    """The ``address symbol (module)`` of a one-line record, in what follows its event."""
    found = _SINGLE.fullmatch(rest)
    return found[1] if found else None


def is_perf(head: bytes) -> bool:
    """Whether a text that begins so is perf's: a whole header, or what ``-F`` left of one, over a frame."""
    samples = (line for line in head.splitlines() if line.strip() and not _SIDE_BAND.match(line))
    lines = list(itertools.islice(samples, _SEARCHED))
    if is_bare(lines) or is_of_one_line_records(lines) or _is_side_band(head):
        return True
    return any(map(_is_header, lines)) or any(
        _TABBED_FRAME.match(below) and not line.startswith((b"\t", b"@", b",")) and _is_partial_header(line)
        for line, below in itertools.pairwise(lines)
    )


def _is_side_band(head: bytes) -> bool:
    """Whether there is no sample in sight, only records about them: a system-wide recording begins with thousands."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip() and not line.startswith(b"#")]
    return bool(lines) and all(map(_SIDE_BAND.match, lines))


def _is_header(line: bytes) -> bool:
    """Whether it is a whole header. One without a comm is too much like other texts: it counts over a frame only."""
    found = HEADER.match(line)
    return bool(found and found["comm"])


def is_scheduling(head: bytes) -> bool:
    """Whether all samples of a text that begins so are of the scheduler, and some of ``sched:sched_switch``.

    With ``--switch-events`` there may be so many of these records that no sample is in sight.
    """
    headers = (HEADER.match(line) for line in head.splitlines() if not line.startswith(b"\t"))
    events = {header["event"] for header in headers if header}
    if not events:
        return b": PERF_RECORD_SWITCH" in head and _is_side_band(head)
    return b"sched:sched_switch" in events and all(event.startswith((b"sched:", b"PERF_RECORD")) for event in events)


def _is_partial_header(line: bytes) -> bool:
    """A comm alone is recognised by the blank that perf prints behind it."""
    return line.endswith(b" ") or any(pattern.fullmatch(line) for pattern in PARTIAL_HEADERS[:-1])


class Readable(Protocol):
    def read(self, count: int, /) -> bytes: ...


def chunks(stream: Readable) -> Iterator[bytes]:
    """The text in pieces that end between records, with LF line ends and without the blank lines at their end."""
    kept = b""
    while data := stream.read(CHUNK):
        kept += data
        if b"\r" in kept:
            kept = kept.replace(b"\r\n", b"\n")
        end = last_end(kept) or (len(kept) if len(kept) > _LONGEST else 0)
        if end:
            if text := kept[:end].strip(b"\n"):
                yield text
            kept = kept[end:]
    yield kept.replace(b"\r\n", b"\n").rstrip(b"\r\n")


def last_end(text: bytes) -> int:
    """Where the last whole record ends: at a blank line, else (one-line records have none) before a header."""
    end = text.rfind(b"\n\n") + 2
    if end > 1:
        return end
    end = text.rfind(b"\n")
    while end > 0:
        before = text.rfind(b"\n", 0, end)
        if HEADER.match(text, before + 1, end):
            return before + 1
        end = before
    return 0
