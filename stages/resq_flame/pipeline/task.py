"""What doit calls a task: a dict of its own keys."""

from __future__ import annotations

from typing import Any, TypeAlias

TaskDict: TypeAlias = dict[str, Any]
