"""Each profile is known by exactly one format, from its content alone; what is no profile is refused with a reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from captures import CAPTURES, beside, content, folding, name_of
from resq_flame import fold
from resq_flame.fold.ledger import ProfileError


def knowing(head: bytes) -> list[str]:
    return [name for name, entry in fold.FORMATS.items() if entry.module.sniff(head)]


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_a_capture_is_known_by_its_own_format_only(path: Path) -> None:
    assert knowing(content(path)[: fold.HEAD]) == [path.parent.name]


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_what_a_capture_folds_to_is_folded(path: Path) -> None:
    assert knowing(beside(path).read_bytes()[: fold.HEAD]) == ["folded"]


KNOWN = {
    "one frame": (b"main 5\n", "folded"),
    "no line end": (b"main;work 5", "folded"),
    "CRLF": (b"main;work 5\r\nmain 2\r\n", "folded"),
    "a decimal": (b"main;work 0.5\n", "folded"),
    "a numbered thread": (b"main;worker 12 5\n", "folded"),
    "blanks in names": (b"Web Content;operator new(unsigned long) 5\n", "folded"),
    "a few lines of noise": (b"main;work 5\n" * 40 + b"[3 lost]\n", "folded"),
    "one line of noise among few": (b"// x\na;b;c 1\na;b 5\ninvalid line\n", "folded"),
    "comments first": (b"# a comment\n// another\nmain;work 5\n", "folded"),
    "a header and nothing": (b'# resq-flame {"unit":"bytes"}\n', "folded"),
    "our own stream of py-spy's frames": (b'# resq-flame {"source":"py-spy"}\nf (a.py:1);g (a.py:2) 5\n', "folded"),
    "a recursion deeper than what is looked at": (b"main;" + b"visit(Node const&);" * 4000, "folded"),
    "the same of py-spy": (b"<module> (a.py:9);" + b"visit (a.py:3);" * 5000, "py-spy"),
    "the same of austin": (b"P1;T1;" + b"/app/a.py:visit:3;" * 5000, "austin"),
    "heaptrack's C++ files": (b"main (small.cpp);alloc_hot() (small.cpp); 200\n", "folded"),
    "py-spy without lines": (b"main (a.py);work (a.py) 5\n", "py-spy"),
    "py-spy --native": (b"_start (python3.11);main (a.py:3);memcpy (libc.so.6) 5\n", "py-spy"),
    "py-spy of a notebook": (b"<module> (<ipython-input-1-0c1>:3) 5\n", "py-spy"),
    "a small cpuprofile": (b'{"nodes":[],"samples":[],"timeDeltas":[],"startTime":1,"endTime":2}', "cpuprofile"),
    "a cpuprofile with its keys sorted": (b'{"endTime":2,"nodes":[{"callFrame":{"columnNumber":1', "cpuprofile"),
    "an old cpuprofile": (b'{"head":{"functionName":"(root)","hitCount":0,"children":[]}', "cpuprofile"),
    "an event of the inspector": (b'{"method":"P","params":{"profile":{"nodes":[{"id":1,"callFrame":{', "cpuprofile"),
    "a heap profile of V8": (b'{"head":{"callFrame":{"functionName":"(root)"},"selfSize":0,"id":1', "heapprofile"),
    "a heap profile in a reply": (b'{"id":4,"result":{"profile":{"head":{"callFrame":{},"selfSize":0', "heapprofile"),
    "a trace of one event": (b'[{"ph":"X","ts":1,"dur":5,"name":"a","pid":1,"tid":1}', "chrome-trace"),
    "a trace with its metadata first": (
        b'{"metadata":{"source":"DevTools"},"traceEvents":[{"ph":"M","pid":',
        "chrome-trace",
    ),
    "speedscope without its schema": (b'{"shared":{"frames":[{"name":"a"}]},"profiles":[{"unit":"none"', "speedscope"),
    "speedscope with its profiles first": (
        b'{"profiles":[{"type":"sampled"}],"$schema":"https://www.speedscope.app/file-format-schema.json"}',
        "speedscope",
    ),
    "a Firefox profile with many libraries": (b'{"libs":[{"start":1,"breakpadId":"A0"},{"start":', "firefox"),
    "a Firefox profile of the old tools": (b'{"label":"","duration":1.5,"markers":[{"end":1.2,', "firefox"),
    "a tree of d3-flame-graph": (b'{"name":"all","value":3,"children":[{"name":"a"', "d3-flamegraph"),
    "a pprof profile without samples": (bytes.fromhex("0a04080110023200320161320162"), "pprof"),
}


@pytest.mark.parametrize(("head", "name"), KNOWN.values(), ids=KNOWN)
def test_known(head: bytes, name: str) -> None:
    assert knowing(head) == [name]


REFUSED = {
    "a Go execution trace": (b"go 1.26 trace\0\0\0\x01\x01\xff\xff\xff\xff", "a Go execution trace: go tool trace"),
    "the inspector's list": (b'[ {\n  "id": "x",\n "webSocketDebuggerUrl": "ws://127.0.0.1:9229/a3"\n} ]', "WebSocket"),
    "the inspector's version": (b'{\n "Browser": "node.js/v20.20.2",\n "Protocol-Version": "1.1"\n}', "WebSocket"),
    "JSON of another kind": (b'{"status": "ok", "items": [1, 2]}', "found JSON"),
    "an HTML page": (b"\n<!doctype html>\n<html><body>Sign in</body></html>\n", "an HTML page"),
    "a program": (b"\x7fELF\x02\x01\x01\0", "a program"),
    "a zip archive": (b"PK\x03\x04\x14\0", "unpack"),
    "prose": (b"The number of servers in the year 2020 was 12\nIn the year after that it was 20\n", "found text"),
    "prose that ends in a number": (b"Dear all,\nthe build is slow.\nThe last one took 12\n", "found text"),
    "a table of numbers": (b"1 2\n3 4\n5 6\n", "found text"),
    "a table of pprof": (b"File: app\nType: cpu\nShowing nodes accounting for 350ms, 100%\n", "pprof -proto"),
    "a table of cProfile": (b"   190514 function calls (190513 primitive calls) in 0.776 seconds\n", "cProfile -o"),
    "a table of names": (b"Thread.run    2  0.41\nEvent.wait    1  0.30\nmain.work    1  0.05\n", "found text"),
    "JSON cut behind a number": (b'{"events": [{"name": "a;b", "dur": 12', "found JSON"),
    "source code": (b"int main() {\n  return 0;\n}\n", "found text"),
    "one word": (b"hello\n", "found text"),
    "one byte": (b"\n\n\x00", "found binary"),
}


@pytest.mark.parametrize(("head", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(head: bytes, reason: str) -> None:
    assert knowing(head) == []
    with pytest.raises(ProfileError) as refusal:
        fold.recognise(head)
    assert reason in str(refusal.value)
    assert repr(head.strip()[:8])[2:-1] in str(refusal.value)


# Profiles of other formats that resemble one of these.
RESEMBLING = {
    "a trace of Chrome": (b'{"traceEvents":[{"args":{"data":{"cpuProfile":{"nodes":[{"callFrame":{}}]', "cpuprofile"),
    "OTLP": (bytes.fromhex("0ae38280800012dd8280800012d7828080000a06080010011802"), "pprof"),
    "another message of protobuf": (bytes.fromhex("0a0568656c6c6f1001"), "pprof"),
    "a JFR recording": (b"FLR\0\0\x02\0\0\0\0\0\0\0\0a\xe3", "pprof"),
    "MOJO": (b"MOJ\x03\x01austin\x003.7.0\0\x01interval\x0010000\0", "pprof"),
    "perf.data": (b"PERFILE2h\0\0\0\0\0\0\0", "pprof"),
    "callgrind": (b"events: Ir\nfn=main\n12 5\n13 7\n14 2\n", "folded"),
    "folded frames of C++": (b"main (a.cpp);work (b.cpp) 5\n", "py-spy"),
}


@pytest.mark.parametrize(("head", "name"), RESEMBLING.values(), ids=RESEMBLING)
def test_not_mistaken(head: bytes, name: str) -> None:
    assert name not in knowing(head)


@pytest.mark.parametrize("nothing", [b"", b"\n", b"  \r\n\n"])
def test_nothing_is_said_to_be_nothing(nothing: bytes) -> None:
    with pytest.raises(ProfileError, match="found nothing"):
        folding(nothing)


def test_random_bytes_are_no_profile() -> None:
    dice = random.Random(1)
    assert [knowing(dice.randbytes(dice.randint(1, 400))) for _ in range(2000)] == [[]] * 2000


@pytest.mark.parametrize(
    ("head", "nearest"),
    [
        (b'{"nodez":[{"callFrame":{"functionName":"x"}}],"samples":[],"timeDelta":[]}', "cpuprofile"),
        (b"\x01\x02\x03\x04", "pprof"),
        (b"1414 (anonymous namespace)::Anon::run+0x24 (/usr/bin/wcpp)\n 15be request+0x5e (/usr/bin/wcpp)\n", "perf"),
        (b"main (app.py:3);work (app.py:12) 5 &\nmain (app.py:3) 2 &\n", "py-spy"),
    ],
)
def test_the_nearest_formats_are_named(head: bytes, nearest: str) -> None:
    with pytest.raises(ProfileError, match=rf"nearest: .*\b{nearest}\b.* \(--format"):
        folding(head)


def test_the_order_of_the_table_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {path: fold.recognise(content(path)[: fold.HEAD]).name for path in CAPTURES}
    monkeypatch.setattr(fold, "FORMATS", dict(reversed(fold.FORMATS.items())))
    assert {path: fold.recognise(content(path)[: fold.HEAD]).name for path in CAPTURES} == expected


# A blank line above is a byte like any other in a binary format; GHC's and XML's own begin with blanks that matter.
UNDER_A_BLANK_LINE = [
    path for path in CAPTURES if path.parent.name not in ("xctrace", "ghcprof") and b"\0" not in content(path)
]


@pytest.mark.parametrize("path", UNDER_A_BLANK_LINE, ids=name_of)
def test_a_text_may_begin_with_a_blank_line(path: Path) -> None:
    text = content(path)
    try:
        text.decode()
    except UnicodeDecodeError:
        return
    assert folding(b"\n\r\n" + text)[0] == folding(text)[0]
