"""JSON profiles in which values are missing or of another kind: bytes that change seldom leave such a document."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from captures import CAPTURES, content, folding, name_of
from resq_flame.fold.ledger import ProfileError


def is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(content(path)), dict | list)
    except ValueError:
        return False


JSON = [path for path in CAPTURES if is_json(path)]

ANYTHING = [None, True, -1, 0, 10**30, 10**400, 1e308, -1e308, "", "x", "0x10", [], [None], [[]], {}, {"a": 1}]

DOCUMENTS = 30


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every container with every key that it has."""
    found, waiting = [], [document]
    while waiting:
        holder = waiting.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder))
        found += [(holder, key) for key in keys]
        waiting += [value for key in keys if isinstance(value := holder[key], dict | list)]
    return found


@pytest.mark.parametrize("path", JSON, ids=name_of)
def test_values_of_another_kind(path: Path) -> None:
    whole, dice = content(path), random.Random(path.name)
    for _ in range(DOCUMENTS):
        document = json.loads(whole)
        for holder, key in dice.choices(places(document), k=dice.choice([1, 3, 10])):
            if isinstance(holder, dict) and dice.random() < 0.3:
                holder.pop(key, None)
            else:
                holder[key] = dice.choice(ANYTHING)
        try:
            folding(json.dumps(document).encode(), path.parent.name)
        except ProfileError as error:
            assert str(error)
