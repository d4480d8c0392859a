"""The parts of a page that are not written by hand. They stand between markers, which stay:

<!-- output: resq-report --top 5 slow.folded -->       what a command prints, run in docs/captures
<!-- code: fixtures/services/go/main.go /^func guarded/ /^}/ -->      a file, from one line to the next such one
<!-- keys: render -->                 what a table of pipelines/NAME.toml may say
<!-- end -->
"""

from __future__ import annotations

import re
from pathlib import Path

import keys
from shell import ROOT, run

_REGION = re.compile(r"(<!-- (output|code|keys): (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)
_CODE = re.compile(r"(\S+)(?: /(.*?)/ /(.*?)/)?")
_LANGUAGES = {".mjs": "js", ".ts": "ts", ".rs": "rust", ".go": "go", ".py": "python", ".toml": "toml", ".c": "c"}


def filled(page: str) -> bytes:
    """The page with all its regions made again. Raises ValueError for one that cannot be."""
    text = (ROOT / page).read_text("utf-8")
    return _REGION.sub(lambda found: found[1] + _MAKERS[found[2]](found[3]) + found[4], text).encode()


def output(command: str) -> str:
    """What a command prints, stdout and then stderr; its exit code, where it is not 0."""
    done = run(command)
    printed = (done.stdout + done.stderr).decode().rstrip("\n")
    if done.returncode:
        printed += f"\n(exit {done.returncode})"
    return _fenced("text", printed)


def code(what: str) -> str:
    """A file, or its lines from the first that matches one expression to the next that matches another."""
    found = _CODE.fullmatch(what)
    if not found:
        raise ValueError(f"expected FILE /FIRST/ /LAST/, found {what!r}")
    path = ROOT / found[1]
    lines = path.read_text("utf-8").splitlines()
    if found[2]:
        lines = _between(lines, found[2], found[3], what)
    return _fenced(_LANGUAGES[Path(path).suffix], "\n".join(lines))


def _between(lines: list[str], first: str, last: str, what: str) -> list[str]:
    begin = next((at for at, line in enumerate(lines) if re.search(first, line)), None)
    if begin is None:
        raise ValueError(f"{what}: no line matches {first}")
    end = next((at for at in range(begin, len(lines)) if re.search(last, lines[at])), None)
    if end is None:
        raise ValueError(f"{what}: no line matches {last}")
    return lines[begin : end + 1]


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


_MAKERS = {"output": output, "code": code, "keys": keys.table}
