"""perf text folds to what ``inferno-collapse-perf`` 0.12 makes of it.

Where inferno loses or mixes up samples, the text is rewritten first so that it does not: REWRITINGS is the whole list
of differences. What we make of the texts as they are stands beside them in fixtures/perf.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from captures import CAPTURES, content, folding, name_of
from requirements import needs

# inferno looks for a task and a time in every header: without them there is nothing to compare.
NOT_FOR_INFERNO = ("fields-comm-time", "fields-no-comm", "fields-one-line")
PERF_CAPTURES = [path for path in CAPTURES if path.parent.name == "perf" and not path.stem.endswith(NOT_FOR_INFERNO)]
FLAGS: dict[str, dict[str, object]] = {
    "": {},
    "--pid": {"pid": True},
    "--tid": {"tid": True},
    "--all": {"kernel": True, "jit": True},
    "--addrs": {"addrs": True},
    "--event-filter=cpu-clock": {"event": "cpu-clock"},
    "--skip-after=main": {"skip_after": ("main",)},
}

_HEADER = re.compile(rb"^( *)([^\s#].{0,14}\S)( +\d+(?:/\d+)?(?: +\[\d+\])? +\d+\.\d+:.*| +\d+ *)$", re.MULTILINE)

REWRITINGS: tuple[tuple[re.Pattern[bytes], bytes, str], ...] = (
    (re.compile(rb"^.* PERF_RECORD_.*\n", re.MULTILINE), b"", "other records are taken for samples"),
    (re.compile(rb"( [0-9a-f]+) \((?=anonymous)"), rb"\1 <", "a name that begins with a parenthesis is dropped"),
    (re.compile(rb" \(deleted\)\)$", re.MULTILINE), b")", "a deleted module is called deleted"),
    (re.compile(rb"/my dir/w cpp"), b"/my_dir/w_cpp", "a path with a blank is cut, its first part is in the name"),
    (re.compile(rb"^(.*[a-z]+:[a-z_]+:).*$", re.MULTILINE), rb"\1", "the payload of a tracepoint is read as a frame"),
    (re.compile(rb"\b([a-z]+):([a-z_]+:)$", re.MULTILINE), rb"\1_\2", "a tracepoint is called after its subsystem"),
    (re.compile(rb"^  \S.*\n", re.MULTILINE), b"", "a source line is taken for a frame where it holds a blank"),
    (re.compile(rb"^(\t *[0-9a-f]+ [^(\n]*[^)\n])$", re.MULTILINE), rb"\1 ([x])", "a frame without module is dropped"),
    (re.compile(rb" \(\d\)\+"), b"+", "a blank stays at the end of a name that ends in an argument list"),
    (
        re.compile(rb"(?<=\d) +(?=\S+:(?:\s|$))"),
        b" ",
        "a period before two blanks is not seen: it counts as 1",
    ),
    (re.compile(rb"^( .*\))$", re.MULTILINE), rb"\1\n", "a one-line record of another event takes the next with it"),
    (
        re.compile(rb"^([^#\t\n].* \d+) *$", re.MULTILINE),
        rb"\1 1.0: cycles:",
        "a header that ends in its task is not seen",
    ),
    (re.compile(rb"\b_R(?=\w)"), b"R", "Rust's v0 mangling is left"),
)


def for_inferno(text: bytes) -> bytes:
    """The text without what inferno misreads; a comm is cut before its first number."""
    text = _HEADER.sub(lambda found: found[1] + re.sub(rb"[^\w/.-]", b"_", found[2]) + found[3], text)
    for pattern, replacement, _ in REWRITINGS:
        text = pattern.sub(replacement, text)
    return text


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag or "plain")
@pytest.mark.parametrize("path", PERF_CAPTURES, ids=name_of)
def test_the_same_as_inferno(path: Path, flag: str) -> None:
    text = for_inferno(content(path))
    command = [needs("inferno-collapse-perf"), *([flag] if flag else [])]
    output = subprocess.run(command, input=text, capture_output=True, check=True, timeout=60).stdout.decode()
    theirs = Counter(
        {stack: int(weight) for stack, _, weight in (line.rpartition(" ") for line in output.splitlines())}
    )
    try:
        ours = Counter(folding(text, "perf", **FLAGS[flag])[0].stacks)
    except ValueError:  # no sample of that event: inferno prints nothing and exits 0
        ours = Counter()
    assert ours == theirs
