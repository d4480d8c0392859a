"""The JSON that a script in an HTML page assigns to a variable, all in one line: ``const packed_data = {…};``."""

from __future__ import annotations

import io
import re
from typing import Any

from resq_flame.fold.documents import json_document
from resq_flame.fold.ledger import SECOND, ProfileError

_PAGE = re.compile(rb"\s*<!DOCTYPE html>", re.IGNORECASE)


def is_page(head: bytes) -> bool:
    return bool(_PAGE.match(head))


def assigned(content: bytes, *names: str) -> Any:
    """The value of the first of these variables. Raises ProfileError where the page has none of them, or two."""
    variable = re.compile(rf"\b(?:{'|'.join(names)}) = (?=[{{\[])".encode())
    if found := variable.search(content):
        line, _, behind = content[found.end() :].partition(b"\n")
        if variable.search(behind):
            raise ProfileError(SECOND)
        return json_document.load(io.BytesIO(line.rstrip(b"; \r")))
    raise ProfileError(f"expected {' or '.join(names)} in a script of the page, found none: cut short?")
