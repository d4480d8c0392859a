"""Dumps of stacks, a sample each: which threads count, how frames are named, what the options change."""

from __future__ import annotations

from pathlib import Path

import pytest

from captures import FIXTURES, folding, stacks

GDB = FIXTURES / "gdb/gdb-13.1-poor-mans.txt"
JSTACK = FIXTURES / "jstack/openjdk-17-jstack.txt"
JAVACORE = FIXTURES / "ibmjava/openj9-8-javacore.txt"
DUMP = FIXTURES / "py-spy-dump/py-spy-0.4.3-dump.txt"
SAMPLE = FIXTURES / "sample/sample-macos-10.14-rg.txt"

# One dump each, and the stacks it folds to.
NAMED = {
    "gdb: arguments, addresses": (
        b"#0  0x0000 in rec (d=d@entry=8, n=6000) at w.cpp:22\n#1  main (c=<optimized out>) at w.cpp:27\n",
        "gdb",
        "main;rec",
    ),
    "gdb: templates": (
        b'#0  0x1 in std::map<int, f(long)>::at(int const&) const (s="a (b) <c") at map:5\n',
        "gdb",
        "std::map<int, f(long)>::at",
    ),
    "gdb: operators": (
        b"#0  0x1 in A::operator<< (this=0x1) at a:1\n#1  0x2 in main () at a:2\n",
        "gdb",
        "main;A::operator<<",
    ),
    "gdb: an anonymous namespace": (
        b"#0  0x1 in (anonymous namespace)::Anon::run (n=3) at w.cpp:20\n",
        "gdb",
        "(anonymous namespace)::Anon::run",
    ),
    "gdb: no symbol": (
        b"#0  0x1 in ?? () from /lib/libstdc++.so.6\n#1  0x2 in ?? ()\n",
        "gdb",
        "[unknown];[libstdc++.so.6]",
    ),
    "jstack: hidden classes": (
        b'"w" #1 nid=0x1 runnable\n   java.lang.Thread.State: RUNNABLE\n\tat A$$Lambda$1/0x0f00.run(Unknown Source)\n',
        "jstack",
        "A$$Lambda$1/0x0f00.run",
    ),
    "exceptions: modules and class loaders": (
        b"x.YException\n\tat app//org.x.A.run(A.java:3)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n",
        "java-exceptions",
        "java.lang.Thread.run;org.x.A.run",
    ),
    "goroutines: receivers and their own parentheses": (
        b"goroutine 7 [select, 2 minutes]:\nmain.(*Repo[...]).Run(0xc000?, {0x1, 0x2})\n\t/a.go:3 +0x1d\n"
        b"created by main.main in goroutine 1\n\t/a.go:9 +0x1\n",
        "goroutines",
        "main.(*Repo[...]).Run",
    ),
    "faulthandler of Python 3.14": (
        b'Current thread 0x00007f [worker 1] (most recent call first):\n  File "a.py", line 3 in <lambda>\n',
        "faulthandler",
        "<lambda> (a.py:3)",
    ),
    "pystack: C without a source": (
        b"Traceback for thread 7 (python3) [] (most recent call last):\n"
        b'    (C) File "???", line 0, in f (/lib/libx.so.1)\n',
        "pystack",
        "f (libx.so.1)",
    ),
    "eu-stack: modules": (
        b"TID 7:\n#0  0x01 - /usr/lib/libx.so.6\n#1  0x02 main - /home/app/w\n",
        "eu-stack",
        "main;[libx.so.6]",
    ),
    "stap: user space": (b" 0x4005d1 : main+0x21/0x40 [/home/app/w] (inexact)\n 3\n", "stap", "main"),
    "CRLF": (b"TID 7:\r\n#0  0x01 f\r\n#1  0x02 main\r\n", "eu-stack", "main;f"),
}


@pytest.mark.parametrize(("dump", "name", "stack"), NAMED.values(), ids=NAMED)
def test_frames(dump: bytes, name: str, stack: str) -> None:
    assert [*stacks(dump, name)] == [stack]


@pytest.mark.parametrize("path", [JSTACK, JAVACORE, DUMP, SAMPLE], ids=lambda path: path.parent.name)
def test_idle_threads_are_counted_and_kept_on_request(path: Path) -> None:
    running, ledger = folding(path)
    every = folding(path, idle=True)[0]
    idle = sum(weight for what, (_, weight) in ledger.dropped.items() if "--idle" in what)
    assert idle > 0
    assert sum(running.stacks.values()) + idle == sum(every.stacks.values())


def test_a_blocked_thread_is_idle() -> None:
    assert not any("Work.blocked" in stack for stack in stacks(JSTACK))
    assert any("Work.blocked" in stack for stack in stacks(JSTACK, idle=True))


