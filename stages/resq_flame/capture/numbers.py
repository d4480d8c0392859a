"""Positive whole numbers on the command line, and the processes that some of them are."""

from __future__ import annotations

import argparse
import os
import re


def positive(text: str) -> int:
    """Raises argparse.ArgumentTypeError for anything but a positive whole number."""
    if re.fullmatch(r"[1-9][0-9]{0,8}", text) is None:
        raise argparse.ArgumentTypeError(f"expected a positive whole number, found {text!r}")
    return int(text)


def runs(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # someone else's
        return True
    return True
