"""Lengths of time as users write them: ``30s``, ``5000ms``, ``2m``, ``1h``; a bare number is seconds."""

from __future__ import annotations

import argparse
import re

LONGEST = 24 * 3600.0

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) ?(ms|s|m|h)?", re.ASCII)


def seconds(text: str) -> float:
    """``30s`` as seconds. Raises argparse.ArgumentTypeError where it is no length of time, or not up to a day."""
    return _parse(text, bare_milliseconds_from=None)


def seconds_or_milliseconds(text: str) -> float:
    """The same, but a bare 1000 or more is milliseconds: ``hce --duration 5000`` is documented to last 5 s."""
    return _parse(text, bare_milliseconds_from=1000)


def spoken(length: float) -> str:
    return f"{length:.10g} s"


def _parse(text: str, bare_milliseconds_from: float | None) -> float:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"expected a duration such as 30s, 5000ms or 2m, found {text!r}")
    number, unit = float(match[1]), match[2]
    if unit is None:
        unit = "ms" if bare_milliseconds_from is not None and number >= bare_milliseconds_from else "s"
    length = number * _SECONDS[unit]
    if not 0.001 <= length <= LONGEST:
        raise argparse.ArgumentTypeError(f"expected a duration between 1ms and 24h, found {text!r}")
    return length
