"""What the command line accepts: exit 2 and one line for what it does not."""

from __future__ import annotations

import os

import pytest

from resq_flame import capture
from resq_flame.capture.__main__ import main

USAGE = [
    ([], "SOURCE"),
    (["nosuch"], "'nosuch'"),
    (["python", "--url", "localhost"], "--url: expected http://HOST:PORT"),
    (["python", "--path", "admin"], "expected a path such as /admin/profile"),
    (["python", "--pid", "1", "--", "python"], "found both"),
    (["python", "--"], "expected a command after --, found none"),
    (["python", "--pid", "0"], "positive whole number"),
    (["python", "--pid", "1x"], "positive whole number"),
    (["python", "--pid", "9" * 30], "positive whole number"),
    (["python", "--rate", "0", "--pid", "1"], "positive whole number"),
    (["perf", "--pid", "1", "--", "true"], "expected either --pid or a command after --, found both"),
    (["perf", "--pid", "1", "--cgroup", "x"], "not allowed with argument"),
    (["perf", "--call-graph", "gdb"], "expected fp, dwarf, dwarf,BYTES or lbr, found 'gdb'"),
    (["offcpu", "--engine", "dtrace"], "found 'dtrace'"),
    (["file"], "FILE"),
    (["file", "x", "--", "true"], "file starts no command"),
    (["pdie", "--duration", "0"], "between 1ms and 24h"),
    (["hce", "--duration", "soon"], "expected a duration such as 30s"),
    (["hce", "--interval", "-1"], "microseconds"),
    (["hce", "--dur", "5"], "unknown flag --dur"),
    (["api", "--", "node"], "api starts no command (the sources that do: hce, node, bun, python, pdie"),
]


@pytest.mark.parametrize(("argv", "words"), USAGE)
def test_wrong_usage_is_one_line_and_exit_2(argv: list[str], words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(argv) == 2
    out, err = capfd.readouterr()
    assert words in err
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("name", capture.SOURCES)
def test_every_source_tells_its_flags(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert _exit_code([name, "--help"]) == 0
    assert ("--duration" in capfd.readouterr().out) == (name != "file")


@pytest.mark.parametrize(("alias", "name"), [("pdie", "python"), ("node", "hce"), ("bun", "hce")])
def test_an_alias_is_the_same_source(alias: str, name: str) -> None:
    assert capture.SOURCES[alias].module is capture.SOURCES[name].module


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["python", "--pid", "999999999"], "pid 999999999: no such process"),
        (["python", "--", "no-such-command"], "no-such-command: command not found"),
        (["python", "-o", "no/such/folder/x", "--pid", str(os.getpid())], "expected an existing folder"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_1(
    argv: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 1
    assert words in capfd.readouterr().err


def _exit_code(argv: list[str]) -> int | str | None:
    try:
        return main(argv)
    except SystemExit as ended:
        return ended.code
