"""Which fields the headers of a perf text have: ``perf script -F`` leaves out any, and the rest is not named.

    my worker: 1  3010.007049: cpu-clock:ppp:        comm, time, event (or is the 1 a tid?)
    my worker: 1   10101010 cpu-clock:ppp:           comm, period, event
    32342  3010.007049:   10101010 cpu-clock:ppp:    tid, time, period, event; or a task without a name

One header may be read in several ways, so the text as a whole decides: the fullest layout that nearly all of its first
headers fit. Fields without a mark of their own are told apart by the widths that perf gives them
(tools/perf/builtin-script.c, ``perf_sample__fprintf_start`` and ``process_event``): ``%5d`` for a pid, ``%10lu`` for a
period.
"""

from __future__ import annotations

import re

# A comm has at most 15 bytes, so 16 leave no choice: a second "pid time:" would have to begin within them. That reads
# comms such as "12 34", "a 12 [003] 4.5:" and "x: cycles:" right, which a search from the left takes apart.
COMM = rb"(?: *(?P<comm>\S(?:.{0,14}\S)?) +| *)"
_PLAIN_COMM = rb"(?: *(?P<comm>\S(?:.{0,14}\S)?) |)"
_TASK = rb"(?P<pid>-?\d+)(?:/(?P<tid>-?\d+))?"
_WIDE_TASK = rb"(?P<pid> {4}\d| {3}\d\d| {2}\d{3}| \d{4}|\d{5,7}|-\d+|(?= *\d+/) *\d+)(?:/(?P<tid>-?\d+) *)?"
_NO_TASK = rb"(?P<pid>(?!))?(?P<tid>(?!))?"
_CPU = rb"(?: +\[\d+\])?"
_TIME = rb"(?: +[A-Za-z]{1,5})? +(?P<time>\d+\.\d+):"  # the letters are those of -F +misc
_FIRST_TIME = rb"(?:\[\d+\] +)?(?:[A-Za-z]{1,5} +)?(?P<time>\d+\.\d+):"
_NO_TIME = rb"(?P<time>)"
_PERIOD = rb"(?: +(?P<period>\d+))?"
_WIDE_PERIOD = rb"(?: ?(?=[ \d]{10}) *(?P<period>\d+)(?= |$))"
_NO_PERIOD = rb"(?P<period>(?!))?"
EVENT = rb"(?P<event>(?!\d+\.\d+:)\S+?):(?=\s|$)"  # no second time: -F comm,tid,time
_REST = rb"(?P<rest>.*)"
_END = rb"(?P<event>)(?P<rest>) *$"

HEADER = re.compile(COMM + _TASK + _CPU + _TIME + _PERIOD + rb" +" + EVENT + _REST)

_LAYOUTS = (
    HEADER,
    *(
        re.compile(parts, re.MULTILINE)
        for parts in (
            COMM + _NO_TASK + _FIRST_TIME + _PERIOD + rb" +" + EVENT + _REST,
            COMM + _TASK + _CPU + _TIME + _PERIOD + _END,
            COMM + _NO_TASK + _FIRST_TIME + _PERIOD + _END,
            _PLAIN_COMM + _WIDE_TASK + _CPU + _NO_TIME + _WIDE_PERIOD + rb" *" + EVENT + _REST,
            _PLAIN_COMM + _NO_TASK + _CPU + _NO_TIME + _WIDE_PERIOD + rb" *" + EVENT + _REST,
            _PLAIN_COMM + _WIDE_TASK + _CPU + _NO_TIME + _NO_PERIOD + rb" *" + EVENT + _REST,
            _PLAIN_COMM + _NO_TASK + _CPU + _NO_TIME + _NO_PERIOD + rb" *" + EVENT + _REST,
            _PLAIN_COMM + _WIDE_TASK + _CPU + _NO_TIME + _WIDE_PERIOD + rb"?" + _END,
            _PLAIN_COMM + _NO_TASK + _CPU + _NO_TIME + _WIDE_PERIOD + _END,
            rb" *(?P<comm>\S(?:.{0,14}\S)?)" + _NO_TASK + _NO_TIME + _NO_PERIOD + _END,
        )
    ),
)

BARE = re.compile(rb"(?!)")
"""The layout of ``-F ip,sym``: no headers at all."""

_FRAME = re.compile(rb"\t *[0-9a-f]{1,16}(?: |$)")
_BARE_FRAME = re.compile(rb"\t[ 0-9a-f]{16}(?: |$)")
_ONE_LINE = re.compile(rb".*\S: {1,2}[ 0-9a-f]{16} \S.*\)")
_SEARCHED = 10_000  # lines
_NEARLY_ALL = 0.9  # the others are of tasks without a name, of long comms, or torn


def layout_of(head: bytes) -> re.Pattern[bytes]:
    """What the headers of a text that begins so match, all with the groups of HEADER."""
    lines = [b"", *head.split(b"\n")[:_SEARCHED]]
    headers = [
        line
        for above, line, below in zip(lines, lines[1:], lines[2:], strict=False)
        if _FRAME.match(below) and line.strip() and not line.startswith((b"\t", b"#")) and not above.startswith(b"\t")
    ]
    if not headers and is_bare(lines):
        return BARE
    headers = headers or [line for line in lines if _ONE_LINE.match(line)]
    fitting = ((layout, sum(bool(layout.match(line)) for line in headers)) for layout in _LAYOUTS)
    return next((layout for layout, count in fitting if count >= _NEARLY_ALL * len(headers)), HEADER)


def is_bare(lines: list[bytes]) -> bool:
    """Whether these are frames and nothing else."""
    frames = [line for line in lines if line.strip()]
    return len(frames) > 1 and all(_BARE_FRAME.match(line) for line in frames[:-1])


def is_of_one_line_records(lines: list[bytes]) -> bool:
    """Whether these are events with their one frame behind them: ``-F comm,event,ip,sym,dso`` without callchains."""
    return len(lines) > 1 and all(map(_ONE_LINE.match, lines[:-1]))
