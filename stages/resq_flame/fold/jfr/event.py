"""An event of a recording that has a stack, and what it weighs."""

from __future__ import annotations

import re
from typing import NamedTuple

from resq_flame.folded import Number

# The field that is an event's weight, and its unit. What is not here weighs its duration, or is counted.
WEIGHTS = {
    "jdk.ExecutionSample": ("", "samples"),
    "jdk.NativeMethodSample": ("", "samples"),
    "jdk.CPUTimeSample": ("", "samples"),
    "profiler.WallClockSample": ("samples", "samples"),
    "jdk.ObjectAllocationSample": ("weight", "bytes"),
    "jdk.ObjectAllocationInNewTLAB": ("tlabSize", "bytes"),
    "jdk.ObjectAllocationOutsideTLAB": ("allocationSize", "bytes"),
    "jdk.OldObjectSample": ("objectSize", "bytes"),
    "profiler.LiveObject": ("allocationSize", "bytes"),
    "profiler.Malloc": ("size", "bytes"),
}

DURATION = ("duration", "nanoseconds")
COUNT = ("", "count")


# async-profiler gives native functions their library as class: libjvm.so, libc.so.6
_LIBRARY = re.compile(r".*\.(?:so(?:\.\d+)*|dylib|dll)")


class Event(NamedTuple):
    """Frames root first, none where no stack was recorded; ``truncated`` where the root was not reached."""

    name: str
    frames: list[str]
    weight: Number
    unit: str
    truncated: bool


def frame(class_name: str, method: str, line: int, *, lines: bool | None) -> str:
    """``java/lang/Thread.run``; native functions and the kernel's have no class."""
    name = f"{class_name}.{method}" if class_name and not _LIBRARY.fullmatch(class_name) else method
    return f"{name}:{line}" if lines and 0 < line < 1 << 31 else name  # -1 is unsigned in the binary form
