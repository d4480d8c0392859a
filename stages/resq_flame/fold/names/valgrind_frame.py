"""How Valgrind's heap profilers write a frame (coregrind/m_debuginfo/debuginfo.c, ``VG_(describe_IP)``):

0x1091B8: alloc_hot() (small.cpp:8)
0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_dhat-amd64-linux.so)
0x4A63B9D: ??? (in /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30)
0x401B2D5: ???
"""

from __future__ import annotations

import re

from resq_flame.fold.names.frame_name import base_name, located

_FRAME = re.compile(
    r"(?P<address>0x[0-9A-Fa-f]+): (?P<name>.*?)(?: \((?:in (?P<object>.*)|(?P<file>[^()]*):(?P<line>\d+))\))?"
)
_UNKNOWN = "???"


def frame(text: str, *, lines: bool) -> str:
    """The function, with ``lines`` its place too; ``[libfoo.so]`` or the address where it has no name."""
    found = _FRAME.fullmatch(text.strip())
    if not found:
        return text.strip()
    if found["name"] == _UNKNOWN:
        file = base_name(found["object"] or "")
        return f"[{file}]" if file else found["address"].lower()
    if lines and found["file"]:
        return located(found["name"], found["file"], int(found["line"][:9]))
    return found["name"]


def is_interceptor(text: str) -> bool:
    """Whether it is Valgrind's own stand-in for malloc."""
    return "/vgpreload_" in text
