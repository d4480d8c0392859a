"""What --by makes of a stack: the functions, lines, files or modules of its frames, or the thread it ran in.

All of it is read off the frame's text, as the producers write it:

    hash_rows (app/service.py:22)        py-spy, austin, Node: a function, its file and the line that ran
    libc.so.6`malloc                     dtrace, perf with modules: a module and a function
    [libstdc++.so.6.0.30]                perf: a module without symbols
    net/http.(*conn).serve               Go: a package; a::b::c in C++ and Rust, com.shop.Orders.find in Java
    process 12:python;thread (0x7F…)     py-spy, austin, perf: a thread is what stands at the root
"""

from __future__ import annotations

import re
from collections.abc import Callable

from resq_flame.folded import Stack

NOWHERE = "(unknown)"
"""The module or file of frames that name none."""

_PLACE = re.compile(r"^(?P<name>.+) \((?P<file>[^()]*?)(?::(?P<line>\d+))?(?::\d+)?\)$")
_LOOKS_LIKE_FILE = re.compile(r"[./\\]|^<.*>$|^node:")
# Every lambda of a file has the same name: only its line tells which one it is.
_NAMELESS = re.compile(r"^\(anonymous\)$|^<(anonymous|lambda|listcomp|dictcomp|setcomp|genexpr)>$|\.<lambda>$")
_INSTALLED = re.compile(r"(?:^|[/\\])(?:site-packages|dist-packages|node_modules)[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)")
_THREAD = re.compile(r"^(process|thread|tid|pid)\b|^(Thread|MainThread|ThreadPool)", re.IGNORECASE)
_GENERIC = re.compile(r"<[^<>]*>|\([^()]*\)")


class _Memo(dict[str, str]):
    """What a frame counts as; each frame is looked at once."""

    def __init__(self, group: Callable[[str], str]) -> None:
        super().__init__()
        self.group = group

    def __missing__(self, frame: str) -> str:
        found = self[frame] = self.group(frame)
        return found


def function(frame: str) -> str:
    """The frame without its line number: a function is one, whichever of its lines was running."""
    place = _PLACE.match(frame)
    if place is None or place["line"] is None or _NAMELESS.search(place["name"]):
        return frame
    return f"{place['name']} ({place['file']})"


def file(frame: str) -> str:
    place = _PLACE.match(frame)
    return place["file"] if place and _LOOKS_LIKE_FILE.search(place["file"]) else NOWHERE


def module(frame: str) -> str:
    """The library, package, namespace or class a frame belongs to; of installed packages their name."""
    if "`" in frame:
        return frame.partition("`")[0]
    if frame.startswith("[") and frame.endswith("]"):
        return frame[1:-1]
    if (path := file(frame)) != NOWHERE:
        installed = _INSTALLED.search(path)
        return installed[1] if installed else re.sub(r"(?<=[^/\\.])\.\w+$", "", path)
    return _qualifier(frame) or NOWHERE


def _qualifier(name: str) -> str:
    """``a::b`` of ``a::b::c<T>(int)``, ``net/http`` of ``net/http.(*conn).serve``, ``a.B`` of ``a.B.find``."""
    if "::" in name:
        while (plain := _GENERIC.sub("", name)) != name:
            name = plain
        return name.rpartition("::")[0]
    folder, slash, rest = name.rpartition("/")
    package = rest.partition(".")[0] if slash or ".(" in rest else rest.rpartition(".")[0]
    return folder + slash + package if "." in rest else ""


def thread(stack: Stack) -> str:
    """The last of the frames at the root that name a process or thread; else the root itself."""
    frames = stack.split(";")
    found = frames[0]
    for frame in frames:
        if not _THREAD.search(frame):
            break
        found = frame
    return found


def _each(group: Callable[[str], str]) -> Callable[[], Callable[[Stack], list[str]]]:
    def grouping() -> Callable[[Stack], list[str]]:
        memo = _Memo(group)
        return lambda stack: [memo[frame] for frame in stack.split(";")]

    return grouping


Grouping = Callable[[Stack], "list[str]"]
"""The groups of a stack's frames, root first."""

BY: dict[str, Callable[[], Grouping]] = {
    "function": _each(function),
    "line": lambda: lambda stack: stack.split(";"),
    "file": _each(file),
    "module": _each(module),
    "thread": lambda: lambda stack: [thread(stack)],
}