def test_a_native_wait_is_idle_though_java_calls_it_runnable() -> None:
    dump = (
        b'"accept" #9 nid=0x1 runnable\n   java.lang.Thread.State: RUNNABLE\n'
        b"\tat sun.nio.ch.Net.accept(java.base@17.0.15/Native Method)\n\tat A.main(A.java:1)\n\n"
        b'"poll" #9 nid=0x1 runnable\n   java.lang.Thread.State: RUNNABLE\n'
        b"\tat sun.nio.ch.EPoll.wait(java.base@17.0.15/Native Method)\n\tat A.main(A.java:1)\n"
    )
    assert stacks(dump) == {}
    assert len(stacks(dump, idle=True)) == 2


THREADS = {
    "gdb": (GDB, "my worker: 1"),
    "jstack": (JSTACK, "order: worker-1"),
    "ibmjava": (JAVACORE, "Default Executor-thread-149164"),
    "py-spy-dump": (DUMP, "thread (21921): worker: 1"),
    "faulthandler": (FIXTURES / "faulthandler/python-3.11-later.txt", "thread 0x00007fa4c96a46c0"),
    "pystack": (FIXTURES / "pystack/pystack-1.7-remote.txt", "thread 762 (python3)"),
    "eu-stack": (FIXTURES / "eu-stack/elfutils-0.188-threads.txt", "thread 601"),
    "goroutines": (FIXTURES / "goroutines/go-1.26-debug2.txt", "[sync.Mutex.Lock]"),
    "xctrace": (FIXTURES / "xctrace/xctrace-14-time-profile.xml", "main  0x8480c1 (rust_test2, pid: 49374)"),
}


@pytest.mark.parametrize(("path", "thread"), THREADS.values(), ids=THREADS)
def test_threads_are_root_frames_on_request(path: Path, thread: str) -> None:
    assert not any(stack.startswith(thread) for stack in stacks(path))
    assert any(stack.startswith(thread) for stack in stacks(path, threads=True))


LINES = {
    "gdb": (GDB, "rec (w.cpp:22)"),
    "jstack": (JSTACK, "Work.renderTemplate (Work.java:5)"),
    "java-exceptions": (FIXTURES / "java-exceptions/openjdk-17-log.txt", "Orders$Repo.parse (Orders.java:4)"),
    "ibmjava": (JAVACORE, "org/example/Orders.hashRows (Orders.java:42)"),
    "ljp": (FIXTURES / "ljp/ljp-traces.txt", "my.app.Orders.hashRows (Orders.java:455)"),
    "wcp": (FIXTURES / "wcp/wall-clock-profiler-nim.txt", "hash_tree_root (merkle.nim:77)"),
    "eu-stack": (FIXTURES / "eu-stack/elfutils-0.188-source.txt", "request (w.cpp:24)"),
    "goroutines": (FIXTURES / "goroutines/go-1.26-debug2.txt", "main.hashRows (main.go:18)"),
    "pprof-text": (FIXTURES / "pprof-text/go-1.26-heap.txt", "main.allocBig (main.go:32)"),
    "go-trace-raw": (FIXTURES / "go-trace-raw/go-1.26-cpu.txt", "main.hashRows (main.go:18)"),
}


@pytest.mark.parametrize(("path", "frame"), LINES.values(), ids=LINES)
def test_lines_are_added_on_request(path: Path, frame: str) -> None:
    assert frame not in ";".join(stacks(path))
    assert frame in ";".join(stacks(path, lines=True))


@pytest.mark.parametrize("name", ["faulthandler/python-3.11-later.txt", "pystack/pystack-1.7-remote.txt", DUMP])
def test_python_lines_are_there_and_can_be_left_out(name: str | Path) -> None:
    assert "request_loop (work.py:21)" in ";".join(stacks(FIXTURES / name))
    assert "request_loop (work.py);" in ";".join(stacks(FIXTURES / name, lines=False))


def test_a_cause_has_the_frames_that_java_elides() -> None:
    assert [*stacks(FIXTURES / "java-exceptions/openjdk-17-log.txt")].count(
        "Orders.main;Orders.handle;Orders$Repo.find;Orders$Repo.parse;java.lang.Integer.parseInt;java.lang.Integer.parseInt;"
        "java.lang.NumberFormatException.forInputString"
    ) == 1


def test_several_dumps_in_one_file_add_up() -> None:
    assert sum(folding(GDB)[0].stacks.values()) == 20  # ten times two threads
    assert stacks(DUMP.read_bytes() * 3, "py-spy-dump") == dict.fromkeys(stacks(DUMP), 3)
